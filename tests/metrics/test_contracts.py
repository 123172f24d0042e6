"""Won contracts and the renewal window each one is in: every edge to the day, and every contract in exactly one."""

from datetime import date, timedelta
from random import Random

import pytest

from salesops.metrics import read_metric

TODAY = date(2026, 6, 15)
BUCKETS = {
    "ended": "contracts-ended",
    "superseded": "contracts-superseded",
    "not started": "contracts-not-started",
    "open-ended": "renewal-open-ended",
    "overdue": "renewal-overdue",
    "0-30": "renewal-0-30",
    "31-90": "renewal-31-90",
    "91-180": "renewal-91-180",
    "later": "renewal-later",
}
ACTIVE = {"open-ended", "0-30", "31-90", "91-180", "later"}


def day(days):
    """So many days from today."""
    return str(TODAY + timedelta(days=days))


def won(start=-100, end=None, **contract):
    """A won deal whose term goes from ``start`` to ``end``, in days from today."""
    dates = {"start": day(start)} | ({"end": day(end)} if end is not None else {})
    return {
        "stages": [{"proposal": "2024-01-05"}, {"closed won": "2024-02-02"}],
        "contract": dates | contract,
    }


def renewal(of, start, closed="2024-03-04", stage="closed won"):
    return {
        "type": "existing business",
        "renews": of,
        "stages": [{"renewals": "2024-03-04"}, {stage: closed}],
        "contract": {"start": day(start)},
    }


def buckets(book, on=TODAY):
    """The contracts in each bucket, as the nine metrics name them."""
    snapshot = book.on(on)
    return {bucket: set(read_metric(snapshot, id).included) for bucket, id in BUCKETS.items()}


def bucket_of(deal, book, on=TODAY):
    (found,) = [bucket for bucket, deals in buckets(book, on).items() if deal in deals]
    return found


@pytest.mark.parametrize(
    ("contract", "expected"),
    [
        pytest.param(won(end=181), "later", id="181 days left"),
        pytest.param(won(end=180), "91-180", id="180 days left"),
        pytest.param(won(end=91), "91-180", id="91 days left"),
        pytest.param(won(end=90), "31-90", id="90 days left"),
        pytest.param(won(end=31), "31-90", id="31 days left"),
        pytest.param(won(end=30), "0-30", id="30 days left"),
        pytest.param(won(end=1), "0-30", id="ends tomorrow"),
        pytest.param(won(end=0), "0-30", id="ends today"),
        pytest.param(won(end=-1), "overdue", id="ended yesterday"),
        pytest.param(won(end=-400), "overdue", id="ended long ago, service on"),
        pytest.param(won(start=0, end=364), "later", id="starts today"),
        pytest.param(won(start=1, end=365), "not started", id="starts tomorrow"),
        pytest.param(won(start=1), "not started", id="starts tomorrow without an end"),
        pytest.param(won(start=0, end=0), "0-30", id="one day, today"),
        pytest.param(won(start=-1, end=-1), "overdue", id="one day, yesterday"),
        pytest.param(won(), "open-ended", id="no end"),
        pytest.param(won(end=-1, service_ended=day(-1)), "ended", id="service over since yesterday"),
        pytest.param(won(end=-10, service_ended=day(0)), "ended", id="service over since today"),
        pytest.param(won(end=-10, service_ended=day(1)), "overdue", id="service over tomorrow"),
        pytest.param(won(end=100, service_ended=day(0)), "ended", id="stopped before its end"),
        pytest.param(won(service_ended=day(-1)), "ended", id="no end, and stopped"),
        pytest.param(won(start=5, end=100, service_ended=day(-1)), "ended", id="stopped before it started"),
    ],
)
def test_a_contract_is_in_the_bucket_that_the_table_says(book, contract, expected):
    known = book({"aspen": contract})
    assert bucket_of("aspen", known) == expected
    active = read_metric(known.on(TODAY), "existing-business-active")
    assert (active.value, active.included) == ((1, ("aspen",)) if expected in ACTIVE else (0, ()))


