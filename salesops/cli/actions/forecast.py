"""What ``salesops forecast`` shows: the bands by month, the deals with where their chances come from, what is left out, and how past forecasts did."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from salesops.cli.actions.metrics_series import as_believed
from salesops.cli.printing import say, style
from salesops.cli.repository import Records, records_of
from salesops.metrics.forecast import Forecast, forecast, money_of
from salesops.metrics.forecasts_scored import Scores, said_and_done, score, weeks_before
from salesops.metrics.simulation import DRAWS, Band
from salesops.metrics.wording import NO_DATA, amount, between, percent
from salesops.output import SCHEMA_VERSION, as_csv, as_json, counted, show, table
from salesops.records.money import cents

HEADS = ("month", "10 %", "half", "90 %", "expected", "deals")
CSV_HEADS = (
    *(
        "deal",
        "member",
        "stage",
        "amount",
        "currency",
        "probability",
        "provenance",
        "expected",
        "expected_close",
        "why",
    ),
)


def run(
    folder: str, output_format: str, as_of: str | None, known: str | None, *, seed: int, together: bool, weeks: int
) -> int:
    """Print the forecast; 1 where a file could not be counted."""
    records = records_of(folder, as_of, known)
    whole = records.are_whole
    if not records.book.processes:
        return 1
    records.say_whose()
    found = forecast(records.snapshot, seed=seed, by_member=together)
    scores = _scores(records, weeks) if weeks else None
    for line in _lines(found, scores, records, output_format):
        say(line)
    return 0 if whole else 1


def _scores(records: Records, weeks: int) -> Scores:
    """How the forecasts of past Sundays did, by what was known then."""
    now = records.snapshot
    days = list(weeks_before(now.as_of, weeks))
    then = as_believed(records.root, records.book, days)
    return score(lambda day: then[day][1].on(day) if day in then else None, now, days)


def _lines(found: Forecast, scores: Scores | None, records: Records, output_format: str) -> Iterator[str]:
    if output_format == "json":
        past = {"past": scores.as_data()} if scores else {}
        said = {"outlook": [row._asdict() for row in said_and_done(records.snapshot)]}
        yield as_json({"schema_version": SCHEMA_VERSION, "as_of": found.as_of, **found.as_data(), **said, **past})
    elif output_format == "csv":
        yield from _as_csv(found)
    else:
        yield from _as_text(found, records)
        yield from _past(scores) if scores else ()


def _as_csv(found: Forecast) -> Iterator[str]:
    rows = [
        (
            *(deal.id, deal.weighed.history.deal.member, deal.chance.key.stage, cents(deal.amount), found.currency),
            *(str(deal.chance.value), deal.chance.provenance.value, cents(deal.expected)),
            *(str(deal.close or ""), deal.chance.why),
        )
        for deal in found.deals
    ]
    yield from as_csv(rows, CSV_HEADS)


def _as_text(found: Forecast, records: Records) -> Iterator[str]:
    deals = counted(len(found.deals), "deal")
    yield f"{style('Forecast', 'head')} of {found.as_of}, in {found.currency}: {deals}, {DRAWS:,} draws"
    yield ""
    rows = [
        (
            part,
            *_band(band),
            _money(sum((deal.expected for deal in found.deals_in(part)), Decimal(0))),
            str(len(found.deals_in(part))),
        )
        for part, band in found.months.items()
    ]
    all_ = ("in all", *_band(found.total), _money(found.expected), str(len(found.deals)))
    yield from table([*rows, all_], HEADS, frozenset(range(1, 6)), style)
    yield f"wins: {found.wins.p10} to {found.wins.p90} in eight of ten draws"
    yield from _landing(found)
    yield ""
    yield from _rests_on(found)
    for row in said_and_done(records.snapshot):
        yield f"said {row.says}: {row.won} of {row.decided} won {between(row.interval)}, {row.open} undecided".rstrip()
    for left in found.left_out:
        yield show(f"left out: {left.deal}: {left.why}")


def _landing(found: Forecast) -> Iterator[str]:
    for each in found.landings:
        sure = f", {_money(money_of(each.band.p10))} to {_money(money_of(each.band.p90))}" if each.band else ""
        yield f"{each.name}: won {_money(each.won)} + expected {_money(each.expected)} = {_money(each.total)}{sure}"


def _rests_on(found: Forecast) -> Iterator[str]:
    """Each deal with its chance, and how late wins came."""
    rows = [
        (
            deal.id,
            str(deal.close or "no day"),
            _money(deal.amount),
            percent(float(deal.chance.value)),
            deal.chance.provenance.value,
            deal.chance.why,
        )
        for deal in found.deals
    ]
    if rows:
        yield from table(rows, ("deal", "expected", "amount", "chance", "by", "why"), frozenset({2, 3}), style)
    used = (
        f"days are taken as they are: only {len(found.slips)} wins of the past had one"
        if found.takes_its_days_as_they_are
        else f"days slip as those of {len(found.slips)} wins did"
    )
    yield used


def _past(scores: Scores) -> Iterator[str]:
    yield ""
    yield style("How past forecasts did", "head")
    unripe = len(scores.forecasts) - len(scores.scored)
    if not scores.scored:
        why = "nine of ten deals of a forecast must be decided before it is scored"
        yield f"{NO_DATA}: {counted(unripe, 'forecast')} to score; {why}"
        return
    bias = NO_DATA if scores.bias is None else f"{scores.bias:+.1%}"
    yield f"{scores.held} of {len(scores.scored)} bands held what came (four of five should); {unripe} not scored yet"
    yield f"wins expected {scores.expected:,.1f}, came {scores.came:,}: bias {bias}; Brier {scores.brier:.4f}{_plain(scores)}"
    rows = [
        (show(row.key.stage), row.key.type, f"{row.deals:,}", f"{row.expected:,.1f}", f"{row.came:,}")
        for row in scores.by_stage
    ]
    yield from table(rows, ("stage", "type", "deals", "expected", "came"), frozenset({2, 3, 4}), style)


def _plain(scores: Scores) -> str:
    return "" if scores.plain_brier is None else f" (plain shares of the stages: {scores.plain_brier:.4f})"


def _band(found: Band) -> tuple[str, ...]:
    return tuple(_money(money_of(value)) for value in found)


def _money(value: Decimal) -> str:
    return amount(value)
