"""Experiments: who joined which variant, what became of them, when the stop rule was reached, and what may be said."""

from datetime import date, timedelta
from random import Random

import pytest
from booking import book_of

from salesops.metrics.experiments import Declared, Registered, experiments_measured
from salesops.records.deal import Deal
from salesops.records.learning import Experiment
from salesops.records.team import Team

LAST = date(2026, 12, 30)
SUBJECT = {
    "hypothesis": "A named colleague doubles the answers",
    "variants": ["plain", "named"],
    "cohort": {"stage": "outreach", "since": "2026-02-01", "until": "2026-10-31"},
    "measure": "outreach-to-discovery",
    "stop": {"each_variant": "2"},
    "status": "running",
}
MAIL = {"kind": "email", "experiment": "subject"}


def deal(*stages, mails=(), **more):
    """A deal by its moves, and the days and variants of its e-mails."""
    fields = {"title": "General", "member": "a", "type": "new business", "tier": "general", "owner": "jim", **more}
    sent = [{**MAIL, "date": day, **({"variant": variant} if variant else {})} for day, variant in mails]
    moves = [dict([move.split(": ")]) for move in stages]
    return Deal.model_validate({**fields, "stages": moves, "activity": sent})


@pytest.fixture
def told(process):
    """The one experiment over some deals, as of a day."""

    def result(deals, on=LAST, declared=None, **more):
        experiment = Experiment.model_validate({**SUBJECT, **more})
        book = book_of(versions={"v3": process}, deals=deals, experiments={"subject": experiment})
        return experiments_measured(book.on(on), {"subject": declared} if declared else {})[0]

    return result


def counts(result):
    return {name: (share.hits, share.out_of, share.open, share.parked) for name, share in result.variants.items()}


def out(result):
    return {left.deal: (left.cause.value, left.why) for left in result.left_out}


def sent(variant, at=0, ends="discovery"):
    """A deal that came into outreach in February, had an e-mail the day after, and went on or was lost in March."""
    day = date(2026, 2, 2) + timedelta(days=at)
    moves = [f"enrichment: {day - timedelta(days=20)}", f"outreach: {day}"]
    return deal(
        *moves,
        *([f"{ends}: {day + timedelta(days=30)}"] if ends else []),
        mails=[(str(day + timedelta(days=1)), variant)],
    )


def test_an_attempt_counts_in_the_variant_that_its_message_had(told):
    result = told({"a": sent("plain", ends="closed lost"), "b": sent("named"), "c": sent("named", ends="")})
    assert counts(result) == {"plain": (0, 1, 0, 0), "named": (1, 1, 1, 0)}
    assert result.joined == {"plain": 1, "named": 2}
    assert result.verdict == "too few"


def test_variants_that_are_templates_are_told_by_the_template(told):
    plain = sent(None)
    mailed = plain.model_copy(
        update={"activity": tuple(each.model_copy(update={"template": "intro@3"}) for each in plain.activity)}
    )
    result = told({"a": mailed}, variants=["intro@2", "intro@3"])
    assert counts(result) == {"intro@2": (0, 0, 0, 0), "intro@3": (1, 1, 0, 0)}


def test_variants_that_nobody_used_are_too_few_and_not_zero(told):
    result = told({})
    assert counts(result) == {"plain": (0, 0, 0, 0), "named": (0, 0, 0, 0)}
    assert [share.value for share in result.variants.values()] == [None, None]
    assert (result.verdict, result.reached, result.pairs[0].apart) == ("too few", None, None)


def test_whatever_does_not_fit_is_left_out_by_name(told):
    result = told(
        {
            "both": deal("outreach: 2026-03-01", mails=[("2026-03-02", "plain"), ("2026-03-09", "named")]),
            "unsaid": deal("outreach: 2026-03-01", mails=[("2026-03-02", None)]),
            "early": deal("outreach: 2026-01-31", mails=[("2026-03-02", "plain")]),
            "never": deal("enrichment: 2026-03-01", mails=[("2026-03-02", "plain")]),
            "untried": deal("outreach: 2026-03-01"),
            "decided": deal("outreach: 2026-03-01", "discovery: 2026-03-02", mails=[("2026-03-03", "plain")]),
        }
    )
    assert out(result) == {
        "both": ("more than one variant", "it had more than one variant: named and plain"),
        "unsaid": ("no variant said", "nothing says which variant it had"),
        "early": ("on other days", "it came into 'outreach' on 2026-01-31, outside of the cohort"),
        "never": ("in another stage", "it was not in 'outreach'"),
        "untried": ("not part of the experiment", "no activity of it is part of the experiment"),
        "decided": ("on other days", "it was decided on 2026-03-02, before it had the variant"),
    }
    assert result.joined == {"plain": 0, "named": 0}


