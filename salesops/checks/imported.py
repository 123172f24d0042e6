"""What is said to have come with an import: the mark of a deal must agree with what an import leaves behind."""

from __future__ import annotations

from collections.abc import Iterator

from salesops.checks.check import Case, Finding, Findings, check
from salesops.records.deal import Deal, Move
from salesops.records.process import IMPORTED

VERSION = {"playbook/process/imported.yaml": "version: imported\nin_force: 2026-01-05\n"}
"""What an import of the examples had left."""
DELETE = "delete the mark; salesops import writes it where a deal comes with a table"


@check(
    "import-mark-unfit",
    source="reference/records#imported",
    beside=VERSION,
    bad="""
    stages: [{enrichment: 2026-01-02}]
    imported: {from: deals.csv, date: 2026-02-01}  # <--
    """,
    good="""
    stages: [{enrichment: 2026-01-05}]
    imported: {from: deals.csv, date: 2026-02-01}
    """,
)
def import_mark_unfit(case: Case[Deal]) -> Findings:
    """A deal says that it came with an import, and no import can have left it so.

    An import writes the version `imported`, in force from the day of the oldest move that it brought. What is marked is
    judged by no process, so the mark is not for writing by hand. Delete it.
    """
    mark = case.record.imported
    if (
        mark is None
        or case.has_lost("imported")
        or case.has_lost("stages")
        or ("process", IMPORTED) in case.book.broken
    ):
        return
    why = _why_unfit(case)
    if why:
        yield Finding(("imported",), why, help=DELETE)


def _why_unfit(case: Case[Deal]) -> str:
    """Why no import can have left this mark; nothing where one can."""
    version = case.book.versions.get(IMPORTED)
    if version is None:
        return f"no import left this mark: there is no process version '{IMPORTED}'"
    first = min((move.entered for move in _brought(case.record)), default=version.in_force)
    if first < version.in_force:
        return f"the oldest move that came with an import is of {version.in_force}; this deal has one of {first}"
    return ""


def _brought(deal: Deal) -> list[Move]:
    return [move for move in deal.stages if deal.was_brought(move)]


@check(
    "import-brought-nothing",
    source="reference/records#imported",
    beside=VERSION,
    before="stages: [{enrichment: 2026-01-05}]",
    bad="""
    stages: [{enrichment: 2026-01-05}]
    imported: {from: deals.csv, date: 2026-01-04}  # <--
    """,
    good="stages: [{enrichment: 2026-01-05}, {outreach: 2026-01-12}]",
)
def import_brought_nothing(case: Case[Deal]) -> Findings:
    """A deal is newly marked as imported, and all its moves are of days after that import.

    A deal that came with an import has at least one move of that day or before. Delete the mark.
    """
    earlier, mark = case.earlier, case.record.imported
    is_new = mark is not None and (earlier is None or earlier.imported is None)
    if mark and is_new and case.record.stages and not _brought(case.record) and not case.has_lost("stages"):
        yield Finding(
            ("imported",), f"no move of this deal is of {mark.date}, the day of the import, or before", help=DELETE
        )


@check(
    "import-new",
    advice=True,
    source="reference/records#imported",
    beside=VERSION,
    before="""
    stages: [{enrichment: 2026-01-05}]
    imported: {from: deals.csv, date: 2026-01-08}
    """,
    bad="""
    stages: [{enrichment: 2026-01-05}, {outreach: 2026-01-12}]
    imported: {from: deals.csv, date: 2026-01-15}  # <--
    """,
    good="""
    stages: [{enrichment: 2026-01-05}]
    imported: {from: deals.csv, date: 2026-01-08}
    icp: {hypothesis: teaching-led, version: 1, fit: true, note: They run three such courses}
    """,
)
def import_new(case: Case[Deal]) -> Findings:
    """Moves are new that are said to have come with an import.

    No process judges them, and nothing but the mark says that another program recorded them. Look whether that import was
    made. It is said once for each import, at the first of its deals.
    """
    mark = case.record.imported
    if mark is None or not _new_moves(case, case.id):
        return
    brought = ((deal_id, count) for deal_id in _of_the_same_import(case) if (count := _new_moves(case, deal_id)))
    first, count = next(brought)
    if case.id != first:
        return  # asked for each deal: all of them are counted once only
    counts = [count, *(more for _, more in brought)]
    deals = "1 deal says" if len(counts) == 1 else f"{len(counts):,} deals say"
    what = "a move" if sum(counts) == 1 else f"{sum(counts):,} moves"
    yield Finding(
        ("imported",),
        f"{deals} of {what} that the import of {mark.date} brought from '{mark.from_}': no process judges that",
        help="look whether this import was made; a move of the team's own is written without the mark",
    )


def _of_the_same_import(case: Case[Deal]) -> Iterator[str]:
    """The deals that are new or say something else and have the same mark, in the order of their ids."""
    deals = (deal_id for kind, deal_id in case.then.changed if kind == "deal")
    return (deal_id for deal_id in deals if case.book.deals[deal_id].imported == case.record.imported)


def _new_moves(case: Case[Deal], deal_id: str) -> int:
    """How many moves of a deal are said to have come with a newer import than the one that an earlier commit told of."""
    earlier = case.then.earlier("deal", deal_id)
    brought = _brought(case.book.deals[deal_id])
    if earlier is None:
        return len(brought)
    return sum(move.entered > earlier.imported.date for move in brought) if earlier.imported else 0
