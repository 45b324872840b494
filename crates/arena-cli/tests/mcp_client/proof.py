"""Agents over the official MCP client finish plans through `arena_wait` alone; a killed one is replaced.

`proof.py ARENA` runs each proof against that binary, over a server of its own on a loopback port, and prints a line for each;
it ends with an error when one fails.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import traceback
from pathlib import Path

HERE = Path(__file__).parent
# Steps and what each depends on: two diamonds, one after the other, and a step that stands alone.
PLAN = {1: [], 2: [1], 3: [1], 4: [2, 3], 5: [4], 6: [4], 7: [5, 6], 8: []}
# What a worker may call: nothing that looks whether something has changed.
WORKING = {"arena_brief", "arena_wait", "step_claim", "artifact_put", "step_complete"}
LIMIT_S = 120


class World:
    """A server on a folder of its own, and the agents that are registered there."""

    def __init__(self, program):
        self.program, self.folder = program, tempfile.TemporaryDirectory(prefix="arena-mcp-")
        self.data = str(Path(self.folder.name) / "data")
        self.server = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.server:
            self.server.send_signal(signal.SIGTERM)
            assert self.server.wait(30) == 0, "the server drains and ends well"
        self.folder.cleanup()

    def environment(self, token=None):
        kept = {name: value for name, value in os.environ.items() if not name.startswith("ARENA_")}
        return {**kept, **({"ARENA_TOKEN": token} if token else {})}

    def arena(self, *args, token=None):
        command = [self.program, *args, "--data", self.data, "--json"]
        ran = subprocess.run(command, env=self.environment(token), capture_output=True, text=True, timeout=60)
        assert ran.returncode == 0, f"arena {args}: {ran.stdout}{ran.stderr}"
        return json.loads(ran.stdout)

    def serve(self):
        command = [self.program, "serve", "--listen", "127.0.0.1:0", "--data", self.data, "--json"]
        self.server = subprocess.Popen(command, env=self.environment(), stdout=subprocess.PIPE, text=True)
        self.url = json.loads(self.server.stdout.readline())["url"]

    def register(self, *names):
        return {name: self.arena("agent", "register", name)["token"] for name in names}

    def plan(self, tokens, lease_ms=60_000):
        """An active arena of alice with the plan, and everybody else as its workers."""
        made = self.arena("create", "finish the plan", token=tokens["alice"])["arena_id"]
        for name in tokens:
            if name != "alice":
                self.arena("participant", "add", made, name, token=tokens["alice"])
        steps = [
            {"title": f"step {number}", "depends_on": needs, "lease_ms": lease_ms, "evidence": {"artifacts": [f"out/{number}.md"]}}
            for number, needs in PLAN.items()
        ]
        file = Path(self.folder.name) / "steps.json"
        file.write_text(json.dumps(steps))
        self.arena("step", "add", made, "--file", str(file), token=tokens["alice"])
        self.arena("activate", made, token=tokens["alice"])
        return made

    def events(self, arena):
        return self.arena("events", arena, "--limit", "1000")["items"]


class Agent:
    """A process of its own that speaks MCP, and what it has said."""

    def __init__(self, world, arena, name, token, *args):
        self.name, self.said, self.told = name, [], threading.Condition()
        command = [sys.executable, str(HERE / "agent.py"), "--name", name, "--arena", arena, *args]
        command += ["--program", world.program, "--data", world.data, "--url", getattr(world, "url", "")]
        self.errors = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen(
            command, env=world.environment(token), stdout=subprocess.PIPE, stderr=self.errors, text=True,
            start_new_session=True,
        )
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    def read(self):
        for line in self.process.stdout:
            with self.told:
                self.said.append(json.loads(line))
                self.told.notify_all()

    def all(self, what):
        return [one for one in self.said if one["what"] == what]

    def until(self, what):
        with self.told:
            assert self.told.wait_for(lambda: self.all(what), LIMIT_S), f"{self.name} never said {what}: {self.said}"

    def kill(self):
        """Ends it and everything it has started, as a power cut would."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def ended(self):
        try:
            code = self.process.wait(LIMIT_S)
        except subprocess.TimeoutExpired:
            self.kill()
            code = None
        self.reader.join(5)
        self.errors.seek(0)
        assert code == 0, f"{self.name} ended with {code}: {self.said[-5:]}\n{self.errors.read()[-3000:]}"
        return self


def check_journal(world, arena):
    """No step is lost and none is done twice; the store is whole."""
    events = world.events(arena)
    completed = [event["data"]["step"] for event in events if event["type"] == "step_completed"]
    assert sorted(completed) == sorted(PLAN), f"each step once: {completed}"
    for number, needs in PLAN.items():
        for need in needs:
            assert completed.index(need) < completed.index(number), f"{need} before {number}: {completed}"
    claims = [event["data"]["fence"] for event in events if event["type"] == "step_claimed"]
    assert claims == sorted(set(claims)), f"fences only grow: {claims}"
    puts = [event["data"]["name"] for event in events if event["type"] == "artifact_put"]
    assert len(puts) == len(set(puts)), f"nothing was put twice: {puts}"
    assert events[-1]["type"] == "arena_archived"
    return events


