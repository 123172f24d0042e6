"""Rows of the small table that the tests of the imports use, a mapping for it, and what was said of its rows."""

from __future__ import annotations

IN_PLACE = """\
deal:
  id: {column: id}
  title: {column: product}
  member: {column: account}
  type: new business
  tier: general
  owner: jim
  stages: [{stage: enrichment, day: opened}]
"""
"""A mapping of what every deal needs, and of nothing else."""


def row(number=1, **cells):
    """One row of the table with these cells in place of the usual ones."""
    usual = {
        "id": f"A-{number}",
        "product": "General",
        "account": "Cascadia University",
        "rep": "Jim",
        "stage": "Open",
        "opened": "2026-01-05",
        "called": "",
        "closed": "",
        "amount": "",
        "note": "",
    }
    return ",".join(f'"{cell}"' for cell in (usual | cells).values()) + "\n"


def reasons(found, verdict="rejected"):
    """What was said of rows: the row, its column, why, and what stood there."""
    return [(remark["row"], remark["column"], remark["reason"], remark["value"]) for remark in found[verdict]]


def adds_up(found):
    """Whether each row of the file became one thing and none was lost without a word."""
    tables = [found, *found["beside"]]
    return found["became"]["taken"] == found["taken"] and all(
        sum(table["became"].values()) == table["rows"] and min(table["became"].values()) >= 0 for table in tables
    )
