"""Charts of contracts and members: which terms end when, who uses the service, and what the open deals may bring."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from markupsafe import Markup

from salesops.book.book import Snapshot
from salesops.metrics.contracts import (
    DAYS_30,
    DAYS_90,
    DAYS_180,
    ENDED,
    LATER,
    NOT_STARTED,
    OPEN_ENDED,
    OVERDUE,
    SUPERSEDED,
    Term,
)
from salesops.metrics.forecast import Forecast, money_of
from salesops.metrics.simulation import NO_MONTH, Band
from salesops.records.member import Health, Member
from salesops.site.pages.charts.chart import (
    ACCENT,
    BAD,
    BAND,
    FOOT,
    GOOD,
    GROUND,
    INK,
    LEADS,
    PALE,
    PLOT,
    RAMP,
    SAYS,
    WARN,
    Chart,
    Sign,
    Spec,
    Values,
    amount_of,
    by_day,
    drawing,
    in_colours,
    layer,
    listed,
    month_in_words,
    of_rows,
)
from salesops.site.pages.charts.stages import member_of
from salesops.site.pages.columns import Column, Columns
from salesops.site.pages.page import file_of
from salesops.site.pages.words import NOTHING, counted, day, money, short

BACK, AHEAD = timedelta(days=365), timedelta(days=456)
"""How far back and ahead the time line of the contracts looks."""
MOST_TERMS = 40

# ── which terms end when ──────────────────────────────────────────────────────────────────────────────────────────────

COLOUR_OF = {
    OVERDUE: ("overdue", BAD),
    DAYS_30: ("ends within 90 days", WARN),
    DAYS_90: ("ends within 90 days", WARN),
    DAYS_180: ("91 to 180 days", ACCENT),
    LATER: ("later", RAMP[2]),
    OPEN_ENDED: ("open-ended", RAMP[4]),
    NOT_STARTED: ("signed, not begun", PALE),
}
SECURED = ("next term is signed", GOOD)
"""What a contract is whose next term is signed: nobody must act, whatever the day of its end."""
MAY_LAPSE = (OVERDUE, DAYS_30, DAYS_90, DAYS_180, LATER)


class TermRow(NamedTuple):
    """A contract that runs, is overdue or is to begin, and the signed term that follows it."""

    label: str
    member: str
    term: Term
    following: tuple[date, date | None] | None

    @property
    def look(self) -> tuple[str, str]:
        """What it is called and its colour: ``overdue`` in red, unless the next term is signed."""
        is_secured = self.term.secured_by is not None and self.term.bucket in MAY_LAPSE
        return SECURED if is_secured else COLOUR_OF[self.term.bucket]


TERM_COLUMNS: Columns[TermRow] = (
    Column("Member", lambda row, here: here.deal_link(row.term.id, row.member), header=True),
    Column("Start", lambda row, _: day(row.term.contract.start)),
    Column("End", lambda row, _: day(row.term.contract.last_day, "none")),
    Column("Window", lambda row, _: row.look[0]),
    Column(
        "Next term",
        lambda row, here: here.deal_link(row.term.secured_by, "signed") if row.term.secured_by else NOTHING,
    ),
    Column("MRR", lambda row, _: money(row.term.contract.mrr), right=True),
)


def renewals(snapshot: Snapshot, terms: Sequence[Term]) -> Chart | None:
    """A bar for each contract from its start to its end, coloured by its window, the signed next term paler behind it."""
    behind = {term.secured_by for term in terms}
    shown = [term for term in terms if term.bucket not in (ENDED, SUPERSEDED) and term.id not in behind]
    every = _term_rows(snapshot, shown)
    rows = every[:MOST_TERMS]
    if not rows:
        return None
    last = f"{snapshot.as_of + AHEAD:%Y-%m}"
    x = by_day("start", snapshot.as_of - BACK, last)
    bars = {"y": of_rows(), "x": by_day("start"), "x2": {"field": "end"}, "tooltip": SAYS, "href": LEADS}
    seen = {row.look for row in rows}
    colours = dict(look for look in dict.fromkeys((*COLOUR_OF.values(), SECURED)) if look in seen)
    today = [{"start": str(snapshot.as_of), "says": f"{short(snapshot.as_of, snapshot.as_of)}: the day of this page"}]
    following = [value for row in rows if row.following for value in [_following_value(row, snapshot.as_of, last)]]
    values = [_term_value(row, snapshot.as_of, last) for row in rows]
    layers = [
        layer(
            values,
            "bar",
            {**bars, "color": in_colours("window", colours)},
            height=12,
            clip=True,
            cursor="pointer",
            cornerRadius=1,
        ),
        layer(following, "bar", bars, height=12, clip=True, cursor="pointer", color=GOOD, opacity=0.45, cornerRadius=1),
        layer(today, "rule", {"x": x, "tooltip": SAYS}, color=INK, strokeWidth=1.4),
    ]
    return Chart(
        title="Contracts from their start to their end",
        caption=_renewals_caption(every, rows, snapshot.as_of),
        spec=drawing(len(rows) * 22 + FOOT, *(each for each in layers if each["data"]["values"])),
        columns=TERM_COLUMNS,
        rows=rows,
        key=(
            *(Sign("box", colour, words) for words, colour in colours.items()),
            *((Sign("pale", GOOD, "that term"),) if following else ()),
            Sign("tick", INK, "today"),
        ),
    )


def _term_rows(snapshot: Snapshot, terms: Sequence[Term]) -> list[TermRow]:
    """The contracts by their end, the open-ended ones last, each with a label of its own."""
    in_order = sorted(terms, key=lambda term: (term.contract.last_day or date.max, term.id))
    labels: dict[str, int] = {}
    rows = []
    for term in in_order:
        name = member_of(snapshot, term.id)
        labels[name] = labels.get(name, 0) + 1
        label = name if labels[name] == 1 else f"{name} ({labels[name]})"
        rows.append(TermRow(label, name, term, _following(snapshot, term)))
    return rows


def _following(snapshot: Snapshot, term: Term) -> tuple[date, date | None] | None:
    history = snapshot.history(term.secured_by) if term.secured_by else None
    contract = history.deal.contract if history else None
    if contract is None or contract.start is None:
        return None
    return contract.start, contract.last_day


def _term_value(row: TermRow, as_of: date, last: str) -> dict[str, Any]:
    contract = row.term.contract
    until = contract.last_day
    ends = (
        f"ends {short(until, as_of)}"
        if until and until >= as_of
        else f"ended {short(until, as_of)}"
        if until
        else "no end"
    )
    secured = f", {SECURED[0]}" if row.term.secured_by else ""
    over = max(until, as_of) if until and row.term.bucket == OVERDUE else until
    return {
        "row": row.label,
        "start": str(contract.start),
        "end": str(over or last),
        "window": row.look[0],
        "says": f"{row.member}: {ends}{secured}",
        "href": file_of(f"deals/{row.term.id}"),
    }


def _following_value(row: TermRow, as_of: date, last: str) -> dict[str, Any]:
    start, end = row.following or (as_of, as_of)
    until = f"to {short(end, as_of)}" if end else "with no end"
    return {
        "row": row.label,
        "start": str(start),
        "end": str(end or last),
        "says": f"{row.member}: next term from {short(start, as_of)} {until} is signed",
        "href": file_of(f"deals/{row.term.secured_by}"),
    }


def _renewals_caption(every: Sequence[TermRow], rows: Sequence[TermRow], as_of: date) -> str:
    overdue = [row for row in every if row.term.bucket == OVERDUE]
    soon = [row for row in every if row.term.bucket in (DAYS_30, DAYS_90, DAYS_180)]
    secured = sum(row.term.secured_by is not None for row in (*overdue, *soon))
    late = f" {counted(len(overdue), 'contract')} {'is' if len(overdue) == 1 else 'are'} overdue." if overdue else ""
    of_these = (
        f" Of these {len(overdue) + len(soon)}, {secured} {'has' if secured == 1 else 'have'} the next term signed."
        if secured
        else ""
    )
    following = (
        f" The next is {soon[0].member}, on {short(soon[0].term.contract.last_day, as_of)}."
        if soon and soon[0].term.contract.last_day
        else ""
    )
    shown = f" The first {len(rows)} of {len(every)} contracts are drawn." if len(rows) < len(every) else ""
    return f"{counted(len(soon), 'contract')} {'ends' if len(soon) == 1 else 'end'} within 180 days.{following}{late}{of_these}{shown}"


# ── who uses the service ──────────────────────────────────────────────────────────────────────────────────────────────

NOT_JUDGED = "not judged"
LOOKS = {"green": GOOD, "amber": WARN, "red": BAD, NOT_JUDGED: ACCENT}
HEALTH_COLUMNS: Columns[Health] = (
    Column("Day", lambda seen, _: day(seen.date), header=True),
    Column(
        "Active users", lambda seen, _: NOTHING if seen.active_users is None else f"{seen.active_users:,}", right=True
    ),
    Column("Health", lambda seen, here: here.parts.health(seen.status)),
)


def users(member: Member, terms: Sequence[Term], as_of: date) -> Chart | None:
    """The active users of a member as a line, its health as dots, the terms of its contracts as bands behind."""
    seen = [each for each in member.counted if each.date <= as_of]
    if len(seen) < 2:
        return None
    first, last = seen[0].date, max(seen[-1].date, as_of)
    bands = list(_bands(terms, first, last, as_of))
    looks = {status: LOOKS[status] for status in LOOKS if any((each.status or NOT_JUDGED) == status for each in seen)}
    layers = _user_layers([_seen_value(each, as_of) for each in seen], bands, by_day("day", first, last), looks)
    return Chart(
        title=f"Active users of {member.name}",
        caption=_users_caption(seen, as_of),
        spec=drawing(200, *(each for each in layers if each["data"]["values"])),
        columns=HEALTH_COLUMNS,
        rows=list(reversed(seen)),
        key=(
            Sign("line", ACCENT, "active users"),
            *(Sign("dot", colour, f"health {status}") for status, colour in looks.items()),
            *((Sign("box", BAND, "term of a contract"),) if bands else ()),
        ),
    )


def _seen_value(seen: Health, as_of: date) -> dict[str, Any]:
    users = counted(seen.active_users or 0, "active user")
    return {
        "day": str(seen.date),
        "users": seen.active_users,
        "status": seen.status or NOT_JUDGED,
        "says": f"{short(seen.date, as_of)}: {users}{f', {seen.status}' if seen.status else ''}",
    }


def _user_layers(values: Values, bands: Values, x: Spec, looks: Mapping[str, str]) -> list[Spec]:
    """The terms behind, the line, and a dot in the colour of the health for each look."""
    y = amount_of("users", form="d", domainMin=0)
    behind = {"x": by_day(), "x2": {"field": "until"}, "tooltip": SAYS}
    dots = {"x": by_day(), "y": y, "color": in_colours("status", looks), "tooltip": SAYS}
    edge = {"stroke": GROUND, "strokeWidth": 1.2}
    return [
        layer(bands, "rect", behind, color=BAND, clip=True, stroke=GROUND, strokeWidth=2),
        layer(values, "line", {"x": x, "y": y, "tooltip": SAYS}, color=ACCENT, strokeWidth=2),
        layer(values, "point", dots, filled=True, size=90, opacity=1, **edge),
    ]


def _bands(terms: Sequence[Term], first: date, last: date, as_of: date) -> Iterator[dict[str, Any]]:
    for term in terms:
        start, end = term.contract.start, term.contract.last_day or last
        if start and start <= last and end >= first:
            says = f"Term from {short(start, as_of)} to {short(end, as_of) if term.contract.last_day else 'open'}"
            yield {"day": str(max(start, first)), "until": str(min(end, last)), "says": says}


def _users_caption(seen: Sequence[Health], as_of: date) -> str:
    now, then = seen[-1], next((each for each in seen if each.date >= seen[-1].date - timedelta(days=366)), seen[0])
    by = (now.active_users or 0) - (then.active_users or 0)
    moved = f"{abs(by):,} {'more' if by > 0 else 'fewer'} than" if by else "as many as"
    judged = f"; health is {now.status}" if now.status else ""
    return (
        f"{counted(now.active_users or 0, 'person').replace('persons', 'people')} used it when delivery looked on {short(now.date, as_of)}, "
        f"{moved} on {short(then.date, as_of)}{judged}."
    )


# ── what the open deals may bring ─────────────────────────────────────────────────────────────────────────────────────


class ForecastRow(NamedTuple):
    """A month and its band; one without a month too."""

    name: str
    band: Band
    deals: tuple[str, ...]


def _level(place: int, currency: str) -> Any:
    return lambda row, _: _in_words(row.band[place], currency)


def _in_words(in_cents: int, currency: str) -> str:
    return f"{money_of(in_cents):,.0f} {currency}"


def forecast(snapshot: Snapshot, found: Forecast) -> Chart | None:
    """What each month may bring: the middle of all draws as a dot, and what eight of ten lie between as a bar."""
    rows = [
        ForecastRow(month_in_words(name), band, tuple(deal.id for deal in found.deals_in(name)))
        for name, band in found.months.items()
        if name != NO_MONTH
    ]
    if not rows:
        return None
    return Chart(
        title=f"Forecast by month, in {found.currency}",
        caption=_forecast_caption(rows, found),
        spec=drawing(PLOT, *_forecast_layers([_band_value(row, found.currency) for row in rows])),
        columns=(
            Column("Month", lambda row, _: row.name, header=True),
            Column("1 in 10 below", _level(0, found.currency), right=True),
            Column("Half below", _level(1, found.currency), right=True),
            Column("9 in 10 below", _level(2, found.currency), right=True),
            Column(
                "Deals",
                lambda row, here: _joined(here.deal_link(it, member_of(snapshot, it)) for it in row.deals),
                words=True,
            ),
        ),
        rows=rows,
        key=(Sign("dot", ACCENT, "half of the draws bring more"), Sign("box", PALE, "8 of 10 draws")),
    )


def _band_value(row: ForecastRow, currency: str) -> dict[str, Any]:
    low, middle, high = (_in_words(cents, currency) for cents in (row.band.p10, row.band.p50, row.band.p90))
    return {
        "row": row.name,
        "low": float(money_of(row.band.p10)),
        "middle": float(money_of(row.band.p50)),
        "high": float(money_of(row.band.p90)),
        "says": f"{row.name}: {low} to {high} in 8 of 10 draws, the middle {middle}; {counted(len(row.deals), 'deal')}",
    }


def _forecast_layers(values: Values) -> list[Spec]:
    """The bar between the bounds, and the dot in the middle."""
    axis = {"grid": False, "labelAngle": 0, "labelOverlap": True, "labelSeparation": 8}
    x = {"field": "row", "type": "ordinal", "sort": None, "axis": axis}
    y = amount_of("low", domainMin=0)
    band = {"x": x, "y": y, "y2": {"field": "high"}, "tooltip": SAYS}
    dot = {"x": x, "y": {**y, "field": "middle"}, "tooltip": SAYS}
    edge = {"stroke": GROUND, "strokeWidth": 1.2}
    return [
        layer(values, "bar", band, color=PALE, width=12, cornerRadius=3),
        layer(values, "point", dot, filled=True, size=80, color=ACCENT, opacity=1, **edge),
    ]


def _joined(links: Iterable[Markup]) -> Markup:
    return Markup(", ").join(links)


def _forecast_caption(rows: Sequence[ForecastRow], found: Forecast) -> str:
    best = max(rows, key=lambda row: row.band.p50 or row.band.p90)
    zero = [row.name for row in rows if not row.band.p10]
    none = (
        f" In {listed(zero)} there may be nothing at all."
        if 0 < len(zero) <= 3
        else " In most months there may be nothing at all."
        if zero
        else ""
    )
    return (
        f"{best.name} is expected to bring most, {_in_words(best.band.p10, found.currency)} to {_in_words(best.band.p90, found.currency)} "
        f"in 8 of 10 draws; all of it together {_in_words(found.total.p10, found.currency)} to {_in_words(found.total.p90, found.currency)}.{none}"
    )
