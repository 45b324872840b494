#!/usr/bin/env node
// A bot for Arena's contests, to start from: plays all three games with nothing but Node.
//
// It reads a JSON object a line from the standard input and answers on the standard output; what it writes to the
// standard error is its own. docs/bots.md says what a turn holds.
"use strict";

const MOVES = { up: [0, -1], down: [0, 1], left: [-1, 0], right: [1, 0] };

/** Numbers from the turn's random value: the same turn, asked again, is answered the same. */
function chance(random) {
  let state = random % 4294967296 || 1;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 4294967296;
  };
}

/** The item of the highest value. */
function best(items, value) {
  return items.map((item) => [value(item), item]).reduce((a, b) => (b[0] > a[0] ? b : a))[1];
}

const games = {
  /** Throws what beats everyone's favourite throw. */
  "rock-paper-scissors"(turn, next) {
    const beatenBy = { R: "paper", P: "scissors", S: "rock" };
    const others = turn.observation.players.filter((player) => player.alive && player.name !== turn.you);
    const thrown = others.map((player) => player.history).join("");
    return beatenBy[best(["R", "P", "S"], (letter) => thrown.split(letter).length + next() / 2)];
  },

  /** Tit for tat: does to each what it did last. */
  "prisoners-dilemma"(turn) {
    const action = {};
    for (const [name, met] of Object.entries(turn.observation.opponents)) {
      action[name] = met.theirs.endsWith("D") ? "defect" : "cooperate";
    }
    return action;
  },

  /** Goes where the most room is, and for food where that makes no difference. */
  snakes(turn, next) {
    const seen = turn.observation;
    const key = (x, y) => `${x},${y}`;
    const inside = (x, y, area) => area.left <= x && x <= area.right && area.top <= y && y <= area.bottom;
    // A tail leaves its cell at the next move.
    const taken = new Set(seen.snakes.flatMap((snake) => snake.body.slice(0, -1).map(([x, y]) => key(x, y))));
    const [headX, headY] = seen.snakes.find((snake) => snake.name === turn.you).body[0];

    const room = (startX, startY) => {
      const reached = new Set([key(startX, startY)]);
      const edge = [[startX, startY]];
      while (edge.length > 0) {
        const [x, y] = edge.pop();
        for (const [dx, dy] of Object.values(MOVES)) {
          const [nextX, nextY] = [x + dx, y + dy];
          const cell = key(nextX, nextY);
          if (!reached.has(cell) && !taken.has(cell) && inside(nextX, nextY, seen.next_zone)) {
            reached.add(cell);
            edge.push([nextX, nextY]);
          }
        }
      }
      return reached.size;
    };

    return best(turn.choices, (move) => {
      const [x, y] = [headX + MOVES[move][0], headY + MOVES[move][1]];
      if (taken.has(key(x, y)) || !inside(x, y, seen.zone)) return -1;
      const distances = seen.food.map(([foodX, foodY]) => Math.abs(foodX - x) + Math.abs(foodY - y));
      const nearest = Math.min(...distances, 200);
      return Math.floor(room(x, y) / 20) * 1000 + 500 - nearest + next() / 2;
    });
  },
};

let play;
let rest = "";
process.stdin.setEncoding("utf8");
process.stdin.on("data", (text) => {
  const lines = (rest + text).split("\n");
  rest = lines.pop();
  for (const line of lines) {
    const message = JSON.parse(line);
    if (message.type === "hello") {
      play = games[message.rules.game];
      process.stdout.write(JSON.stringify({ ready: true }) + "\n");
    } else if (message.type === "turn") {
      const action = play(message, chance(message.random));
      process.stdout.write(JSON.stringify({ round: message.round, action }) + "\n");
    } else {
      process.exit(0);
    }
  }
});
process.stdin.on("end", () => process.exit(0));
