"""What ``salesops draft`` prints: a template with the facts of a deal in its blanks."""

from __future__ import annotations

from salesops.book.book import Snapshot
from salesops.cli import names
from salesops.cli.hands import NoWay
from salesops.cli.options import Usage
from salesops.cli.printing import note, say
from salesops.cli.repository import records_of, why_nothing
from salesops.output import UNLINKED, counted, show
from salesops.reports.drafts import DrawnUp, NoSuchField, draft, fill_in
from salesops.store.templates import newest, own_templates, template_text


def run(folder: str, deal: str, template: str, hub: str | None, as_of: str | None, known: str | None) -> int:
    """Print it; 1 where the template asks for what there is not."""
    records = records_of(folder, as_of, known)
    records.say_whose()
    snapshot = records.snapshot
    choices = [each for each in names.records(records.book, records.day) if each.id in records.book.deals]
    deal_id = names.chosen(deal, choices, f"there is no deal '{show(deal)}'")
    if why := why_nothing(snapshot, deal_id):
        raise NoWay(f"nothing can be drawn up: {why}")
    there = records.book.templates | own_templates()
    name = newest(there, template)
    text = template_text(records.root, name) if name else None
    if name is None or text is None:
        raise Usage(f"there is no template '{show(template)}'; there are: {', '.join(map(show, sorted(there)))}")
    history = snapshot.history(deal_id)
    order = history.deal.order if history else None
    found = next((each for each in (order.hubs if order else ()) if each.name == hub), None)
    if hub and found is None:
        raise Usage(f"--hub: the order of {deal_id} has no hub '{show(hub)}'")
    try:
        made = draft(snapshot, deal_id, text, hub=found)
    except NoSuchField as why:
        raise NoWay(f"{show(name)}: {show(str(why))}") from None
    print_document(made.text)
    name_gaps(snapshot, deal_id, made)
    return 0


def print_document(text: str) -> None:
    """Print it line by line: harmless for a terminal, and with the blanks of no width that keep foreign text from calling somebody."""
    for line in text.splitlines():
        say(UNLINKED.join(map(show, line.split(UNLINKED))))


def name_gaps(snapshot: Snapshot, deal_id: str, made: DrawnUp) -> None:
    """Say what is to be filled in, each with the way in which it is written down."""
    if made.gaps:
        note(f"salesops: {counted(len(made.gaps), 'fact')} to fill in:")
    for words, way in fill_in(snapshot, deal_id, made.gaps):
        note(f"  {words:<36}  {way}")
