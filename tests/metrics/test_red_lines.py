"""Red lines: crossed as they are written, confirmed, since when, and which decision answers them."""

from datetime import date, timedelta
from random import Random

import pytest
from booking import book_of

from salesops.metrics import read_metric
from salesops.metrics.decided import decisions_scored
from salesops.metrics.red_lines import State, chances, red_lines_of
from salesops.records.deal import Deal
from salesops.records.learning import Decision, Hypothesis
from salesops.records.process import RedLine

FIRST = date(2026, 1, 5)
LAST = date(2026, 12, 30)
OUTREACH = {"id": "outreach-broken", "metric": "outreach-to-discovery", "below": "15%", "after": "20"}
DISCOVERY = {"id": "discovery-broken", "metric": "discovery-to-proposal", "below": "25%", "after": "10", "of": "calls"}
NO_WINS = {"id": "no-wins", "metric": "proposal-to-won", "wins": "0", "in": "10"}
WAY = ("enrichment", "outreach", "discovery", "proposal", "closed won")


def deal(at, to, ends, *, held=True):
    """A deal that came as far as ``to`` in its week, and was lost there unless it was won."""
    began = FIRST + timedelta(days=7 * at)
    way = WAY[: WAY.index(to) + 1]
    stages = [{stage: str(began + timedelta(days=day))} for day, stage in enumerate(way)]
    if to != "closed won" and ends:
        stages.append({"closed lost": str(began + timedelta(days=6))})
    meeting = {"date": str(began + timedelta(days=3)), "kind": "meeting", "about": "discovery", "status": "held"}
    return {"stages": stages, "activity": [meeting] if held and "discovery" in way else []}


def attempts(start, reached):
    """One deal a week from the first on: those that are True went on beyond ``start``, the others were lost in it."""
    beyond = WAY[WAY.index(start) + 1]
    return {
        f"deal-{at:03d}": deal(at, beyond if went else start, ends=beyond != "closed won" or not went)
        for at, went in enumerate(reached)
    }


@pytest.fixture
def judged(process):
    """A red line over some deals, on a day."""

    def judge(line, deals, on=LAST, decisions=None, icp=None, **more):
        ruled = process.model_copy(
            update={"red_lines": (RedLine.model_validate({"means": "Something is wrong", **line}),)}
        )
        whole = {
            id: Deal.model_validate(
                {
                    "title": "General Membership",
                    "member": id,
                    "type": "new business",
                    "tier": "general",
                    "owner": "jim",
                    **fields,
                }
            )
            for id, fields in deals.items()
        }
        book = book_of(
            versions={"v3": ruled, **more},
            deals=whole,
            decision={id: Decision.model_validate(fields) for id, fields in (decisions or {}).items()},
            icp={id: Hypothesis.model_validate(fields) for id, fields in (icp or {}).items()},
        )
        return red_lines_of(book.on(on))[0]

    return judge


def shares(hits, out_of):
    """So many hits, the first ones of all."""
    return [at < hits for at in range(out_of)]


@pytest.mark.parametrize(
    ("hits", "out_of", "state"),
    [
        (0, 19, State.TOO_FEW),
        (3, 20, State.SILENT),
        (2, 20, State.TRIPPED),
        (1, 20, State.TRIPPED),
        (0, 20, State.CONFIRMED),
        (1, 30, State.CONFIRMED),
        (2, 30, State.TRIPPED),
        (2, 40, State.CONFIRMED),
        (3, 40, State.TRIPPED),
    ],
)
def test_too_few_who_engage_cross_the_line_of_outreach(judged, hits, out_of, state):
    found = judged(OUTREACH, attempts("outreach", shares(hits, out_of)))
    assert (found.state, found.hits, found.out_of) == (state, hits, out_of)


@pytest.mark.parametrize(
    ("hits", "out_of", "state"),
    [
        (3, 10, State.SILENT),
        (2, 10, State.TRIPPED),
        (0, 10, State.CONFIRMED),
        (1, 20, State.CONFIRMED),
        (2, 20, State.TRIPPED),
        (3, 30, State.CONFIRMED),
        (4, 30, State.TRIPPED),
    ],
)
def test_too_few_calls_that_lead_to_a_proposal_cross_the_line_of_discovery(judged, hits, out_of, state):
    assert judged(DISCOVERY, attempts("discovery", shares(hits, out_of))).state is state


def test_a_visit_without_a_held_meeting_is_no_call(judged):
    deals = attempts("discovery", [False] * 10)
    deals["deal-000"] = deal(0, "discovery", ends=True, held=False)
    found = judged(DISCOVERY, deals)
    assert (found.state, found.out_of, found.to_go) == (State.TOO_FEW, 9, 1)


