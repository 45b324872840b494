"""A server of one's own, and a store with arenas and contests in every state."""

import hashlib
import json
import os
import signal
import subprocess
import tempfile
import urllib.error
import urllib.request
from pathlib import Path

DAY_MS = 86_400_000
AGENTS = ["ann", "ben", "cid", "dee"]
# Takes part everywhere and is never named, so that nothing that is asked takes its token away.
WORKER = "eve"


class Server:
    """`arena serve` on a folder of its own and a port of its own."""

    def __init__(self, program, *options):
        self.folder = tempfile.TemporaryDirectory(prefix="arena-openapi-")
        data = Path(self.folder.name) / "data"
        environment = {name: value for name, value in os.environ.items() if not name.startswith("ARENA_")}
        command = [program, "serve", "--listen", "127.0.0.1:0", "--data", str(data), "--json", *options]
        self.process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
        self.url = json.loads(self.process.stdout.readline())["url"]
        self.operator = (data / "operator.token").read_text().strip()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        ended = self.process.wait(30)
        self.folder.cleanup()
        assert ended == 0, f"the server drains and ends well, not with {ended}"

    def call(self, method, path, body=None, token=None):
        """The answer's JSON; what is refused is an error here."""
        data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data=data, method=method)
        request.add_header("Authorization", f"Bearer {token or self.operator}")
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.loads(answer.read() or b"null")

    def document(self):
        return self.call("GET", "/openapi.json")


def prepared(server):
    """Arenas and contests in every state, each led by the operator; answers the ids and names in it."""
    call = server.call
    tokens = {}
    for agent in [*AGENTS, WORKER]:
        tokens[agent] = call("POST", "/v1/agents", {"agent_id": agent})["token"]
    for agent in [*AGENTS, WORKER, "operator"]:
        call("POST", "/v1/ledger/deposits", {"agent_id": agent, "amount": 1_000_000, "reference": f"for {agent}"})
    contests = late_contests(call, tokens) + contests_in_time(call, tokens)
    arenas, handles = [], []
    for _ in range(5):
        active = arena(call)
        worked(server, active, tokens)
        arenas.append(active)
        handles.append(call("POST", f"/v1/arenas/{active}/handles", {"agent_id": "ann"})["handle"])
    arenas.append(arena(call, active=False))
    settling = arena(call)
    call("POST", f"/v1/arenas/{settling}/settle", {})
    held = arena(call)
    call("POST", f"/v1/arenas/{held}/steps/claim", {"lease_ms": DAY_MS}, tokens["ann"])
    call("POST", f"/v1/arenas/{held}/settle", {})
    archived = arena(call)
    worked(server, archived, tokens)
    call("POST", f"/v1/arenas/{archived}/steps/2/release", {"fence": 2})
    for step in call("GET", f"/v1/arenas/{archived}/steps?status=claimed")["items"]:
        call("POST", f"/v1/arenas/{archived}/steps/{step['step']}/cancel")
    call("POST", f"/v1/arenas/{archived}/settle", {})
    call("POST", f"/v1/arenas/{archived}/archive")
    strange = call("POST", "/v1/arenas", {"goal": "be joined", "open": True}, tokens["dee"])["arena_id"]
    arenas += [settling, held, archived, strange]
    by_title = {one["title"]: one["arena_id"] for one in call("GET", "/v1/contests")["items"]}
    return {"arenas": arenas, "contests": contests, "by_title": by_title, "handles": handles, "tokens": tokens}


def arena(call, active=True):
    people = [{"agent_id": agent, "role": "worker"} for agent in ["ann", "ben", WORKER]]
    people.append({"agent_id": "cid", "role": "observer"})
    steps = [
        {"title": "done"},
        {"title": "held by the operator", "lease_ms": DAY_MS},
        {"title": "was late", "lease_ms": 1_000},
        {"title": "failed", "max_attempts": 1},
        {"title": "waits", "depends_on": [2]},
        {"title": "is ready", "evidence": {"artifacts": ["out/report.md"], "approval": True}},
        {"title": "is for a worker", "assignee": "role:worker"},
        {"title": "was taken out", "depends_on": [1]},
    ]
    asked = {"goal": "have something of everything", "participants": people, "steps": steps}
    made = call("POST", "/v1/arenas", asked)["arena_id"]
    if active:
        call("POST", f"/v1/arenas/{made}/activate")
    return made


