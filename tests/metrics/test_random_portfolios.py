"""A second way to count money over time: single days and whole cents, over 5,000 members with contracts at random. Both ways say the same, member by member."""

from calendar import monthrange
from collections import Counter
from datetime import date, timedelta
from fractions import Fraction
from random import Random

import pytest
from booking import book_of

from salesops.metrics import read_metric
from salesops.metrics.in_service import memberships
from salesops.metrics.retention import ended_contracts, retention
from salesops.metrics.revenue import between, month_movements, months_from, recurring_months
from salesops.records.deal import Deal
from salesops.records.rates import Rates
from salesops.records.team import Team

MEMBERS = 5_000
EARLIEST = date(2024, 1, 1)
AS_OF = date(2026, 6, 17)
GRACE = 90
DAY = timedelta(days=1)
RATES = (("2024-02-01", "0.7312"), ("2025-05-01", "0.7268"), ("2025-11-30", "0.7351"))
"""Of CAD in USD; of EUR there is none."""


# ── portfolios ────────────────────────────────────────────────────────────────────────────────────────────────────────


def portfolio(dice, member):
    """Up to four won contracts of a member: one after the other, side by side, with gaps, renewed and not."""
    found = {}
    on = EARLIEST + timedelta(days=dice.randrange(700))
    for number in range(dice.choice((1, 1, 2, 2, 3, 4))):
        last = on + timedelta(days=dice.choice((0, 1, 29, 89, 180, 364, 364, 365, 365, 730)))
        deal = {
            "start": on,
            "end": last if dice.random() < 0.85 else None,
            "won": on - timedelta(days=dice.randrange(-20, 60)),
        }
        deal["mrr"] = None if dice.random() < 0.05 else dice.choice((0, 100, 10_000, 33_333, dice.randrange(300_000)))
        deal["currency"] = dice.choices(("USD", "CAD", "EUR"), (12, 5, 1))[0]
        deal["signed"] = deal["won"] + timedelta(days=dice.randrange(-5, 6)) if dice.random() < 0.7 else None
        deal["stopped"] = last + timedelta(days=dice.randrange(-200, 150)) if dice.random() < 0.3 else None
        deal["renews"] = f"{member}-{number - 1}" if number and dice.random() < 0.6 else None
        deal["member"] = member
        found[f"{member}-{number}"] = deal
        on = (last if dice.random() < 0.8 else on) + timedelta(days=dice.choice((1, 1, 1, 2, 30, 90, 91, 92, 200, -40)))
    return found


def written(deal):
    """A deal as its file would say it."""
    contract = {"start": str(deal["start"]), "end": str(deal["end"]) if deal["end"] else "open"}
    contract |= (
        {"mrr": f"{deal['mrr'] // 100}.{deal['mrr'] % 100:02d} {deal['currency']}"} if deal["mrr"] is not None else {}
    )
    contract |= {"signed": str(deal["signed"])} if deal["signed"] else {}
    contract |= {"service_ended": str(deal["stopped"])} if deal["stopped"] else {}
    fields = {"title": "Membership", "member": deal["member"], "tier": "general", "owner": "jim", "contract": contract}
    fields |= {"type": "existing business", "renews": deal["renews"]} if deal["renews"] else {"type": "new business"}
    return fields | {"stages": [{"proposal": str(deal["won"] - DAY)}, {"closed won": str(deal["won"])}]}


@pytest.fixture(scope="module")
def portfolios():
    """Every deal of every member."""
    dice = Random(11)
    return {id: deal for number in range(MEMBERS) for id, deal in portfolio(dice, f"m{number:04d}").items()}


@pytest.fixture(scope="module")
def snapshot(portfolios, process):
    """The same in the product."""
    rates = [{"date": day, "from": "CAD", "to": "USD", "rate": rate} for day, rate in RATES]
    people = {"jim": {"name": "Jim"}}
    return book_of(
        versions={"v3": process},
        deals={id: Deal.model_validate(written(deal)) for id, deal in portfolios.items()},
        rates=Rates.model_validate({"rates": rates}),
        team=Team.model_validate({"organisation": "Ours", "time_zone": "UTC", "currency": "USD", "people": people}),
    ).on(AS_OF)


# ── the second way ────────────────────────────────────────────────────────────────────────────────────────────────────


def is_known(deal):
    return deal["won"] <= AS_OF and (deal["signed"] is None or deal["signed"] <= AS_OF)


def from_day(deal):
    return max(deal["start"], deal["won"], deal["signed"] or deal["start"])


def stopped(deal):
    return deal["stopped"] if deal["stopped"] and deal["stopped"] <= AS_OF else None


def serves(known, id, day):
    """Whether a contract is in service on a single day."""
    deal = known[id]
    if not is_known(deal) or day < from_day(deal) or (stopped(deal) and day >= stopped(deal)):
        return False
    if deal["end"] and (day - deal["end"]).days > GRACE:
        return False
    return not any(one["renews"] == id and is_known(one) and from_day(one) <= day for one in known.values())


