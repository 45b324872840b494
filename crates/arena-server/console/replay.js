// A game of snakes that is over, played once more from its receipt: every frame, and whether the moves give what was submitted.
import {opened} from './dice.js';
import {begin} from './snakes.js';

/** Why a contest of snakes cannot be played again is a sentence in `trouble`; what differs from the record stands in `differs`. */
export function replay(receipt) {
  const rules = JSON.parse(receipt.terms.action_schema);
  if (rules.version !== 1) return {frames: [], trouble: `These are the rules of version ${rules.version}, which this page does not know.`};
  if (!receipt.seed || !receipt.seed_commitment) return {frames: [], trouble: 'The seed was not revealed, and without it nobody knows where the snakes began.'};
  const seed = opened(receipt.seed, receipt.seed_commitment);
  if (!seed) return {frames: [], trouble: 'The seed that was revealed does not open the commitment.'};
  const players = receipt.entries.map((entry) => entry.agent_id), game = begin(rules, players, seed), frames = [{...game.frame(), out: [], scores: {}}];
  for (const {round, actions, pages} of receipt.rounds) {
    if (!actions) return {rules, frames, trouble: `The actions of round ${round} were not stored; it cannot be shown from there on.`};
    const moves = {};
    for (const line of actions) { const {agent_id, action} = JSON.parse(line); moves[players.indexOf(agent_id)] = action; }
    const {eliminated, scores} = game.play(moves), said = Object.assign({}, ...pages.map((page) => page.scores)), out = pages.flatMap((page) => page.eliminated);
    const fits = Object.keys(said).length === Object.keys(scores).length && Object.entries(scores).every(([player, score]) => said[player] === score) && out.length === eliminated.length && eliminated.every((player) => out.includes(player));
    // What is no longer the game that was played is not shown.
    if (!fits) return {rules, frames, trouble: `Round ${round} as the oracle submitted it is not what the recorded moves give by the rules. Check the receipt with arena verify.`, differs: round};
    frames.push({...game.frame(), out: eliminated, scores});
  }
  return {rules, frames, trouble: ''};
}
