"""What lists of deals can be narrowed by: the pills above a list, and what each card and row says of itself for them.

The address grammar is one: ``?owner=idris&stage=discovery,proposal&type=new&need=late``. A script reads it; without one a pill
for a person or a stage leads to the page of that person or stage, and the others are not shown.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup, escape

from salesops.book.status import Standing, person_name
from salesops.records.money import total
from salesops.records.scalars import slug
from salesops.reports.todo import week_end
from salesops.site.pages.page import Here, file_of
from salesops.site.pages.words import kind_of_business


@dataclass(frozen=True)
class Pill:
    """One choice: the facet and its value, what it is called, how many there are, and where it leads without a script."""

    facet: str
    value: str
    text: str
    count: int
    without: str = ""


def needs(standing: Standing, as_of: date) -> Iterator[str]:
    """What somebody may look for in a deal beside its fields."""
    step, expected = standing.deal.next, standing.deal.expected_close
    if standing.parked:
        yield "parked"
        return
    if standing.is_late:
        yield "late"
    if standing.stalled:
        yield "stalled"
    if standing.stalled or standing.is_late or step is None:
        yield "look"
    if step and step.due <= week_end(as_of):
        yield "week"
    if expected and (expected.year, expected.month) == (as_of.year, as_of.month):
        yield "closing"
    if step is None:
        yield "no-step"
    if not standing.amounts:
        yield "no-amount"


def source_of(standing: Standing) -> str:
    """The channel that a deal came by; nothing where nobody said."""
    source = standing.deal.source
    return (source.channel if source else None) or ""


FIELDS: Mapping[str, Callable[[Standing], str]] = {
    "owner": lambda standing: standing.deal.owner,
    "stage": lambda standing: standing.stage_name,
    "type": lambda standing: kind_of_business(standing.deal.type),
    "tier": lambda standing: standing.deal.tier,
    "source": source_of,
}
"""The fields by which a list of deals is narrowed."""


def said_by(standing: Standing, as_of: date) -> Markup:
    """The attributes by which a card or a row is found."""
    said = {name: slug(value(standing)) for name, value in FIELDS.items()}
    said |= {"need": " ".join(needs(standing, as_of)), "worth": worth_of(standing)}
    return Markup("").join(Markup(' data-{}="{}"').format(name, value) for name, value in said.items() if value)


def kept_by(standing: Standing, as_of: date) -> Markup:
    """The same of a parked deal, which is narrowed with the others and counts with none of them."""
    return Markup(" data-kept") + said_by(standing, as_of)


def worth_of(standing: Standing) -> str:
    """What a deal is worth, as a script adds it up."""
    return " ".join(f"{amount}:{currency}" for currency, amount in total(standing.amounts).items())


def pills(standings: Iterable[Standing], facet: str, here: Here) -> list[Pill]:
    """The values of a facet that occur, the most frequent first; stages in the order of the process."""
    value = FIELDS[facet]
    counts = Counter(value(standing) for standing in standings)
    counts.pop("", None)
    order = {name: at for at, name in enumerate(here.snapshot.process.stages)} if facet == "stage" else {}
    found = sorted(counts.items(), key=lambda pair: (order.get(pair[0], len(order)), -pair[1], pair[0]))
    return [
        Pill(facet, slug(name), title_in(facet, name, here), count, _page(facet, name, here)) for name, count in found
    ]


def title_in(facet: str, name: str, here: Here) -> str:
    """What people call a value of a facet."""
    if facet == "owner":
        return person_name(here.snapshot, name).split(" ")[0]
    if facet == "stage":
        return here.snapshot.stage(name).title
    tier = here.snapshot.process.tiers.get(name) if facet == "tier" else None
    return tier.name if tier else {"new": "New business", "existing": "Renewals"}.get(name, name)


def _page(facet: str, name: str, here: Here) -> str:
    if facet == "owner" and here.book.team and name in here.book.team.people:
        return f"{here.root}{file_of(f'people/{name}')}"
    return f"{here.root}{file_of(here.stage_path(name))}" if facet == "stage" else ""


def wanted(standings: Iterable[Standing], need: str, text: str, as_of: date) -> Pill:
    """A pill for what somebody may look for."""
    return Pill("need", need, text, sum(need in needs(standing, as_of) for standing in standings))


def button(pill: Pill) -> Markup:
    """A pill as a link; one that needs the script is hidden until it runs."""
    href = pill.without or f"?{pill.facet}={pill.value}"
    hidden = Markup("") if pill.without else Markup(" hidden")
    return Markup('<a class="so-pill" href="{}" data-facet="{}" data-value="{}"{}>{} {}</a>').format(
        href, pill.facet, pill.value, hidden, escape(pill.text), pill.count
    )