def test_the_next_term_takes_over_on_its_first_day(book):
    known = book({"old": won(end=-1), "new": renewal(of="old", start=0)})
    assert bucket_of("old", known) == "superseded"
    assert bucket_of("new", known) == "open-ended"
    assert read_metric(known.on(TODAY), "existing-business-active").included == ("new",)
    yesterday = TODAY - timedelta(days=1)
    assert bucket_of("old", known, yesterday) == "0-30"
    assert bucket_of("new", known, yesterday) == "not started"


def test_a_next_term_that_starts_early_takes_over_before_the_old_one_ends(book):
    known = book({"old": won(end=60), "new": renewal(of="old", start=-5)})
    assert bucket_of("old", known) == "superseded"


def test_a_gap_before_a_signed_next_term_is_overdue_and_flagged_as_secured(book):
    known = book({"old": won(end=-3), "new": renewal(of="old", start=7)})
    overdue = read_metric(known.on(TODAY), "renewal-overdue")
    assert (overdue.included, overdue.parts["secured"]) == (("old",), 1)


def test_a_secured_contract_stays_in_its_window(book):
    known = book({"old": won(end=20), "other": won(end=25), "new": renewal(of="old", start=21)})
    window = read_metric(known.on(TODAY), "renewal-0-30")
    assert (window.included, window.parts["secured"]) == (("old", "other"), 1)


def test_a_renewal_that_is_not_won_yet_neither_follows_nor_secures(book):
    for stage in ("renewals", "proposal", "closed lost"):
        known = book({"old": won(end=20), "new": renewal(of="old", start=-5, stage=stage)})
        assert bucket_of("old", known) == "0-30"
        assert read_metric(known.on(TODAY), "renewal-0-30").parts["secured"] == 0
        assert all("new" not in deals for deals in buckets(known).values())


def test_a_renewal_that_was_won_later_changes_nothing_before(book):
    known = book({"old": won(end=-10), "new": renewal(of="old", start=-9, closed=day(1))})
    assert bucket_of("old", known) == "overdue"
    assert bucket_of("old", known, TODAY + timedelta(days=1)) == "superseded"


def test_service_that_ended_is_ended_even_where_a_renewal_followed(book):
    known = book({"old": won(end=-3, service_ended=day(-3)), "new": renewal(of="old", start=-2)})
    assert bucket_of("old", known) == "ended"


def test_a_contract_that_says_it_renews_itself_stays_where_it_is(book):
    assert bucket_of("aspen", book({"aspen": won(end=20) | {"renews": "aspen"}})) == "0-30"


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        ("2028-03-01", "overdue"),
        ("2028-02-29", "0-30"),
        ("2028-01-30", "0-30"),
        ("2028-01-29", "31-90"),
        ("2027-12-01", "31-90"),
        ("2027-11-30", "91-180"),
    ],
)
def test_a_contract_that_ends_on_the_leap_day_is_counted_in_plain_days(book, on, expected):
    known = book("aspen: {stages: [closed won: 2027-02-02], contract: {start: 2027-03-01, end: 2028-02-29}}")
    assert bucket_of("aspen", known, date.fromisoformat(on)) == expected


def test_a_win_whose_contract_has_no_start_is_in_no_bucket_and_named_in_each(book, why):
    known = book(
        {
            "bare": {"stages": [{"closed won": "2026-01-05"}]},
            "half": {"stages": [{"closed won": "2026-01-05"}], "contract": {"end": day(20)}},
        }
    )
    assert not any(buckets(known).values())
    for id in (*BUCKETS.values(), "existing-business-active", "mrr", "arr"):
        assert why(read_metric(known.on(TODAY), id)) == dict.fromkeys(
            ("bare", "half"), "won, but the contract has no start"
        )


def test_the_contract_of_a_deal_that_is_not_won_is_not_counted(book):
    for stage in ("proposal", "closed lost", "renewals"):
        known = book({"aspen": won(end=20) | {"stages": [{stage: "2026-01-05"}]}})
        assert not any(buckets(known).values())