def worked(server, made, tokens):
    call, path = server.call, f"/v1/arenas/{made}"

    def claim(step, token=None):
        return call("POST", f"{path}/steps/claim", {"step": step}, token)["fence"]

    call("POST", f"{path}/steps/1/complete", {"fence": claim(1), "result": "all of it", "cost": 3})
    assert claim(2) == 2
    fence = claim(3, tokens["ann"])
    server.call("POST", "/v1/clock", {"advance_ms": 2_000})
    try:
        call("POST", f"{path}/steps/3/complete", {"fence": fence, "result": "too late"}, tokens["ann"])
    except urllib.error.HTTPError as refused:
        assert json.loads(refused.read())["orphan"], "a late result is kept"
    call("POST", f"{path}/steps/4/fail", {"fence": claim(4), "reason": "could not"})
    call("POST", f"{path}/steps/8/cancel")
    call("PUT", f"{path}/artifacts/out/report.md?kind=text", b"# Report\n")
    call("PUT", f"{path}/artifacts/src/main.rs", bytes(range(256)), tokens["ann"])
    call("PUT", f"{path}/facts/build.command", {"content": "make all", "confidence": 900, "tags": ["build"]})
    call("PUT", f"{path}/facts/of%2Fann", {"content": "I am here"}, tokens["ann"])
    call("POST", f"{path}/messages", {"body": "good morning", "to": ["ann"]})


TERMS = {
    "entry_fee": 100, "bond": 50, "min_agents": 2, "max_agents": 8, "prize_split": [60, 40],
    "creator_fee_bps": 500, "elimination_interval_s": 86_400, "duration_s": 3_600, "creator_may_enter": True,
}


def contest(call, tokens, title, entrants):
    made = call("POST", "/v1/contests", {"title": title, "terms": TERMS})["arena_id"]
    for agent in entrants:
        call("POST", f"/v1/contests/{made}/entries", token=tokens[agent])
    return made


def late_contests(call, tokens):
    """Those whose registration is over, and whose oracle never came."""
    expired = contest(call, tokens, "nobody began it", ["ann", "ben"])
    abandoned = contest(call, tokens, "was abandoned", ["ann", "ben"])
    left = contest(call, tokens, "can be abandoned", ["ann", "ben", WORKER])
    for started in (abandoned, left):
        call("POST", f"/v1/contests/{started}/start")
    call("POST", "/v1/clock", {"advance_ms": 4 * DAY_MS})
    call("POST", f"/v1/contests/{abandoned}/abandon")
    return [expired, abandoned, left]


def actions(id, round):
    """What was done in a round: one line."""
    return json.dumps({"arena_id": id, "round": round, "agent_id": "ann", "move": "up"}) + "\n"


def root(id, round):
    """The root of a tree with one leaf is that leaf: SHA-256 of 0x00 and the line."""
    return hashlib.sha256(b"\x00" + actions(id, round).rstrip("\n").encode()).hexdigest()


def contests_in_time(call, tokens):
    everyone = ["ann", "ben", "cid", WORKER]
    registration = contest(call, tokens, "takes entries", ["ann"])
    call("POST", f"/v1/contests/{registration}/entries")
    open_still = contest(call, tokens, "takes more entries", ["ben"])
    startable = contest(call, tokens, "can start", ["ann", "ben"])
    cancelled = contest(call, tokens, "was cancelled", ["ann", "ben"])
    call("POST", f"/v1/contests/{cancelled}/cancel")
    made = [registration, open_still, startable, cancelled]
    for title in ("active", "eliminating", "finished"):
        id = contest(call, tokens, f"is {title}", everyone)
        path = f"/v1/contests/{id}"
        call("POST", f"{path}/start")
        first = {"round": 1, "scores": {"ann": 3, "ben": 1}, "eliminated": ["cid"], "actions_root": root(id, 1)}
        call("POST", f"{path}/eliminations", first)
        call("PUT", f"{path}/rounds/1/actions", actions(id, 1).encode())
        if title == "active":
            call("POST", f"{path}/eliminations", {"round": 2, "scores": {"ben": 2}, "actions_root": root(id, 2)})
        if title == "eliminating":
            call("POST", f"{path}/eliminations", {"round": 2, "scores": {"ann": 4}, "last": False})
        if title == "finished":
            call("POST", f"{path}/finalize", {})
            call("POST", f"{path}/payouts", {"kind": "prize", "agent": "ann"})
        made.append(id)
    return made
