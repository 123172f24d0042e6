"""What ``salesops renew`` does: a new deal with ``renews:``, at the old price, in the stage where renewals begin."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from salesops.book.book import Book
from salesops.cli import names
from salesops.cli.hands import Asked, Desk, NoWay, desk_of, send
from salesops.cli.names import Choice
from salesops.cli.options import Usage
from salesops.cli.printing import say
from salesops.output import show
from salesops.records.deal import EXISTING, Deal
from salesops.records.process import LOST, WON
from salesops.records.scalars import ID_FORM

_ENDING = re.compile(r"(?:-renewal)?-\d{4}$|-renewal$", re.ASCII)
TITLE = "Renewal of "


def run(folder: str, deal: str, **options: Any) -> int:
    """Begin it; 1 where it is refused."""
    how = {name: options.pop(name) for name in ("yes", "dry_run", "output_format", "as_of")}
    desk = desk_of(folder, **how)
    day = desk.happened(options["date_"])
    old_id = _meant(desk, deal)
    there = _renewals(desk.book, old_id)
    if there:
        say(f"There already: {there[0]} renews {old_id}, in {_stage_of(desk, there[0])}.")
        return 0
    old = desk.book.deals[old_id]
    if not _is_won(desk.book, old):
        raise NoWay(f"{old_id} is not won, but in {_stage_of(desk, old_id)}: only a contract is renewed")
    change = _renewal(desk, old_id, old, day, options["id_"])
    if options["next_"]:
        change["next"] = desk.next_step(options["next_"], None)
    return send(desk, [change])


def _meant(desk: Desk, asked: str) -> str:
    """The deal that is meant: a won one that nothing renews before the others."""
    known = [
        replace(choice, rank=_rank(desk.book, choice))
        for choice in names.records(desk.book, desk.day)
        if choice.id in desk.book.deals
    ]
    return desk.chosen(asked, known, f"there is no deal '{show(asked)}'")


def _rank(book: Book, choice: Choice) -> int:
    """The last contract of a chain first, and of those the ones that nothing renews yet."""
    renewals = _renewals(book, choice.id)
    if not _is_won(book, book.deals[choice.id]) or any(_is_won(book, book.deals[it]) for it in renewals):
        return 2
    return 1 if renewals else 0


def _is_won(book: Book, deal: Deal) -> bool:
    return bool(deal.stages) and book.outcome(deal.stages[-1].stage) == WON


def _renewals(book: Book, deal_id: str) -> list[str]:
    """What renews a deal and is not lost."""
    found = book.renewed_by.get(deal_id, [])
    return [it for it in found if not (moves := book.deals[it].stages) or book.outcome(moves[-1].stage) != LOST]


def _stage_of(desk: Desk, deal_id: str) -> str:
    moves = desk.book.deals[deal_id].stages
    return f"{desk.snapshot.stage(moves[-1].stage).title} since {moves[-1].entered}" if moves else "no stage"


def _renewal(desk: Desk, old_id: str, old: Deal, day: date, asked: str | None) -> Asked:
    process = desk.book.process_on(day)
    start = process.start_of(EXISTING) if process else ""
    if not start:
        raise NoWay("the process does not say where existing business starts")
    if asked and not ID_FORM.fullmatch(asked):
        raise Usage(f"--id: '{show(asked)}' is not an id: lower-case letters, digits and hyphens")
    worth = _worth(old)
    return {
        "new": "deal",
        "id": asked or _free(desk.book, _stem(old_id, old.tier), _year(old, day)),
        "title": old.title if old.title.startswith(TITLE) else f"{TITLE}{old.title}",
        "member": old.member,
        "type": EXISTING,
        "tier": old.tier,
        "owner": old.owner,
        "stage": start,
        "date": str(day),
        **({"value": worth} if worth else {}),
        "renews": old_id,
    }


def _year(old: Deal, day: date) -> int:
    """The year in which the new term begins."""
    last = old.contract.last_day if old.contract else None
    return (last + timedelta(days=1)).year if last else day.year


def _stem(old_id: str, tier: str) -> str:
    """What the ids of a chain of renewals begin with: ``thornfield`` for ``thornfield-general`` and ``thornfield-renewal-2026``."""
    return _ENDING.sub("", old_id).removesuffix(f"-{tier}")[:60]


def _free(book: Book, begins: str, year: int) -> str:
    """A readable id that no record has: ``thornfield-renewal-2027``."""
    stem = f"{begins}-renewal-{year}"
    taken = book.deals.keys() | book.members.keys()
    return next(name for name in (stem, *(f"{stem}-{at}" for at in range(2, 1_000))) if name not in taken)


def _worth(old: Deal) -> Asked:
    """The price of the contract, and its months; what was expected where there is no contract."""
    agreed = old.contract
    mrr = agreed.mrr if agreed and agreed.mrr else old.value.mrr if old.value else None
    months = agreed.months if agreed and agreed.months else old.value.months if old.value else None
    return ({"mrr": str(mrr)} | ({"months": str(months)} if months else {})) if mrr else {}