def serving(known, day):
    """The contracts that hold a member on a day, a short gap among it: looked for day by day, back and ahead."""
    found = [id for id in known if serves(known, id, day)]
    if found:
        return found
    eve = next(
        (day - back * DAY for back in range(1, GRACE + 1) if any(serves(known, id, day - back * DAY) for id in known)),
        None,
    )
    if eve is None or any(
        serves(known, id, eve) and known[id]["end"] and (eve - known[id]["end"]).days == GRACE for id in known
    ):
        return []
    is_back = any(serves(known, id, eve + ahead * DAY) for ahead in range(2, GRACE + 2) for id in known)
    return [id for id in known if serves(known, id, eve)] if is_back else []


def pays(known, day):
    """Cents a month, by currency."""
    sums = Counter()
    for id in serving(known, day):
        if known[id]["mrr"]:
            sums[known[id]["currency"]] += known[id]["mrr"]
    return sums


def in_dollars(sums, day):
    rate = [Fraction(rate) for since, rate in RATES if since <= str(day)]
    if sums["EUR"] or (sums["CAD"] and not rate):
        return None
    return sums["USD"] + (round(sums["CAD"] * rate[-1]) if sums["CAD"] else 0)


def term_by_month(deal):
    """How many single days of each month a term has."""
    days = Counter()
    for later in range((deal["end"] - deal["start"]).days + 1):
        days[f"{deal['start'] + later * DAY:%Y-%m}"] += 1
    return days


