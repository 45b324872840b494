// A program over the client that is generated from the OpenAPI document: a shared arena from registering to its report, and a
// contest from entries to payouts. It is type-checked, and then run against a real server.

import assert from "node:assert/strict";
import createClient from "openapi-fetch";
import type { components, paths } from "./api.js";

type Schemas = components["schemas"];

const url = process.env.ARENA_URL ?? "";
const as = (token: string) => createClient<paths>({ baseUrl: url, headers: { authorization: `Bearer ${token}` } });
const operator = as(process.env.ARENA_TOKEN ?? "");

/** What was answered; a refusal ends the program with what it says. */
async function done<T>(call: Promise<{ data?: T; error?: Schemas["Problem"]; response: Response }>): Promise<T> {
  const { data, error, response } = await call;
  if (error !== undefined || data === undefined) {
    throw new Error(`${response.url}: ${response.status} ${error?.code}: ${error?.detail}`);
  }
  return data;
}

/** The code of a refusal. */
async function refused(call: Promise<{ error?: Schemas["Problem"]; response: Response }>): Promise<string> {
  const { error, response } = await call;
  assert.equal(response.headers.get("content-type"), "application/problem+json");
  return error?.code ?? "nothing was refused";
}

async function register(agent_id: string) {
  const issued = await done(operator.POST("/v1/agents", { body: { agent_id } }));
  return as(issued.token);
}

async function collaborate() {
  const [alice, bob] = [await register("alice"), await register("bob")];
  const made = await done(
    alice.POST("/v1/arenas", {
      body: {
        goal: "Count the files",
        participants: [{ agent_id: "bob", role: "worker" }],
        steps: [{ title: "Look" }, { title: "Count", depends_on: [1], evidence: { artifacts: ["out/count.txt"] } }],
      },
    }),
  );
  const path = { arena_id: made.arena_id };
  await done(alice.POST("/v1/arenas/{arena_id}/activate", { params: { path } }));

  for (const step of [1, 2]) {
    const claimed = await bob.POST("/v1/arenas/{arena_id}/steps/claim", { params: { path }, body: {} });
    assert.ok(claimed.data, "step is ready");
    assert.equal(claimed.data.step, step);
    const { fence } = claimed.data;
    const at = { params: { path: { ...path, step } }, body: { fence, result: "42", cost: 1 } };
    if (step === 2) {
      assert.equal(await refused(bob.POST("/v1/arenas/{arena_id}/steps/{step}/complete", at)), "evidence_missing");
      const put = bob.PUT("/v1/arenas/{arena_id}/artifacts/{name}", {
        params: { path: { ...path, name: "out/count.txt" }, query: { step, fence, kind: "text" } },
        body: "42\n",
        bodySerializer: (bytes) => bytes,
        headers: { "content-type": "text/plain" },
      });
      assert.equal((await done(put)).version, 1);
    }
    const completed = await done(bob.POST("/v1/arenas/{arena_id}/steps/{step}/complete", at));
    assert.equal(completed.status, "completed" satisfies Schemas["StepStatus"]);
  }
  const nothing = await bob.POST("/v1/arenas/{arena_id}/steps/claim", { params: { path }, body: {} });
  assert.equal(nothing.response.status, 204);

  await done(alice.POST("/v1/arenas/{arena_id}/settle", { params: { path } }));
  await done(alice.POST("/v1/arenas/{arena_id}/archive", { params: { path } }));
  const report = await done(bob.GET("/v1/arenas/{arena_id}/report", { params: { path } }));
  assert.deepEqual(report.artifacts.map((one) => one.name), ["out/count.txt"]);
  const name = { params: { path: { ...path, name: "out/count.txt" } } };
  const bytes = await done(bob.GET("/v1/arenas/{arena_id}/artifacts/{name}", { ...name, parseAs: "text" }));
  assert.equal(bytes, "42\n");
  assert.ok((await done(bob.GET("/v1/arenas/{arena_id}/verify", { params: { path } }))).ok);
  const page = await done(bob.GET("/v1/arenas/{arena_id}/events", { params: { path, query: { after: 1, limit: 5 } } }));
  assert.ok(typeof page !== "string", "a page, since no live stream was asked for");
  assert.deepEqual(page.items.map((event) => event.sequence), [2, 3, 4, 5, 6]);
}

async function compete() {
  const [cleo, dora, emil] = [await register("cleo"), await register("dora"), await register("emil")];
  for (const agent_id of ["cleo", "dora", "emil"]) {
    await done(operator.POST("/v1/ledger/deposits", { body: { agent_id, amount: 1000, reference: `for ${agent_id}` } }));
  }
  const terms: Schemas["NewTerms"] = {
    entry_fee: 100, bond: 50, min_agents: 2, max_agents: 4, prize_split: [60, 40], creator_fee_bps: 500,
    elimination_interval_s: 60, duration_s: 600,
  };
  const made = await done(cleo.POST("/v1/contests", { body: { title: "Cup", terms } }));
  const path = { arena_id: made.arena_id };
  for (const agent of [dora, emil]) {
    const entered = await done(agent.POST("/v1/contests/{arena_id}/entries", { params: { path } }));
    assert.equal(entered.exit_action, "leave" satisfies Schemas["ExitAction"]);
  }
  await done(cleo.POST("/v1/contests/{arena_id}/start", { params: { path } }));
  const round = { round: 1, scores: { dora: 5, emil: 3 }, eliminated: ["emil"] };
  await done(cleo.POST("/v1/contests/{arena_id}/eliminations", { params: { path }, body: round }));
  await done(cleo.POST("/v1/contests/{arena_id}/finalize", { params: { path }, body: {} }));
  const standings = await done(emil.GET("/v1/contests/{arena_id}/standings", { params: { path } }));
  assert.deepEqual(standings.items.map((one) => [one.agent_id, one.standing]), [["dora", 1], ["emil", 2]]);
  const owed = await done(emil.GET("/v1/contests/{arena_id}/obligations", { params: { path } }));
  for (const { kind, payee } of owed.items) {
    const body = { kind, agent: payee };
    const paid = await done(emil.POST("/v1/contests/{arena_id}/payouts", { params: { path }, body }));
    assert.ok(paid.transfer > 0);
    assert.equal(await refused(emil.POST("/v1/contests/{arena_id}/payouts", { params: { path }, body })), "already_paid");
  }
  const left = await done(emil.GET("/v1/contests/{arena_id}", { params: { path } }));
  assert.deepEqual([left.status, left.exit_at], ["finished", undefined]);
  const held = async (account: string) =>
    (await done(operator.GET("/v1/ledger/accounts/{account}", { params: { path: { account } } }))).balance;
  const accounts = ["wallet:cleo", "wallet:dora", "wallet:emil", "treasury", `escrow:${path.arena_id}`];
  assert.deepEqual(await Promise.all(accounts.map(held)), [1010, 1013, 975, 2, 0]);
  assert.ok((await done(operator.GET("/v1/ledger/audit"))).ok);
}

await collaborate();
await compete();