def test_a_deal_that_was_opened_again_counts_once_for_each_attempt_in_the_variant_of_that_attempt(told):
    again = deal(
        "outreach: 2026-03-01",
        "closed lost: 2026-04-01",
        "outreach: 2026-06-01",
        "discovery: 2026-07-01",
        mails=[("2026-03-02", "plain"), ("2026-06-02", "named")],
    )
    assert counts(told({"again": again})) == {"plain": (0, 1, 0, 0), "named": (1, 1, 0, 0)}
    assert counts(told({"again": again}, on=date(2026, 5, 1))) == {"plain": (0, 1, 0, 0), "named": (0, 0, 0, 0)}


def test_what_happened_after_the_day_does_not_count(told):
    deals = {"a": sent("plain"), "b": sent("named", at=60)}
    assert counts(told(deals, on=date(2026, 3, 1))) == {"plain": (0, 0, 1, 0), "named": (0, 0, 0, 0)}
    assert counts(told(deals, on=date(2026, 3, 4))) == {"plain": (1, 1, 0, 0), "named": (0, 0, 0, 0)}


def test_the_stop_rule_is_reached_on_the_day_on_which_the_last_variant_is_full(told):
    deals = {f"d{at}": sent(("plain", "named")[at % 2], at) for at in range(4)}
    reached = [told(deals, on=date(2026, 2, day)).reached for day in (5, 6, 7)]
    assert reached == [None, date(2026, 2, 6), date(2026, 2, 6)]
    assert told(deals, stop="2 attempts in each variant").reached == date(2026, 2, 6)
    assert told(deals, stop={"each_variant": "9", "until": "2026-06-30"}).reached == date(2026, 6, 30)
    assert told(deals, stop={"until": "2027-06-30"}).reached is None
    assert told(deals, stop="When we feel like it").rule is None


def many(hits, out_of, variant):
    return {
        f"{variant}-{at:03d}": sent(variant, at, "discovery" if at < hits else "closed lost") for at in range(out_of)
    }


@pytest.mark.parametrize(
    ("plain", "named", "verdict"),
    [
        ((1, 9), (9, 10), "too few"),
        ((1, 10), (9, 10), "named above plain"),
        ((9, 10), (1, 10), "plain above named"),
        ((4, 10), (5, 10), "inconclusive"),
        ((56, 70), (48, 80), "plain above named"),
    ],
)
def test_variants_are_apart_only_where_the_interval_of_the_difference_leaves_out_0(told, plain, named, verdict):
    assert told({**many(*plain, "plain"), **many(*named, "named")}).verdict == verdict


def test_the_difference_of_two_variants_is_that_of_newcombes_example(told):
    (pair,) = told({**many(56, 70, "plain"), **many(48, 80, "named")}).pairs
    assert pair.apart[0] == pytest.approx(0.2)
    assert pair.apart[1] == pytest.approx((0.0524, 0.3339), abs=5e-5)


def test_an_experiment_that_is_not_measured_by_a_share_says_so_and_counts_its_attempts(told):
    result = told({"a": sent("plain")}, measure="days-in-discovery")
    assert result.unmeasured.startswith("Days in Discovery is no share of attempts")
    assert (result.variants, result.joined, result.verdict) == ({}, {"plain": 1, "named": 0}, "")
    assert told({}, measure=None).unmeasured == "it names no measure"
    assert told({}, cohort=None).unmeasured == "it says of no cohort which attempts count"


def test_the_win_rate_compares_renewals_as_well_and_a_conversion_leaves_them_out(told):
    renewal = deal(
        "outreach: 2026-03-01", "closed won: 2026-04-01", type="existing business", mails=[("2026-03-02", "plain")]
    )
    assert counts(told({"a": renewal}, measure="win-rate"))["plain"] == (1, 1, 0, 0)
    assert out(told({"a": renewal}))["a"] == ("another deal type", "its measure counts new business alone")


@pytest.mark.parametrize(
    ("declared", "said"),
    [
        (Declared(date(2026, 1, 31)), Registered.YES),
        (Declared(date(2026, 2, 1)), Registered.NO),
        (Declared(date(2026, 2, 1), was_brought=True), Registered.UNKNOWN),
        (None, Registered.UNKNOWN),
    ],
)
def test_an_experiment_is_pre_registered_where_its_cohort_begins_after_it_was_declared(told, declared, said):
    assert told({}, declared=declared).registered is said