def cents_by_month(days, amount):
    """The largest remainders get the cents that are left over."""
    exact = {month: Fraction(amount * count, days.total()) for month, count in days.items()}
    cents = {month: share.numerator // share.denominator for month, share in exact.items()}
    for month in sorted(exact, key=lambda month: (cents[month] - exact[month], month))[: amount - sum(cents.values())]:
        cents[month] += 1
    return cents


def brings(known, id, months, amount):
    """What a contract brings in each of some months, in cents."""
    deal = known[id]
    stops = [one["start"] for one in known.values() if one["renews"] == id and is_known(one)]
    stop = min([*stops, stopped(deal) or date.max])
    if deal["end"] is None:
        return {month: round(Fraction(deal["mrr"] * served(deal, month, stop), length_of(month))) for month in months}
    days = term_by_month(deal)
    full, found = cents_by_month(days, amount), {}
    for month in months:
        is_full = stop > deal["end"] or (stop > deal["start"] and month < f"{stop:%Y-%m}")
        part = round(Fraction(amount * served(deal, month, stop), days.total()))
        found[month] = full.get(month, 0) if is_full else part
    return found


def length_of(month):
    return monthrange(int(month[:4]), int(month[5:]))[1]


def served(deal, month, stop):
    """How many single days of a month a contract has before it stops."""
    if month < f"{deal['start']:%Y-%m}" or (deal["end"] and month > f"{deal['end']:%Y-%m}"):
        return 0
    every = [date(int(month[:4]), int(month[5:]), day + 1) for day in range(length_of(month))]
    return sum(deal["start"] <= day < stop and (deal["end"] is None or day <= deal["end"]) for day in every)


def by_member(portfolios):
    found = {}
    for id, deal in portfolios.items():
        found.setdefault(deal["member"], {})[id] = deal
    return found


def in_cents(sums):
    return {currency: int(amount * 100) for currency, amount in sums.items() if amount}


# ── both ways ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.proof
@pytest.mark.parametrize("day", ["2024-06-30", "2025-06-17", "2025-12-31", "2026-03-01", "2026-06-17"])
def test_each_member_pays_on_a_day_what_its_contracts_in_service_say(portfolios, snapshot, day):
    day = date.fromisoformat(day)
    found = {each.member: each.on(day) for each in memberships(snapshot)}
    for member, known in by_member(portfolios).items():
        paying = found.get(member)
        assert in_cents(paying.sums if paying else {}) == {**+pays(known, day)}, (member, known)
        assert {service.history.id for service in (paying.services if paying else ())} == set(serving(known, day)), (
            member
        )


@pytest.mark.proof
def test_what_members_pay_on_the_day_is_the_metric_with_what_is_at_risk_and_the_gaps(portfolios, snapshot):
    found = [each.on(AS_OF) for each in memberships(snapshot)]
    in_force = {service.history.id for each in found if not each.in_gap for service in each.services}
    late = {service.history.id for each in found for service in each.overdue(AS_OF)}
    assert late
    assert {id for id in in_force - late if portfolios[id]["mrr"] is not None} == set(
        read_metric(snapshot, "mrr").included
    )
    assert late <= set(read_metric(snapshot, "renewal-overdue").included)


@pytest.mark.proof
@pytest.mark.parametrize(("since", "until"), [(None, None), ("2025-01-31", "2025-12-31"), ("2024-03-01", None)])
def test_retention_is_the_same_member_by_member_and_in_all(portfolios, snapshot, since, until):
    start, end = date.fromisoformat(since or "2025-06-17"), date.fromisoformat(until or "2026-06-17")
    asked = snapshot.whole.on(
        AS_OF, date.fromisoformat(since) if since else None, date.fromisoformat(until) if until else None
    )
    expected = {}
    for member, known in by_member(portfolios).items():
        if serving(known, start):
            before, now = in_dollars(pays(known, start), start), in_dollars(pays(known, end), start)
            if before is not None and now is not None:
                expected[member] = before, now
    assert {
        each.of.member: (int(each.before * 100), int(each.now * 100)) for each in retention(asked).members
    } == expected
    gross, net = (read_metric(asked, id) for id in ("gross-retention", "net-retention"))
    whole = sum(before for before, _ in expected.values())
    assert int(gross.whole * 100) == int(net.whole * 100) == whole > 0
    assert int(gross.part * 100) == sum(min(before, now) for before, now in expected.values())
    assert int(net.part * 100) == sum(now for _, now in expected.values())
    assert gross.whole - gross.parts["churn"] - gross.parts["contraction"] == gross.part
    assert net.part == gross.part + net.parts["expansion"]
    assert gross.value <= 1
    assert gross.members == len(expected)


def test_six_month_renewal_is_members_still_there_among_those_that_were(portfolios, snapshot):
    members = [known for known in by_member(portfolios).values() if serving(known, date(2025, 12, 17))]
    found = read_metric(snapshot, "renewal-6")
    assert (found.hits, found.out_of) == (sum(bool(serving(known, AS_OF)) for known in members), len(members))


def test_a_contract_that_ended_is_renewed_or_not_or_open_for_the_days_of_grace(portfolios, snapshot):
    expected = {}
    for known in by_member(portfolios).values():
        for id, deal in known.items():
            last = min(deal["end"], (stopped(deal) or date.max) - DAY) if deal["end"] else None
            if is_known(deal) and last and date(2025, 6, 17) <= last <= AS_OF and last >= deal["start"]:
                renewals = [one for one in known.values() if one["renews"] == id and one["won"] <= AS_OF]
                waits = not stopped(deal) and (AS_OF - last).days <= GRACE
                expected[id] = "renewed" if renewals else "undecided" if waits else "not renewed"
    assert {each.history.id: each.became for each in ended_contracts(snapshot)} == expected
    assert set(expected.values()) == {"renewed", "undecided", "not renewed"}


@pytest.mark.proof
def test_movements_lead_from_opening_to_closing_in_every_currency_and_member(portfolios, snapshot):
    known = by_member(portfolios)
    for row in month_movements(snapshot):
        first = date.fromisoformat(f"{row.month}-01")
        before, after = first - DAY, min(first.replace(day=monthrange(first.year, first.month)[1]), AS_OF)
        moved, sums = {}, Counter(in_cents(row.opening))
        for movement in row.movements:
            cents = int(movement.change.amount * 100)
            moved.setdefault(movement.member, {})[movement.change.currency] = cents
            sums[movement.change.currency] += cents
            assert kind_of(known[movement.member], before, after, cents) == movement.kind, movement
        assert {**+sums} == in_cents(row.closing), row.month
        assert moved == {
            member: change for member, deals in known.items() if (change := change_of(deals, before, after))
        }


def change_of(known, before, after):
    change = Counter(pays(known, after))
    change.subtract(pays(known, before))
    return {currency: cents for currency, cents in change.items() if cents}


def kind_of(known, before, after, change):
    if change < 0:
        return "contraction" if serving(known, after) else "churn"
    if serving(known, before):
        return "expansion"
    was = any(from_day(deal) <= before and serves(known, id, from_day(deal)) for id, deal in known.items())
    return "reactivation" if was else "new"


@pytest.mark.proof
def test_the_months_of_every_contract_are_the_same_to_the_cent(portfolios, snapshot):
    months = [*months_from(AS_OF, -12), *months_from(AS_OF, 13)[1:]]
    found = {row.month: row.deals for row in recurring_months(snapshot, months)}
    assert (months[0], months[11], months[-1]) == ("2025-07", "2026-06", "2027-06")
    for known in by_member(portfolios).values():
        for id, deal in known.items():
            if is_known(deal) and deal["mrr"]:
                amount = int(snapshot.history(id).deal.contract.recurring().amount * 100)
                expected = {month: cents for month, cents in brings(known, id, months, amount).items() if cents}
                assert {
                    month: int(found[month][id].amount * 100) for month in months if id in found[month]
                } == expected, (id, deal)


def test_nothing_moves_within_one_day(snapshot):
    every = memberships(snapshot)
    row = between(every, AS_OF, AS_OF)
    assert (row.movements, row.opening) == ((), row.closing)
