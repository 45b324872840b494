"""One call of each operation that made-up values would hardly bring to a success, over the store that `world` prepares."""

import world


def calls(known):
    """By method and path: what stands in the path, and the body."""
    first, second, third, fourth, last = known["arenas"][:5]
    contest = known["by_title"]
    held = {"step": 2}
    return {
        "post /v1/arenas/{arena_id}/steps": ({"arena_id": first}, {"steps": [{"title": "one more", "depends_on": [1]}]}),
        "post /v1/arenas/{arena_id}/participants": ({"arena_id": first}, {"agent_id": "dee", "role": "worker"}),
        "patch /v1/arenas/{arena_id}/participants/{agent}": ({"arena_id": second, "agent": "ben"}, {"role": "observer"}),
        "post /v1/arenas/{arena_id}/steps/{step}/adopt": ({"arena_id": first, "step": 3}, {"fence": 3}),
        "post /v1/arenas/{arena_id}/steps/{step}/complete": ({"arena_id": first, **held}, {"fence": 2, "result": "done"}),
        "post /v1/arenas/{arena_id}/steps/{step}/fail": ({"arena_id": second, **held}, {"fence": 2, "reason": "no"}),
        "post /v1/arenas/{arena_id}/steps/{step}/renew": ({"arena_id": third, **held}, {"fence": 2}),
        "post /v1/arenas/{arena_id}/steps/{step}/release": ({"arena_id": fourth, **held}, {"fence": 2}),
        "post /v1/arenas/{arena_id}/steps/claim": ({"arena_id": fourth}, {"step": 6}),
        "put /v1/arenas/{arena_id}/facts/{key}": ({"arena_id": first, "key": "build.command"}, {"content": "make"}),
        "post /v1/arenas/{arena_id}/settle": ({"arena_id": last}, None),
        "post /v1/arenas/{arena_id}/steps/{step}/reopen": ({"arena_id": second, "step": 4}, None),
        "post /v1/arenas/{arena_id}/steps/{step}/cancel": ({"arena_id": third, "step": 7}, None),
        "patch /v1/arenas/{arena_id}/steps/{step}": ({"arena_id": third, "step": 6}, {"title": "is ready, truly"}),
        "post /v1/contests": ({}, {"title": "Another", "terms": world.TERMS}),
        "post /v1/contests/{arena_id}/entries": ({"arena_id": contest["takes more entries"]}, None),
        "post /v1/contests/{arena_id}/start": ({"arena_id": contest["can start"]}, None),
        "post /v1/contests/{arena_id}/eliminations": (
            {"arena_id": contest["is eliminating"]}, {"round": 2, "eliminated": ["ben"]},
        ),
        "put /v1/contests/{arena_id}/rounds/{round}/actions": (
            {"arena_id": contest["is active"], "round": 2}, world.actions(contest["is active"], 2),
        ),
        "delete /v1/contests/{arena_id}/entries/{agent}": (
            {"arena_id": contest["takes entries"], "agent": "operator"}, None,
        ),
    }


# What ends others: they are asked of the one that stands above, and of those that nobody else above needs.
ENDING = [
    "post /v1/arenas/{arena_id}/settle", "post /v1/arenas/{arena_id}/archive",
    "post /v1/contests/{arena_id}/start", "post /v1/contests/{arena_id}/cancel",
]


def shown(document, known):
    """Puts them into the document, as the examples that are tried first."""
    examples = calls(known)
    kept = {path.get("arena_id") for path, _ in examples.values()}
    for operation in {*examples, *ENDING}:
        path, body = examples.get(operation, ({}, None))
        method, template = operation.split(" ")
        asked = document["paths"][template][method]
        for parameter in asked["parameters"]:
            name = parameter["name"]
            if operation in ENDING and name == "arena_id":
                left = [one for one in parameter["schema"]["enum"] if one not in kept]
                parameter["schema"] = {"type": "string", "enum": left}
            if name in path:
                parameter["example"] = path[name]
                known_ones = parameter["schema"].get("enum", [])
                if known_ones and path[name] not in known_ones:
                    parameter["schema"] = {"type": "string", "enum": [*known_ones, path[name]]}
        if body is not None:
            (content,) = asked["requestBody"]["content"].values()
            content["example"] = body
