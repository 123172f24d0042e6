"""One portfolio counted by the program and by the tables, and where the two differ."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, NamedTuple

import yaml
from booking import book_of

from salesops.book.book import Book
from salesops.metrics import metrics_of
from salesops.metrics.revenue import month_movements, months_from, recurring_months
from salesops.records.deal import Deal
from salesops.records.outreach import Outreach
from salesops.records.process import Became, RedLine
from salesops.records.rates import Rates
from salesops.records.team import Team
from second_count import contracts, forecasts, members, pipeline, rates, recurring, red_lines
from second_count.counting import count_of
from second_count.portfolios import OLD, QUALIFIED, VERSIONS
from second_count.tables import ask, tables

SUBJECTS = (pipeline, rates, contracts, members, recurring, forecasts, red_lines)
NEW = {new: old for old, new in OLD.items()}


class Difference(NamedTuple):
    """Where the two counts are not the same."""

    asked: Any
    metric: str
    what: str
    second: Any
    first: Any


def read_as_text(path):
    """A process as its file says it: every value a text."""
    return yaml.load(path.read_text(encoding="utf-8"), yaml.BaseLoader)


def book_of_portfolio(portfolio, process):
    """The portfolio as the program holds it, under four versions of a process."""
    people = {"organisation": "Ours", "time_zone": "UTC", "currency": "USD", "people": {"jim": {"name": "Jim"}}}
    numbers = {"numbers": {name: str(value) for name, value in portfolio.numbers.items()}}
    return book_of(
        versions=_versions(portfolio, process),
        deals={id: Deal.model_validate(_whole(fields)) for id, fields in portfolio.deals.items()},
        rates=Rates.model_validate({"rates": portfolio.rates}),
        outreach={id: Outreach.model_validate(fields) for id, fields in portfolio.outreach.items()},
        team=Team.model_validate(people | numbers),
    )


def _whole(fields):
    return {"title": "Membership", "tier": "general", "owner": "jim", **fields}


def _versions(portfolio, process):
    lines = tuple(RedLine.model_validate(line | {"means": "Think again"}) for line in portfolio.red_lines)
    becomes = {old: Became(stage=new, parked="true" if old == "waiting" else None) for old, new in OLD.items()}
    found = {}
    for version, first in VERSIONS.items():
        stages = _ancient(process) if version == "v1" else process.stages
        known = {
            name: stage.model_copy(update={"sales_qualified": name in QUALIFIED[version]})
            for name, stage in stages.items()
        }
        told = {"version": version, "in_force": first, "stages": known, "red_lines": lines}
        found[version] = process.model_copy(update=told | {"becomes": {} if version == "v1" else becomes})
    return found


def _ancient(process):
    """The stages of the first version: those of today by their old names."""
    return {old: _renamed(process.stages[new]) for old, new in OLD.items()}


def _renamed(stage):
    return stage.model_copy(update={"exits": tuple(way.model_copy(update={"to": NEW[way.to]}) for way in stage.exits)})


def differences(portfolio, questions, process, as_text):
    """Every metric at every question; at the first of them what moved and what the contracts bring, month by month, as well."""
    book: Book = book_of_portfolio(portfolio, process)
    con = tables(portfolio, as_text)
    found = []
    for turn, asked in enumerate(questions):
        snapshot = book.on(asked.as_of, since=asked.since, until=asked.until)
        ask(con, asked)
        if turn == 0:
            found += [Difference(asked, *each) for each in _of_months(con, snapshot)]
        for id, metric in metrics_of(snapshot.process).items():
            found += [Difference(asked, id, *each) for each in _of_metric(con, id, metric.measure(snapshot).as_data())]
    con.close()
    return found


def _of_metric(con, id, data):
    second, rest = count_of(id)
    first = _as_told(id, data)
    for what, value in (second(con, rest) if second else {"value": "nobody counted it"}).items():
        if what in HIDDEN:
            continue
        said = [value(row) for row in first[what]] if callable(value) else value
        known = (
            [_only(row, each) for row, each in zip(first[what], said, strict=True)] if callable(value) else first[what]
        )
        if _plain(said) != _plain(known):
            yield what, said, known


HIDDEN = {"days"}
"""What one count hands to another, and no reading has."""


def _only(row, names):
    return {name: row[name] for name in names}


def _as_told(id, data):
    """A reading in the shape of the second count: sets in order, tables by their first column."""
    told = data | {name: sorted(set(data[name])) for name in ("included", "hit") if name in data}
    if id == "email-open-rate":
        rows = data["by_message"]
        told["by_message"] = {row["message"]: (row["sent"], row["delivered"], row["opened"]) for row in rows}
    if id == "lead-qualification-rate":
        words = ("converted", "failed", "open", "parked")
        told["by_campaign"] = {row["campaign"]: _only(row, words) for row in data["by_campaign"]}
    return told


def _plain(value):
    """Fractions and floats to nine places, so that one way to divide is as good as another; money is text and stays exact."""
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return round(float(value), 9) if isinstance(value, float | Fraction) else value


def _of_months(con, snapshot):
    told = {
        row.month: {(each.member, each.change.currency): (each.kind, _cents(each.change)) for each in row.movements}
        for row in month_movements(snapshot)
    }
    yield from _unlike("movements", recurring.movements(con, told), told)
    months = [*months_from(snapshot.as_of, -12), *months_from(snapshot.as_of, 12)[1:]]
    found = recurring_months(snapshot, months)
    brought = {(row.month, id): _cents(money) for row in found for id, money in row.deals.items()}
    yield from _unlike("recurring revenue", recurring.every_month(con, months), brought)


def _unlike(what, second, first):
    if second != first:
        keys = [key for key in {**first, **second} if first.get(key) != second.get(key)]
        yield what, "by month", {key: second.get(key) for key in keys}, {key: first.get(key) for key in keys}


def _cents(money):
    return int(money.amount * 100)