@pytest.mark.parametrize(
    ("won", "state"),
    [
        ([False] * 9, State.TOO_FEW),
        ([False] * 10, State.TRIPPED),
        ([False] * 10 + [True] + [False] * 9, State.SILENT),
        ([True] + [False] * 10, State.TRIPPED),
        ([False] * 40 + [True], State.SILENT),
    ],
)
def test_ten_proposals_in_a_row_without_a_win(judged, won, state):
    assert judged(NO_WINS, attempts("proposal", won)).state is state


def test_one_win_among_the_last_ten_of_two_hundred_keeps_silent(judged):
    won = [False] * 195 + [True] + [False] * 4
    assert judged(NO_WINS, attempts("proposal", won), on=date(2030, 12, 30)).state is State.SILENT


def test_open_and_parked_attempts_are_not_judged(judged):
    deals = attempts("outreach", [False] * 20)
    deals["deal-019"] = deal(19, "outreach", ends=False)
    assert judged(OUTREACH, deals).out_of == 19


def test_a_trip_begins_on_the_day_of_the_outcome_that_crossed_the_line(judged):
    deals = attempts("outreach", [True] * 3 + [False] * 18)
    twentieth, after = FIRST + timedelta(days=7 * 19 + 6), FIRST + timedelta(days=7 * 20 + 6)
    assert judged(OUTREACH, deals, on=twentieth).state is State.SILENT  # 3 of 20
    assert judged(OUTREACH, deals, on=after - timedelta(days=1)).state is State.SILENT
    assert judged(OUTREACH, deals, on=after).since == after  # 3 of 21
    assert judged(OUTREACH, deals).since == after


def test_a_line_that_was_crossed_before_trips_anew(judged):
    reached = [False] * 20 + [True] * 5 + [False] * 20
    found = judged(OUTREACH, attempts("outreach", reached))
    assert found.since > FIRST + timedelta(days=7 * 25)


@pytest.mark.parametrize(
    ("decision", "answered"),
    [
        ({"date": "2026-12-01"}, True),
        ({"date": "2026-12-01", "until": "2027-02-01"}, True),
        ({"date": "2026-12-01", "until": "2026-12-30"}, True),
        ({"date": "2026-12-01", "until": "2026-12-29"}, False),
        ({"date": "2026-01-01"}, False),
        ({"date": "2026-12-01", "answers": "another-line"}, False),
    ],
)
def test_a_decision_answers_from_the_first_day_of_the_trip_until_its_own_end(judged, decision, answered):
    said = {"answers": "outreach-broken", "verdict": "gather more", "why": "Ten more", **decision}
    found = judged(OUTREACH, attempts("outreach", [False] * 20), decisions={"2026-12-outreach": said})
    assert found.state is State.CONFIRMED
    assert found.is_unanswered is not answered
    assert found.answer == ("2026-12-outreach" if answered else None)


def test_a_line_counts_since_a_version_of_the_process_or_of_a_hypothesis(judged, process):
    deals = attempts("outreach", [True] * 10 + [False] * 20)
    later = FIRST + timedelta(days=7 * 10)
    hypothesis = {
        "claim": "Whoever teaches, buys",
        "version": "2",
        "since": str(later),
        "status": "testing",
        "changelog": [
            {"version": "1", "date": str(FIRST), "note": "First"},
            {"version": "2", "date": str(later), "note": "Teachers only"},
        ],
    }
    assert judged(OUTREACH, deals).state is State.SILENT
    assert judged({**OUTREACH, "since": "teaching-led@2"}, deals, icp={"teaching-led": hypothesis}).out_of == 20
    assert judged({**OUTREACH, "since": "teaching-led@1"}, deals, icp={"teaching-led": hypothesis}).out_of == 30
    v4 = process.model_copy(update={"in_force": later, "version": "v2"})
    assert (
        judged({**OUTREACH, "since": "v2"}, deals, v2=v4.model_copy(update={"red_lines": process.red_lines}))
        is not None
    )


def test_a_line_counts_the_last_so_many(judged):
    deals = attempts("outreach", [True] * 10 + [False] * 20)
    found = judged({**OUTREACH, "last": "20"}, deals)
    assert (found.state, found.hits, found.out_of) == (State.CONFIRMED, 0, 20)