def test_an_experiment_without_variants_compares_nothing(told):
    result = told({"a": sent("plain")}, variants=[])
    assert (result.variants, result.pairs, result.verdict, result.reached) == ({}, (), "", None)


def test_a_team_that_asks_for_fewer_outcomes_hears_a_verdict_sooner(process):
    numbers = {"organisation": "Ours", "time_zone": "UTC", "currency": "USD", "people": {}, "numbers": {"enough": "3"}}
    deals = {f"{variant}-{at}": sent(variant, ends=ends) for at in range(3) for variant, ends in ENDS.items()}
    subject = {"subject": Experiment.model_validate(SUBJECT)}
    book = book_of(versions={"v3": process}, deals=deals, experiments=subject, team=Team.model_validate(numbers))
    (result,) = experiments_measured(book.on(LAST))
    assert [pair.verdict for pair in result.pairs] == ["named above plain"]
    assert all(share.is_enough for share in result.variants.values())


ENDS = {"plain": "closed lost", "named": "discovery"}


# ── a second implementation, from the definition alone ────────────────────────────────────────────────────────────────

OPEN_STAGES = ("enrichment", "outreach", "discovery", "proposal")


def random_attempt(random, day, start="enrichment"):
    """The moves of one attempt, by a walk along the stages that may end anywhere."""
    moves, way = [], OPEN_STAGES[OPEN_STAGES.index(start) :]
    for stage in way:
        moves.append((stage, day))
        day += timedelta(days=random.randint(1, 60))
        if random.random() < 0.35:
            return [*moves, ("closed lost", day)] if random.random() < 0.7 else moves
    return [*moves, ("closed won", day)] if random.random() < 0.6 else moves


def random_deal(random):
    moves = random_attempt(random, date(2026, 1, 1) + timedelta(days=random.randint(0, 150)))
    if moves[-1][0] == "closed lost" and random.random() < 0.4:
        moves += random_attempt(
            random, moves[-1][1] + timedelta(days=random.randint(1, 40)), random.choice(OPEN_STAGES)
        )
    first = moves[0][1]
    mails = [
        (str(first + timedelta(days=random.randint(0, 200))), random.choice(["plain", "plain", "named", "named", None]))
        for _ in range(random.randint(0, 2))
    ]
    kind = random.choice(["new business"] * 4 + ["existing business"])
    return deal(*[f"{stage}: {day}" for stage, day in moves], mails=sorted(mails, key=lambda it: it[0]), type=kind)


def by_hand(deals, on):
    """(converted, failed, open) of each variant: attempt by attempt, from plain lists."""
    found = {"plain": [0, 0, 0], "named": [0, 0, 0]}
    for each in deals.values():
        moves = [move for move in each.stages if move.entered <= on]
        lost = next((at for at, move in enumerate(moves[:-1]) if move.stage == "closed lost"), None)
        halves = [moves] if lost is None else [moves[: lost + 1], moves[lost + 1 :]]
        cut = date.min if lost is None else min(moves[lost].entered + timedelta(days=1), moves[lost + 1].entered)
        for at, part in enumerate(halves):
            mails = [it for it in each.activity if it.date <= on and (lost is None or (it.date >= cut) == bool(at))]
            variants = {it.variant for it in mails if it.variant}
            entered = next((move.entered for move in part if move.stage == "outreach"), None)
            if each.type != "new business" or len(variants) != 1 or entered is None:
                continue
            if not date(2026, 2, 1) <= entered <= date(2026, 10, 31):
                continue
            (variant,) = variants
            began = max(entered, min(it.date for it in mails if it.variant))
            beyond = [move.entered for move in part if move.stage in ("discovery", "proposal", "closed won")]
            decided = min(beyond) if beyond else part[-1].entered if part[-1].stage == "closed lost" else None
            if decided is None or decided >= began:
                found[variant][0 if beyond else 2 if decided is None else 1] += 1
    return {name: tuple(three) for name, three in found.items()}


def test_a_second_count_agrees_on_random_books(told):
    random = Random(67)
    for _ in range(150):
        deals = {f"d{at}": random_deal(random) for at in range(random.randint(0, 12))}
        on = date(2026, 1, 1) + timedelta(days=random.randint(0, 400))
        result = told(deals, on=on)
        own = {name: (it.hits, it.out_of - it.hits, it.open) for name, it in result.variants.items()}
        assert own == by_hand(deals, on)
