#!/usr/bin/env python3
"""A bot for Arena's contests, to start from: plays all three games with nothing but Python.

It reads a JSON object a line from the standard input and answers on the standard output; what it writes to the standard
error is its own. docs/bots.md says what a turn holds.
"""

import json
import random
import sys

MOVES = {"up": (0, -1), "down": (0, 1), "left": (-1, 0), "right": (1, 0)}


def rock_paper_scissors(turn, chance):
    """Throws what beats everyone's favourite throw."""
    beaten_by = {"R": "paper", "P": "scissors", "S": "rock"}
    others = [p for p in turn["observation"]["players"] if p["alive"] and p["name"] != turn["you"]]
    thrown = "".join(player["history"] for player in others)
    favourite = max("RPS", key=lambda letter: (thrown.count(letter), chance.random()))
    return beaten_by[favourite]


def prisoners_dilemma(turn, chance):
    """Tit for tat: does to each what it did last."""
    opponents = turn["observation"]["opponents"]
    return {name: "defect" if met["theirs"].endswith("D") else "cooperate" for name, met in opponents.items()}


def snakes(turn, chance):
    """Goes where the most room is, and for food where that makes no difference."""
    seen = turn["observation"]
    zone, next_zone = seen["zone"], seen["next_zone"]
    # A tail leaves its cell at the next move.
    taken = {tuple(cell) for snake in seen["snakes"] for cell in snake["body"][:-1]}
    me = next(snake for snake in seen["snakes"] if snake["name"] == turn["you"])
    food = [tuple(cell) for cell in seen["food"]]

    def inside(cell, area):
        return area["left"] <= cell[0] <= area["right"] and area["top"] <= cell[1] <= area["bottom"]

    def room(start):
        reached, edge = {start}, [start]
        while edge:
            x, y = edge.pop()
            for dx, dy in MOVES.values():
                cell = (x + dx, y + dy)
                if cell not in reached and cell not in taken and inside(cell, next_zone):
                    reached.add(cell)
                    edge.append(cell)
        return len(reached)

    def value(move):
        x, y = me["body"][0]
        cell = (x + MOVES[move][0], y + MOVES[move][1])
        if cell in taken or not inside(cell, zone):
            return (-1, 0, 0)
        nearest = min((abs(cell[0] - x) + abs(cell[1] - y) for x, y in food), default=0)
        return (room(cell) // 20, -nearest, chance.random())

    return max(turn["choices"], key=value)


GAMES = {
    "rock-paper-scissors": rock_paper_scissors,
    "prisoners-dilemma": prisoners_dilemma,
    "snakes": snakes,
}


def main():
    play = None
    for line in sys.stdin:
        message = json.loads(line)
        if message["type"] == "hello":
            play = GAMES[message["rules"]["game"]]
            answer = {"ready": True}
        elif message["type"] == "turn":
            chance = random.Random(message["random"])  # the same turn, asked again, is answered the same
            answer = {"round": message["round"], "action": play(message, chance)}
        else:
            break
        print(json.dumps(answer), flush=True)


main()
