"""A program over the client that is generated from the OpenAPI document: a shared arena from registering to its report, and a
contest from entries to payouts."""

import io
import os

from arena_client import AuthenticatedClient
from arena_client import models
from arena_client.api.agents import register_agent
from arena_client.api.arenas import activate, archive, create_arena, settle
from arena_client.api.artifacts import get_artifact, put_artifact
from arena_client.api.contests import (
    create_contest,
    enter,
    finalize_contest,
    get_contest,
    list_obligations,
    list_standings,
    pay_out,
    start_contest,
    submit_round,
)
from arena_client.api.ledger import audit_ledger, deposit, get_account
from arena_client.api.reading import get_report, list_events, verify
from arena_client.api.steps import claim, complete
from arena_client.types import UNSET, File

URL = os.environ["ARENA_URL"]


def speaking(token):
    return AuthenticatedClient(base_url=URL, token=token)


OPERATOR = speaking(os.environ["ARENA_TOKEN"])


def done(answer, kind):
    """An answer of the kind that was expected; a refusal ends the program with what it says."""
    if isinstance(answer, models.Problem):
        raise AssertionError(f"{answer.status} {answer.code}: {answer.detail}")
    assert isinstance(answer, kind), f"{answer} is no {kind}"
    return answer


def refused(answer, code):
    assert isinstance(answer, models.Problem) and answer.code == code, f"{answer} is no {code}"


def register(name):
    issued = register_agent.sync(client=OPERATOR, body=models.RegisterAgent(agent_id=name))
    return speaking(done(issued, models.IssuedToken).token)


def collaborate():
    anna, bert = register("anna"), register("bert")
    asked = models.CreateArena(
        goal="Count the files",
        participants=[models.AddParticipant(agent_id="bert", role=models.Role.WORKER)],
        steps=[
            models.NewStep(title="Look"),
            models.NewStep(title="Count", depends_on=[1], evidence=models.Evidence(artifacts=["out/count.txt"])),
        ],
    )
    arena = done(create_arena.sync(client=anna, body=asked), models.Arena).arena_id
    done(activate.sync(arena, client=anna), models.Arena)
    for step in (1, 2):
        claimed = done(claim.sync(arena, client=bert, body=models.ClaimStep()), models.Claim)
        assert claimed.step == step
        completion = models.CompleteStep(fence=claimed.fence, result="42", cost=1)
        if step == 2:
            refused(complete.sync(arena, step, client=bert, body=completion), "evidence_missing")
            file = File(payload=io.BytesIO(b"42\n"))
            put = put_artifact.sync(
                arena, "out/count.txt", client=bert, body=file, step=step, fence=claimed.fence,
                kind=models.ArtifactKind.TEXT,
            )
            assert done(put, models.Artifact).version == 1
        completed = done(complete.sync(arena, step, client=bert, body=completion), models.Step)
        assert completed.status == models.StepStatus.COMPLETED
    assert claim.sync_detailed(arena, client=bert, body=models.ClaimStep()).status_code == 204
    done(settle.sync(arena, client=anna), models.Arena)
    done(archive.sync(arena, client=anna), models.Arena)
    report = done(get_report.sync(arena, client=bert), models.Report)
    assert [one.name for one in report.artifacts] == ["out/count.txt"]
    read = done(get_artifact.sync(arena, "out/count.txt", client=bert), File)
    assert read.payload.read() == b"42\n"
    assert done(verify.sync(arena, client=bert), models.Verification).ok
    page = done(list_events.sync(arena, client=bert, after=1, limit=5), models.EventPage)
    assert [event.sequence for event in page.items] == [2, 3, 4, 5, 6]


def compete():
    names = ["carl", "dirk", "ella"]
    carl, dirk, ella = (register(name) for name in names)
    for name in names:
        money = models.MoveMoney(agent_id=name, amount=1000, reference=f"for {name}")
        done(deposit.sync(client=OPERATOR, body=money), models.Transfer)
    terms = models.NewTerms(
        entry_fee=100, bond=50, min_agents=2, max_agents=4, prize_split=[60, 40], creator_fee_bps=500,
        elimination_interval_s=60, duration_s=600,
    )
    asked = models.CreateContest(title="Cup", terms=terms)
    contest = done(create_contest.sync(client=carl, body=asked), models.Contest).arena_id
    for agent in (dirk, ella):
        entered = done(enter.sync(contest, client=agent), models.Entered)
        assert entered.exit_action == models.ExitAction.LEAVE
    done(start_contest.sync(contest, client=carl), models.Contest)
    scores = models.Scores()
    scores.additional_properties = {"dirk": 5, "ella": 3}
    submitted = models.SubmitRound(round_=1, scores=scores, eliminated=["ella"])
    done(submit_round.sync(contest, client=carl, body=submitted), models.Contest)
    done(finalize_contest.sync(contest, client=carl, body=models.Finalize()), models.Contest)
    standings = done(list_standings.sync(contest, client=ella), models.ListEntry)
    assert [(one.agent_id, one.standing) for one in standings.items] == [("dirk", 1), ("ella", 2)]
    owed = done(list_obligations.sync(contest, client=ella), models.ListObligation)
    assert len(owed.items) == 5
    for one in owed.items:
        body = models.RequestPayout(kind=one.kind, agent=one.payee)
        assert done(pay_out.sync(contest, client=ella, body=body), models.Payout).transfer > 0
        refused(pay_out.sync(contest, client=ella, body=body), "already_paid")
    left = done(get_contest.sync(contest, client=ella), models.Contest)
    assert (left.status, left.exit_at) == (models.ContestStatus.FINISHED, UNSET)
    accounts = [*(f"wallet:{name}" for name in names), f"escrow:{contest}"]
    held = [done(get_account.sync(account, client=OPERATOR), models.AccountBalance).balance for account in accounts]
    assert held == [1010, 1013, 975, 0], held
    assert done(audit_ledger.sync(client=OPERATOR), models.Audit).ok


collaborate()
compete()
