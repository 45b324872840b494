"""Calls made up from the OpenAPI document, good ones and bad ones, against a real server: nothing may break, and every
answer is one that the document describes."""

import collections
import copy
import json
import os
import re
import subprocess
from pathlib import Path

import successes
import world

HERE = Path(__file__).parent
LEAST_CALLS = 2_000
SEED = "2026"
REFERENCE = r"#/components/schemas/(\w+)"
# Would move the time away from what was prepared.
ELSEWHERE = ["/v1/clock"]


def with_ids(document, known):
    """The document with the ids and names of a prepared store where anything would do, so that calls come further."""
    narrowed = copy.deepcopy(document)
    schemas = narrowed["components"]["schemas"]
    agents = {"type": "string", "enum": world.AGENTS}
    schemas["KnownAgent"] = agents
    schemas["KnownFence"] = {"type": "integer", "minimum": 1, "maximum": 60}
    # Only what is asked is narrowed, never what may be answered; and a new agent may be called anything.
    for name in bodies(narrowed) - {"RegisterAgent"}:
        text = json.dumps(schemas[name])
        text = text.replace("schemas/AgentId", "schemas/KnownAgent").replace("schemas/Fence", "schemas/KnownFence")
        schemas[name] = json.loads(text)
    narrow = {
        "agent": agents,
        "step": {"type": "integer", "minimum": 1, "maximum": 30},
        "round": {"type": "integer", "minimum": 1, "maximum": 30},
        "handle": {"type": "string", "enum": known["handles"]},
    }
    for path, item in narrowed["paths"].items():
        kind = "contests" if path.startswith("/v1/contests") else "arenas"
        for operation in item.values():
            # At some other sequence nothing would be done.
            parameters = [one for one in operation.get("parameters", []) if one["name"] != "If-Match"]
            operation["parameters"] = parameters
            for parameter in parameters:
                name = parameter["name"]
                schema = {"type": "string", "enum": known[kind]} if name == "arena_id" else narrow.get(name)
                # Agents that are registered meanwhile are known there too.
                is_open = path.startswith("/v1/agents/")
                if schema and parameter["in"] != "query" and not is_open:
                    parameter["schema"] = schema
    successes.shown(narrowed, known)
    return narrowed


def bodies(document):
    """The names of the schemas that stand in requests and in no answer."""
    schemas = document["components"]["schemas"]

    def reached(value):
        found = set()
        waiting = set(re.findall(REFERENCE, json.dumps(value)))
        while waiting:
            name = waiting.pop()
            found.add(name)
            waiting |= set(re.findall(REFERENCE, json.dumps(schemas[name]))) - found
        return found

    operations = [operation for item in document["paths"].values() for operation in item.values()]
    asked = reached([operation.get("requestBody") for operation in operations])
    return asked - reached([operation["responses"] for operation in operations])


def run(tools, server, document, folder, name, token, examples):
    """One run of schemathesis, always the same one; answers its calls."""
    folder = Path(folder) / name
    folder.mkdir(parents=True, exist_ok=True)
    file, report = folder / "openapi.json", folder / "calls.ndjson"
    file.write_text(json.dumps(document))
    command = [
        str(Path(tools) / "schemathesis"), "--config-file", str(HERE / "schemathesis.toml"), "run", str(file),
        "--url", server.url, "--header", f"Authorization: Bearer {token}", "--seed", SEED,
        "--max-examples", str(examples), "--workers", "1", "--generation-deterministic",
        "--request-timeout", "60", "--suppress-health-check", "all",
        "--report", "ndjson", "--report-ndjson-path", str(report), "--warnings", "off", "--no-color",
    ]
    for path in ELSEWHERE:
        command += ["--exclude-path", path]
    environment = {**os.environ, "SCHEMATHESIS_HOOKS": str(HERE / "hooks.py"), "PYTHONPATH": str(HERE)}
    ran = subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True)
    if ran.returncode != 0:
        raise AssertionError(f"schemathesis, {name}: exit {ran.returncode}\n{ran.stdout}{ran.stderr}")
    return counted(report)


def counted(report):
    """How many calls of each operation were answered with each status."""
    calls = collections.Counter()
    with open(report, encoding="utf-8") as lines:
        for line in lines:
            recorder = json.loads(line).get("ScenarioFinished", {}).get("recorder", {})
            for id, call in recorder.get("interactions", {}).items():
                # What was not answered proves nothing.
                if call.get("response"):
                    asked = recorder["cases"][id]["value"]
                    calls[f"{asked['method']} {asked['path']}", call["response"]["status_code"]] += 1
    return calls


def check(program, tools, folder):
    """All runs; says how many calls there were, and ends with an error where one found something."""
    calls = collections.Counter()
    # As the document stands; with what is there, for who may do most of it; and for one who may do less.
    for name, with_known, is_worker, examples in [
        ("as it stands", False, False, 6),
        ("with what is there", True, False, 10),
        ("with what is there, as a worker", True, True, 4),
    ]:
        with world.Server(program, "--test-clock") as server:
            known = world.prepared(server)
            document = server.document()
            asked = with_ids(document, known) if with_known else document
            token = known["tokens"][world.WORKER] if is_worker else server.operator
            made = run(tools, server, asked, folder, name, token, examples)
        calls += made
        print(f"schemathesis, {name}: {made.total()} calls, {summed(made)}", flush=True)
    operations = {
        f"{method.upper()} {path}"
        for path, item in document["paths"].items() if path not in ELSEWHERE for method in item
    }
    done = {operation for (operation, status), _ in calls.items() if 200 <= status < 300}
    print(f"schemathesis: {calls.total()} calls in all; {len(done)} of {len(operations)} operations had a success")
    assert calls.total() >= LEAST_CALLS, f"{calls.total()} calls are fewer than {LEAST_CALLS}"
    assert not operations - done, f"these never had a success: {sorted(operations - done)}"
    assert not [status for (_, status), _ in calls.items() if status >= 500], "a call broke the server"


def summed(calls):
    statuses = collections.Counter()
    for (_, status), count in calls.items():
        statuses[status] += count
    return ", ".join(f"{status}: {count}" for status, count in sorted(statuses.items()))