def check_no_polling(agent):
    """It has called what moves the work on, and has waited for everything else."""
    calls = agent.all("done")[0]["calls"]
    assert set(calls) <= WORKING, calls
    steps = len(agent.all("completed"))
    idle, lost = len(agent.all("idle")), len(agent.all("nothing"))
    # Between two steps of its own an agent waits once; once more for each step that another took first, or that made
    # nothing ready for it. Nothing of it grows with time.
    assert idle <= 2, f"{agent.name} woke {idle} times for nothing: {agent.said}"
    assert calls["arena_wait"] <= 2 * len(PLAN) + 2 + lost + idle, calls
    return steps


def two_agents_finish_a_plan(world):
    """One over stdio with the current revision, one over HTTP with the handshake of the previous one."""
    tokens = world.register("alice", "bob", "carl")
    world.serve()
    arena = world.plan(tokens)
    alice = Agent(world, arena, "alice", tokens["alice"], "--over", "stdio", "--lead")
    bob = Agent(world, arena, "bob", tokens["bob"], "--over", "stdio")
    carl = Agent(world, arena, "carl", tokens["carl"], "--over", "http", "--mode", "legacy")
    for agent in (bob, carl, alice):
        agent.ended()
    revisions = [agent.all("joined")[0]["revision"] for agent in (bob, carl)]
    assert revisions == ["2026-07-28", "2025-11-25"], revisions
    assert len(bob.all("joined")[0]["tools"]) <= 12, "a worker has few tools"
    events = check_journal(world, arena)
    shares = [check_no_polling(agent) for agent in (bob, carl)]
    assert sum(shares) == len(PLAN) and min(shares) > 0, f"both worked: {shares}"
    claims = [event for event in events if event["type"] == "step_claimed"]
    assert len(claims) == len(PLAN), "no claim was in vain"


def a_killed_agent_is_replaced(world):
    """It dies holding a step; its lease ends, another is told, and does the step."""
    tokens = world.register("alice", "bob", "carl", "dora")
    world.serve()
    arena = world.plan(tokens, lease_ms=3_000)
    alice = Agent(world, arena, "alice", tokens["alice"], "--over", "http", "--lead")
    bob = Agent(world, arena, "bob", tokens["bob"], "--over", "stdio", "--die-at", "1")
    bob.until("dying")
    carl = Agent(world, arena, "carl", tokens["carl"], "--over", "http")
    bob.kill()
    dora = Agent(world, arena, "dora", tokens["dora"], "--over", "stdio", "--mode", "legacy")
    for agent in (carl, dora, alice):
        agent.ended()
    events = check_journal(world, arena)
    expired = [event["data"] for event in events if event["type"] == "lease_expired"]
    assert [(one["step"], one["agent_id"]) for one in expired] == [(1, "bob")], expired
    first = next(event for event in events if event["type"] == "step_completed" and event["data"]["step"] == 1)
    assert first["data"]["agent_id"] in ("carl", "dora"), first
    assert sum(check_no_polling(agent) for agent in (carl, dora)) == len(PLAN)


def a_server_that_restarts_loses_nobody(world):
    """Agents over stdio go on when their server is killed and another takes its place."""
    tokens = world.register("alice", "bob", "carl")
    world.serve()
    arena = world.plan(tokens)
    agents = [Agent(world, arena, "alice", tokens["alice"], "--over", "stdio", "--lead")]
    agents += [Agent(world, arena, name, tokens[name], "--over", "stdio") for name in ("bob", "carl")]
    agents[1].until("completed")
    world.server.kill()
    world.server.wait()
    world.server = None
    for agent in agents[1:] + agents[:1]:
        agent.ended()
    check_journal(world, arena)
    assert world.arena("verify")["ok"], "the store is whole"


def main():
    program = str(Path(sys.argv[1]).resolve())
    proofs = [two_agents_finish_a_plan, a_killed_agent_is_replaced, a_server_that_restarts_loses_nobody]
    wanted = sys.argv[2:]
    passed = failed = 0
    for proof in proofs:
        if wanted and proof.__name__ not in wanted:
            continue
        try:
            with World(program) as world:
                proof(world)
            passed += 1
            print(f"mcp client: {proof.__name__} ... ok", flush=True)
        except Exception:
            failed += 1
            print(f"mcp client: {proof.__name__} ... FAILED\n{traceback.format_exc()}", flush=True)
    # As cargo's tests end, so that they are counted together.
    print(f"test result: {'FAILED' if failed else 'ok'}. {passed} passed; {failed} failed;", flush=True)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