def test_two_contracts_of_a_member_are_two_contracts_and_one_member(book):
    known = book(
        {
            "aspen": won(end=20) | {"member": "cascadia"},
            "birch": won(end=25) | {"member": "cascadia"},
            "cedar": won(end=25),
        }
    )
    for id in ("renewal-0-30", "existing-business-active"):
        found = read_metric(known.on(TODAY), id)
        assert (found.value, found.parts["members"]) == (3, 2)


def test_contracts_are_split_by_the_type_of_their_deal(book):
    known = book({"old": won(end=20), "new": renewal(of="someone", start=-5)})
    assert read_metric(known.on(TODAY), "existing-business-active").split == {"existing business": 1, "new business": 1}


def table(contract, renewals, on):
    """The rows of the definition in their order: the first that fits."""
    left = (contract.end - on).days if contract.end else None
    rows = [
        ("ended", bool(contract.service_ended and contract.service_ended <= on)),
        ("superseded", any(start <= on for start in renewals)),
        ("not started", contract.start > on),
        ("open-ended", left is None),
        ("overdue", left is not None and left < 0),
        ("0-30", left in range(31)),
        ("31-90", left in range(31, 91)),
        ("91-180", left in range(91, 181)),
    ]
    return next((bucket for bucket, fits in rows if fits), "later")


def won_contracts(dice, size):
    """Contracts at random: of a day, of years, of no end, stopped, renewed early, late, in chains."""
    deals = {}
    for number in range(size):
        start = dice.randrange(-500, 500)
        contract = {"start": day(start)}
        if dice.random() < 0.8:
            contract["end"] = day(start + dice.choice((0, 1, 29, 89, 180, 364, 729)))
        if dice.random() < 0.25:
            contract["service_ended"] = day(start + dice.randrange(700))
        deals[f"deal-{number}"] = {
            "type": dice.choice(("new business", "existing business")),
            "stages": [{"proposal": day(-600)}, {"closed won": day(start - dice.randrange(60))}],
            "contract": contract,
        }
        if number and dice.random() < 0.5:
            deals[f"deal-{number}"]["renews"] = f"deal-{dice.randrange(number)}"
    return deals


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.proof) for seed in (1, 2))])
def test_on_every_day_of_two_years_every_won_contract_is_in_exactly_one_bucket(book, days, seed):
    known = book(won_contracts(Random(seed), 25))
    found = set()
    for on in days(TODAY - timedelta(days=365), TODAY + timedelta(days=365)):
        by_bucket = buckets(known, on)
        won_deals = [history.id for history in known.on(on).won]
        assert sorted(id for deals in by_bucket.values() for id in deals) == sorted(won_deals)
        active = set(read_metric(known.on(on), "existing-business-active").included)
        assert active == set().union(*(by_bucket[bucket] for bucket in ACTIVE))
        for bucket, deals in by_bucket.items():
            for id in deals:
                terms = [known.deals[one].contract.start for one in known.renewed_by.get(id, ()) if one in won_deals]
                assert table(known.deals[id].contract, terms, on) == bucket, (id, on)
                found.add(bucket)
    assert found == set(BUCKETS)


@pytest.mark.proof
def test_every_won_contract_of_the_demonstration_is_in_exactly_one_bucket_on_every_day(demonstration, days):
    for on in days("2025-01-01", "2026-12-31"):
        counted = [id for deals in buckets(demonstration, on).values() for id in deals]
        snapshot = demonstration.on(on)
        nowhere = [left.deal for left in read_metric(snapshot, "contracts-ended").excluded]
        assert sorted(counted + nowhere) == sorted(history.id for history in snapshot.won)


@pytest.mark.parametrize("seed", range(6))
def test_active_is_what_has_started_has_not_ended_and_is_neither_stopped_nor_followed(book, days, seed):
    known = book(won_contracts(Random(100 + seed), 25))
    for on in days(TODAY - timedelta(days=300), TODAY + timedelta(days=300))[::5]:
        by_bucket = buckets(known, on)
        in_force = {
            history.id
            for history in known.on(on).won
            if (term := history.deal.contract).start <= on <= (term.end or on)
            and not (term.service_ended and term.service_ended <= on)
            and history.id not in by_bucket["superseded"]
        }
        assert set(read_metric(known.on(on), "existing-business-active").included) == in_force
