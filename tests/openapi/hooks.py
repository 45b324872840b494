"""What schemathesis is told before it begins."""

import schemathesis

# Actions are bytes to it.
schemathesis.serializer.alias("application/x-ndjson", "application/octet-stream")


@schemathesis.hook
def before_call(context, case, kwargs):
    """Waits are as well short: what is looked at is the answer."""
    wait = (case.query or {}).get("wait_ms")
    if str(wait).isdecimal() and 0 < int(wait) <= 60_000:
        case.query["wait_ms"] = 1
