"""What ``salesops renew`` does: a new deal with ``renews:``, at the old price, in the stage where renewals begin."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from salesops.book.book import Book
from salesops.cli import names
from salesops.cli.hands import Asked, Desk, NoWay, desk_of, send
from salesops.cli.names import Choice
from salesops.cli.options import Usage
from salesops.cli.printing import say
from salesops.cli.repository import records_of
from salesops.edits.renewal import is_won, renewal_of, renewals
from salesops.metrics.contracts import due_for_renewal
from salesops.output import SCHEMA_VERSION, as_json, show
from salesops.records.scalars import ID_FORM


def run(folder: str, deal: str | None, *, due: bool, **options: Any) -> int:
    """Begin it, or name those that are due; 1 where it is refused."""
    how = {name: options.pop(name) for name in ("yes", "dry_run", "output_format", "as_of")}
    if due == bool(deal):
        raise Usage("say which deal is renewed, or --due for those that should be")
    if deal is None:
        return _due(folder, how["as_of"], how["output_format"])
    desk = desk_of(folder, **how)
    day = desk.happened(options["date_"])
    old_id = _meant(desk, deal)
    there = renewals(desk.book, old_id)
    if there:
        say(f"There already: {there[0]} renews {old_id}, in {_stage_of(desk, there[0])}.")
        return 0
    if not is_won(desk.book, desk.book.deals[old_id]):
        raise NoWay(f"{old_id} is not won, but in {_stage_of(desk, old_id)}: only a contract is renewed")
    change = _renewal(desk, old_id, day, options["id_"])
    if options["next_"]:
        change["next"] = desk.next_step(options["next_"], None)
    return send(desk, [change])


def _due(folder: str, as_of: str | None, output_format: str) -> int:
    """Every contract that ends soon, or has ended while its service goes on, and that nothing renews: by its last day; 1 where a file cannot be counted."""
    records = records_of(folder, as_of, None)
    whole = records.are_whole
    if not records.book.processes:
        return 1
    records.say_whose()
    found = due_for_renewal(records.snapshot)
    if output_format == "json":
        rows = [{"deal": term.id, "ends": term.contract.last_day} for term in found]
        say(as_json({"schema_version": SCHEMA_VERSION, "as_of": records.day, "due": rows}))
    else:
        for term in found:
            say(f"{term.id}  ends {term.contract.last_day}")
    return 0 if whole else 1


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
    later = renewals(book, choice.id)
    if not is_won(book, book.deals[choice.id]) or any(is_won(book, book.deals[it]) for it in later):
        return 2
    return 1 if later else 0


def _stage_of(desk: Desk, deal_id: str) -> str:
    moves = desk.book.deals[deal_id].stages
    return f"{desk.snapshot.stage(moves[-1].stage).title} since {moves[-1].entered}" if moves else "no stage"


def _renewal(desk: Desk, old_id: str, day: date, asked: str | None) -> Asked:
    if asked and not ID_FORM.fullmatch(asked):
        raise Usage(f"--id: '{show(asked)}' is not an id: lower-case letters, digits and hyphens")
    change = renewal_of(desk.book, old_id, day, asked)
    if change is None:
        raise NoWay("the process does not say where existing business starts")
    return change