def test_a_line_on_a_count_is_confirmed_as_soon_as_it_is_crossed(judged):
    deals = {f"deal-{at}": deal(at, "outreach", ends=False) for at in range(3)}
    busy = {"id": "busy", "metric": "open-deals", "above": "2"}
    found = judged(busy, deals)
    assert (found.state, found.hits, found.value) == (State.CONFIRMED, None, "3")
    assert found.since <= FIRST + timedelta(days=20)
    assert judged(busy, dict(list(deals.items())[:2])).state is State.SILENT


def test_a_line_on_a_share_of_money_is_judged_by_its_members_and_is_no_estimate(judged):
    leaky = {"id": "leaky", "metric": "gross-retention", "below": "90%", "after": "3"}
    assert judged(leaky, memberships_of(2)).state is State.TOO_FEW
    found = judged(leaky, memberships_of(3))
    assert (found.state, found.value, found.hits) == (State.CONFIRMED, "66.7 %", None)


def memberships_of(many):
    """Members of long ago, of whom the first has left."""
    running = {"start": "2020-01-01", "end": "open", "mrr": "100 USD"}
    ended = {**running, "service_ended": str(FIRST - timedelta(days=2))}
    stages = [{"closed won": "2020-01-01"}]
    return {f"deal-{at}": {"stages": stages, "contract": running if at else ended} for at in range(many)}


def test_a_line_on_days_is_confirmed_by_the_interval_of_the_median(judged):
    slow = {"id": "slow", "metric": "days-in-outreach", "above": "3", "after": "6"}
    assert judged(slow, attempts("outreach", [False] * 5)).state is State.TOO_FEW
    found = judged(slow, attempts("outreach", [False] * 6))
    assert (found.state, found.value) == (State.CONFIRMED, "5.0 days")


def test_a_tripped_line_says_how_sure_it_is(judged):
    found = judged(OUTREACH, attempts("outreach", shares(2, 20)))
    assert found.highest_rate == pytest.approx(0.262, abs=0.001)
    assert found.to_go > 20
    fair = {chance.rate: chance for chance in chances(found)}
    assert fair[0.25].once == pytest.approx(0.09, abs=0.01)
    assert fair[0.25].ever == pytest.approx(fair[0.25].once)


def test_the_metric_counts_what_is_crossed_with_the_deals_behind_it(process):
    lines = tuple(
        RedLine.model_validate({"means": "Something is wrong", **line}) for line in (OUTREACH, DISCOVERY, NO_WINS)
    )
    deals = {
        id: Deal.model_validate(
            {"title": "A", "member": id, "type": "new business", "tier": "general", "owner": "jim", **fields}
        )
        for id, fields in attempts("outreach", [False] * 20).items()
    }
    book = book_of(versions={"v3": process.model_copy(update={"red_lines": lines})}, deals=deals)
    found = read_metric(book.on(LAST), "red-lines")
    assert found.value == 1
    assert dict(found.parts) == {"confirmed": 1, "unanswered": 1, "too_few": 2, "of": 3}
    assert found.included == tuple(deals)


@pytest.mark.samples(2)
@pytest.mark.parametrize("seed", range(20))
def test_since_is_what_looking_every_evening_says(judged, seed):
    dice = Random(seed)
    deals = attempts("outreach", [dice.random() < 0.16 for _ in range(40)])
    found = judged(OUTREACH, deals)
    evenings = [FIRST + timedelta(days=day) for day in range((LAST - FIRST).days + 1)]
    tripped = [judged(OUTREACH, deals, on=evening).state.is_tripped for evening in evenings]
    silent = [at for at, is_tripped in enumerate(tripped) if not is_tripped]
    assert found.since == (evenings[max(silent) + 1] if tripped[-1] else None)


def test_a_decision_is_scored_by_what_came_since(judged, process):
    reached = [False] * 20 + [True] * 12
    deals = {
        id: Deal.model_validate(
            {"title": "A", "member": id, "type": "new business", "tier": "general", "owner": "jim", **fields}
        )
        for id, fields in attempts("outreach", reached).items()
    }
    line = RedLine.model_validate({"means": "Something is wrong", **OUTREACH})
    day = FIRST + timedelta(days=7 * 20)
    pivot = Decision.model_validate({"date": str(day), "answers": line.id, "verdict": "pivot", "why": "Write to deans"})
    book = book_of(
        versions={"v3": process.model_copy(update={"red_lines": (line,)})}, deals=deals, decision={"pivot": pivot}
    )
    [early] = decisions_scored(book.on(day + timedelta(days=30)))
    assert (early.verdict, early.apart) == ("cannot tell yet", None)
    [late] = decisions_scored(book.on(LAST))
    assert (late.then, late.since, late.verdict) == ("0 of 20 (0 %)", "12 of 12 (100 %)", "better")
    assert late.apart[1][0] > 0.5
