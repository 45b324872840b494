"""An agent over the official MCP client: it waits, claims, works and completes until the arena is archived.

Prints one JSON line for each thing that it does. What it is told by `arena_wait` alone decides what it does next.
"""

import argparse
import asyncio
import json
import os
import sys
import uuid

import httpx2
from mcp import Client, StdioServerParameters
from mcp.client.streamable_http import streamable_http_client


def say(what, **facts):
    print(json.dumps({"what": what, **facts}), flush=True)


class Refused(Exception):
    """A tool refused; its problem as the server told it."""

    def __init__(self, problem):
        super().__init__(problem["detail"])
        self.problem = problem


class Arena:
    """The tools of one arena."""

    def __init__(self, client, arena):
        self.client, self.arena, self.calls = client, arena, {}

    async def call(self, tool, **arguments):
        self.calls[tool] = self.calls.get(tool, 0) + 1
        result = await self.client.call_tool(tool, {"arena": self.arena, **arguments})
        text = json.loads(result.content[0].text)
        if result.is_error:
            raise Refused(text)
        assert result.structured_content == text, "the text says what the structure says"
        return text

    async def write(self, tool, **arguments):
        """A write, sent twice under one key: the second time it is answered as the first."""
        key = uuid.uuid4().hex
        first = await self.call(tool, key=key, **arguments)
        again = await self.call(tool, key=key, **arguments)
        for name in ("fence", "step", "sequence", "version", "status", "report_hash"):
            mine, other = first.get(name), again.get(name)
            if isinstance(mine, dict):
                mine, other = mine["step"], other["step"]
            assert mine == other, f"{tool} repeated: {name} is {other}, and was {mine}"
        return first


async def work(arena, options):
    """A worker: whatever it is told of, it claims; it stops when the arena is archived."""
    told = await arena.call("arena_wait", wait_s=options.wait)
    while told["status"] != "archived":
        if told["ready"]:
            claim = await arena.write("step_claim")
            if claim["claimed"]:
                number, fence = claim["step"]["step"], claim["fence"]
                say("claimed", step=number, fence=fence, inputs=[one["step"] for one in claim["inputs"]])
                if number == options.die_at:
                    say("dying", step=number)
                    await asyncio.sleep(600)
                await asyncio.sleep(options.seconds)
                await arena.write("artifact_put", name=f"out/{number}.md", text=f"{number}", step=number, fence=fence)
                await arena.write("step_complete", step=number, fence=fence, result=f"{number} by {options.name}")
                say("completed", step=number, fence=fence)
            else:
                say("nothing", after=told["after"])
        told = await arena.call("arena_wait", after=told["after"], wait_s=options.wait)
        if not told["ready"] and not told["changes"] and told["status"] != "archived":
            say("idle", after=told["after"])


async def lead(arena, options):
    """A coordinator: waits until every step is done, then settles and seals."""
    told = await arena.call("arena_wait", wait_s=options.wait)
    while not any(change.get("all_steps_done") for change in told["changes"]):
        told = await arena.call("arena_wait", after=told["after"], wait_s=options.wait)
    for to in ("settling", "archived"):
        moved = await arena.write("arena_move", to=to)
    say("sealed", report_hash=moved["report_hash"])
    report = await arena.client.read_resource(f"arena://{options.arena}/report")
    sealed = json.loads(report.contents[0].text)
    assert sealed["report_hash"] == moved["report_hash"], "the resource is the sealed report"


async def run(options):
    token = os.environ["ARENA_TOKEN"]
    if options.over == "http":
        http = httpx2.AsyncClient(headers={"Authorization": f"Bearer {token}"}, timeout=httpx2.Timeout(30, read=120))
        server = streamable_http_client(f"{options.url}/mcp", http_client=http)
    else:
        environment = {"ARENA_TOKEN": token}
        server = StdioServerParameters(
            command=options.program, args=["mcp", "--data", options.data], env=environment
        )
    async with Client(server, mode=options.mode) as client:
        tools = (await client.list_tools()).tools
        say("joined", revision=str(client.protocol_version), tools=[tool.name for tool in tools])
        assert all(tool.output_schema for tool in tools), "each tool says what it answers"
        arena = Arena(client, options.arena)
        brief = await arena.call("arena_brief")
        say("briefed", role=brief["you"]["role"], next=brief["next"])
        await (lead if options.lead else work)(arena, options)
        say("done", calls=arena.calls)


def options():
    parser = argparse.ArgumentParser()
    parser.add_argument("--name", required=True)
    parser.add_argument("--arena", required=True)
    parser.add_argument("--over", choices=["stdio", "http"], required=True)
    parser.add_argument("--mode", default="auto")
    parser.add_argument("--program")
    parser.add_argument("--data")
    parser.add_argument("--url")
    parser.add_argument("--lead", action="store_true")
    parser.add_argument("--seconds", type=float, default=0.2)
    parser.add_argument("--wait", type=int, default=25)
    parser.add_argument("--die-at", type=int, default=0)
    return parser.parse_args()


if __name__ == "__main__":
    try:
        asyncio.run(run(options()))
    except* Refused as refused:
        for one in refused.exceptions:
            say("refused", problem=getattr(one, "problem", str(one)))
        sys.exit(1)
