"""The second counts by the id of their metric: each takes the tables and says what `metrics --format json` should."""

from __future__ import annotations

from datetime import date

COUNTS = {}
"""By id; one for a family of metrics by the beginning of its ids, such as ``age-in-``."""


def count(*ids):
    """Register a second count."""

    def register(function):
        COUNTS.update(dict.fromkeys(ids, function))
        return function

    return register


def count_of(metric):
    """The second count of a metric, and what stands behind the beginning of its id."""
    if metric in COUNTS:
        return COUNTS[metric], metric
    start = next((start for start in COUNTS if start.endswith("-") and metric.startswith(start)), None)
    return (COUNTS[start], metric.removeprefix(start)) if start else (None, metric)


def rows(con, sql, **values):
    return con.execute(sql, values).fetchall()


def only(con, sql, **values):
    """The one value of a query."""
    return con.execute(sql, values).fetchone()[0]


def tally(con, sql, **values):
    """What is counted, by what it is counted."""
    return {row[0]: row[1] for row in con.execute(sql, values) if row[1]}


def column(con, sql, **values):
    return [row[0] for row in con.execute(sql, values)]


def within(day):
    """The condition that a day lies in the window that is asked for."""
    return f"(a.since is null or {day} >= a.since) and (a.until is null or {day} <= a.until)"


def number(con, name):
    return only(con, "select value from number where name = :name", name=name)


def iso(day):
    return str(date.fromordinal(day))


def of_deals(found, split="type"):
    """A count of deals: how many, of which type, and which."""
    types = [row[split] for row in found]
    return {
        "value": len(found),
        "split": {kind: types.count(kind) for kind in set(types)},
        "included": sorted(row["deal"] for row in found),
    }


def by(found, name):
    """How many rows there are of each word in a column."""
    words = [row[name] for row in found]
    return {word: words.count(word) for word in set(words)}


def cents(amount):
    return f"{'-' * (amount < 0)}{abs(amount) // 100}.{abs(amount) % 100:02d}"


def sums(pairs):
    """Cents by currency, as text; pairs of a currency and an amount."""
    found = {}
    for currency, amount in pairs:
        found[currency] = found.get(currency, 0) + amount
    return {currency: cents(amount) for currency, amount in sorted(found.items())}
