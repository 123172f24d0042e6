"""The red lines a second time, as the process writes them."""

from __future__ import annotations

from math import comb, sqrt

from second_count.counting import count, rows
from second_count.pipeline import sqd
from second_count.rates import CALLED, CONVERSIONS, cohort, days_in_pipeline


@count("red-lines")
def red_lines(con, _):
    con.execute("update asked set since = null, until = null")  # a line looks at all that was, whatever is asked for
    states = [_state(con, line) for line in rows(con, "select * from line")]
    crossed = [state for state in states if state in ("crossed", "confirmed")]
    return {
        "value": len(crossed),
        "confirmed": states.count("confirmed"),
        "too_few": states.count("too few"),
        "unanswered": len(crossed),
        "of": len(states),
    }


def _state(con, line):
    if line["metric"] in CONVERSIONS:
        return _of_attempts(line, _decided(con, line))
    if line["metric"] == "sqd":
        return "confirmed" if sqd(con, "sqd")["value"] < line["bound"] else "silent"
    return _of_days(line, sorted(days_in_pipeline(con, line["metric"])["days"]))


def _decided(con, line):
    """Won or not, in the order in which it was decided."""
    found = [row for row in cohort(con, *CONVERSIONS[line["metric"]]) if row["became"] in ("converted", "failed")]
    if line["of"] == "calls":
        called = {(row["deal"], row["attempt"]) for row in rows(con, CALLED)}
        found = [row for row in found if (row["deal"], row["attempt"]) in called]
    return sorted((_decided_on(row), row["deal"], row["attempt"], row["became"] == "converted") for row in found)


def _decided_on(row):
    return row["reached_on"] if row["became"] == "converted" else row["lost_on"]


def _of_attempts(line, decided):
    n = len(decided)
    if line["wins"] is not None:
        last = decided[-line["run"] :]
        return "too few" if n < line["run"] else "silent" if any(row[-1] for row in last) else "crossed"
    if n < line["after"]:
        return "too few"
    hits = sum(row[-1] for row in decided)
    if hits * 100 >= line["bound"] * n:
        return "silent"
    return "confirmed" if upper(hits, n) * 100 < line["bound"] else "crossed"


def upper(hits, n):
    """The upper end of a one-sided interval of 95 % (Wilson)."""
    z, p = 1.6448536269514722, hits / n
    return (p + z * z / (2 * n) + z * sqrt(p * (1 - p) / n + z * z / (4 * n * n))) / (1 + z * z / n)


def _of_days(line, values):
    if len(values) < line["after"]:
        return "too few"
    if sum(values) <= line["bound"] * len(values):
        return "silent"
    least = lower(values)
    return "confirmed" if least is not None and least > line["bound"] else "crossed"


def lower(values):
    """The value below which the median lies no more than 1 time in 40; None where there are too few values to say."""
    n, below, found = len(values), 0, None
    for at, value in enumerate(values):
        below += comb(n, at)
        if below * 40 > 2**n:
            return found
        found = value
    return found
