"""Charts of what came and went: the bridge from one pipeline to another, and why deals were lost."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import accumulate
from typing import Any, NamedTuple

from markupsafe import Markup

from salesops.book.book import Snapshot
from salesops.changes.bridges import Bridge, BridgeTerm
from salesops.metrics.wording import amounts
from salesops.records.scalars import slug
from salesops.site.pages.charts.chart import (
    ACCENT,
    FOOT,
    GOOD,
    LEADS,
    MINUS,
    PALE,
    QUIET,
    SAYS,
    STEP,
    Chart,
    Sign,
    amount_of,
    drawing,
    in_colours,
    layer,
    listed,
    of_rows,
    opened,
    signed,
)
from salesops.site.pages.columns import Column, Columns
from salesops.site.pages.moneys import Teller, teller
from salesops.site.pages.page import Here
from salesops.site.pages.words import counted, short, unbroken

# ── the bridge ────────────────────────────────────────────────────────────────────────────────────────────────────────

OPENING, CLOSING = "Opening", "Closing"
CALLED = {"reopened": "Opened again", "resumed": "No longer parked", "entered": "New", "re-priced": "Priced anew"}


class BridgePart(NamedTuple):
    """A term of a bridge in one currency: from where to where it leads."""

    name: str
    start: Decimal
    end: Decimal
    term: BridgeTerm
    is_end: bool

    @property
    def by(self) -> Decimal:
        """By how much it moves the pipeline; an end stands for itself."""
        return self.end - self.start


def _moved(part: BridgePart, told: Teller) -> str:
    """``+28,800 USD``; an end without a sign."""
    sign = "" if part.is_end or not part.by else "+" if part.by > 0 else MINUS
    return f"{sign}{told.words(abs(part.by))}"


def _deals(part: BridgePart, here: Here) -> str:
    """How many deals, with a sign where they were added or taken away."""
    number = part.term.count
    return "" if part.term.name == "re-priced" else f"{number:,}" if part.is_end else signed(number)


def _which_deals(part: BridgePart, here: Here) -> Markup:
    return Markup(", ").join(() if part.is_end else map(here.known_deal_link, part.term.deals))


BRIDGE: Columns[BridgePart] = (
    Column("Pipeline", lambda part, _: part.name, header=True),
    Column("Deals", _deals, right=True),
    Column("Money", lambda part, _: unbroken(amounts(part.term.sums).replace("-", MINUS)), right=True),
    Column("Which", _which_deals, words=True),
)


def bridge(snapshot: Snapshot, found: Bridge, since: date) -> Chart | None:
    """How the pipeline came from what it was to what it is: one bar for each thing that moved it."""
    if found.is_flat:
        return None
    told = teller(snapshot, (found.opening.sums, found.closing.sums, *(term.sums for term in found.told)))
    parts = _parts(found, told)
    values = [_part_value(part, told) for part in parts]
    low, high = min(0.0, *(value["from"] for value in values)), max(value["high"] for value in values)
    x = amount_of("from", down=False, domain=[low, high * 1.3 or 1], nice=False)
    colours = {"end": QUIET, "came": ACCENT, "went": PALE, "won": GOOD}
    bars = {"y": of_rows(), "x": x, "x2": {"field": "to"}, "color": in_colours("kind", colours), "tooltip": SAYS}
    words = {
        "y": of_rows(),
        "x": {**x, "field": "high"},
        "text": {"field": "words", "type": "nominal"},
        "tooltip": SAYS,
    }
    return Chart(
        title=f"The pipeline since {short(since, snapshot.as_of)}, in {told.currency}",
        caption=_bridge_caption(parts, told, since, snapshot.as_of),
        spec=drawing(
            len(parts) * STEP + FOOT,
            layer(values, "bar", bars, height=16, cornerRadius=1),
            layer(values, "text", words, align="left", dx=6),
        ),
        columns=BRIDGE,
        rows=parts,
    )


def _parts(found: Bridge, told: Teller) -> list[BridgePart]:
    """The ends and the terms that moved money; rounding of rates goes to none of them."""
    moved = [(term, told.tell(term.sums)) for term in found.told if term.sums or term.count]
    start = told.tell(found.opening.sums)
    levels = list(accumulate((by for _, by in moved), initial=start))
    return [
        BridgePart(OPENING, Decimal(0), start, found.opening, True),
        *(
            BridgePart(CALLED.get(term.name, term.name.capitalize()), levels[at], levels[at + 1], term, False)
            for at, (term, _) in enumerate(moved)
        ),
        BridgePart(CLOSING, Decimal(0), told.tell(found.closing.sums), found.closing, True),
    ]


def _part_value(part: BridgePart, told: Teller) -> dict[str, Any]:
    kind = "end" if part.is_end else "won" if part.term.name == "won" else "came" if part.by >= 0 else "went"
    return {
        "row": part.name,
        "from": float(min(part.start, part.end)),
        "to": float(max(part.start, part.end)),
        "high": float(max(part.start, part.end)),
        "kind": kind,
        "words": _moved(part, told).removesuffix(f" {told.currency}"),
        "says": f"{part.name}: {_moved(part, told)}, {counted(abs(part.term.count) or len(part.term.deals), 'deal')}",
    }


def _bridge_caption(parts: Sequence[BridgePart], told: Teller, since: date, as_of: date) -> str:
    start, end = parts[0].end, parts[-1].end
    terms = [
        f"{_moved(part, told).removesuffix(f' {told.currency}')} {part.name.lower()}" for part in parts[1:-1] if part.by
    ]
    moved = f": {listed(terms)}" if terms else ""
    return (
        f"Since {short(since, as_of)} the pipeline went from {told.words(start)} to {told.words(end)}{moved}.{told.aside}"
        if start != end
        else f"Since {short(since, as_of)} the pipeline stayed at {told.words(end)}{moved}.{told.aside}"
    )


# ── why deals were lost ───────────────────────────────────────────────────────────────────────────────────────────────

UNSAID = "not said"
VERDICTS = {"icp": "wrong ICP: not for us", "execution": "execution: we could have won", "": "no verdict"}
LEAST = 4
"""Losses for which there is room at least: a single one fills no row."""
COLOURS = {"icp": ACCENT, "execution": PALE, "": QUIET}


class Lost(NamedTuple):
    """One loss: the deal, its reason, and whether the ICP was wrong or the execution poor."""

    deal: str
    member: str
    reason: str
    verdict: str


class ReasonRow(NamedTuple):
    """A reason with its losses."""

    reason: str
    losses: list[Lost]
    address: str
    """Where these losses alone are listed, below the home page."""

    def of(self, verdict: str) -> list[Lost]:
        """The losses with a verdict."""
        return [loss for loss in self.losses if loss.verdict == verdict]


def _which(verdict: str) -> Any:
    return lambda row, here: len(row.of(verdict)) or ""


REASON_COLUMNS: Columns[ReasonRow] = (
    Column("Reason", lambda row, _: opened(row.reason), header=True),
    Column(
        "Losses",
        lambda row, here: Markup('<a href="{}{}">{:,}</a>').format(here.root, row.address, len(row.losses)),
        right=True,
    ),
    Column("ICP", _which("icp"), right=True),
    Column("Execution", _which("execution"), right=True),
    Column(
        "Which",
        lambda row, here: Markup(", ").join(here.deal_link(loss.deal, loss.member) for loss in row.losses[:50]),
        words=True,
    ),
)


def reasons(losses: Iterable[Lost], page: str) -> Chart | None:
    """The reasons of the losses, the most frequent first, those of a wrong ICP and of poor execution apart; each leads to its losses on a page."""
    rows = _by_reason(losses, page)
    if not rows:
        return None
    values = list(_reason_values(rows))
    most = max(len(row.losses) for row in rows)
    x = amount_of("losses", form="d", down=False, domainMax=max(most, LEAST))
    x["axis"] = {**x["axis"], "values": list(range(0, max(most, LEAST) + 1, max(1, -(-most // 8))))}
    bars = {
        "y": of_rows(),
        "x": {**x, "stack": "zero"},
        "color": in_colours("verdict", COLOURS),
        "order": {"field": "at", "type": "quantitative"},
        "tooltip": SAYS,
        "href": LEADS,
    }
    seen = {loss.verdict for row in rows for loss in row.losses}
    return Chart(
        title="Why deals were lost",
        caption=_reason_caption(rows),
        spec=drawing(len(rows) * STEP + FOOT, layer(values, "bar", bars, height=16)),
        columns=REASON_COLUMNS,
        rows=rows,
        key=tuple(Sign("box", COLOURS[verdict], words) for verdict, words in VERDICTS.items() if verdict in seen),
    )


def _by_reason(losses: Iterable[Lost], page: str) -> list[ReasonRow]:
    found: dict[str, list[Lost]] = {}
    for loss in losses:
        found.setdefault(loss.reason or UNSAID, []).append(loss)
    rows = [ReasonRow(reason, each, f"{page}?reason={slug(reason)}") for reason, each in found.items()]
    return sorted(rows, key=lambda row: (row.reason == UNSAID, -len(row.losses), row.reason))


def _reason_values(rows: Iterable[ReasonRow]) -> Iterator[Mapping[str, Any]]:
    for row in rows:
        for place, (verdict, words) in enumerate(VERDICTS.items()):
            if found := row.of(verdict):
                says = f"{opened(row.reason)}, {words.split(':')[0]}: {len(found)} of {len(row.losses)}"
                yield {
                    "row": opened(row.reason),
                    "verdict": verdict,
                    "at": place,
                    "losses": len(found),
                    "says": says,
                    "href": row.address,
                }


def _reason_caption(rows: Sequence[ReasonRow]) -> str:
    every = [loss for row in rows for loss in row.losses]
    told = [row for row in rows if row.reason != UNSAID]
    icp, execution = (sum(loss.verdict == word for loss in every) for word in ("icp", "execution"))
    if not told:
        return f"None of {counted(len(every), 'lost attempt')} has a reason."
    first = told[0]
    apart = f"{icp:,} {'was' if icp == 1 else 'were'} not for us, {execution:,} could have been won."
    if len(first.losses) == 1 and len(told) > 1:
        return f"No reason came twice in {counted(len(every), 'lost attempt')}; {apart}"
    names = listed(row.reason for row in told if len(row.losses) == len(first.losses))
    return f"Most often it was {names}: {len(first.losses):,} of {len(every):,}; {apart}"
