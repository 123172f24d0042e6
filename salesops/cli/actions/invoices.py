"""What ``salesops invoices`` shows and writes: the invoices of a month, the message to the sponsor, and the next step of each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date

from salesops.cli.hands import Asked, Desk, NoWay, desk_of, send
from salesops.cli.options import Usage
from salesops.cli.printing import note, say, style
from salesops.cli.repository import Records, records_of
from salesops.output import SCHEMA_VERSION, as_csv, as_json, counted, show, table
from salesops.records.contract import month_before
from salesops.records.money import Sums
from salesops.records.team import Team
from salesops.reports.drafts import gap
from salesops.reports.invoices import NO_DEAL, Batch, InvoiceRow, as_email, batch

_MONTH = re.compile(r"(?:19|20)\d{2}-(?:0[1-9]|1[0-2])", re.ASCII)
HEADS = ("member", "deal", "days", "total", "state", "waits for")
CSV_HEADS = ("month", "member", "name", "deal", "community", "from", "to", "days", "kind", "says", "amount", "currency", "state", "ready", "waits for", "invoice to")  # fmt: skip


def run(
    folder: str,
    *,
    month: str | None,
    record: str | None,
    deals: tuple[str, ...],
    date_: str | None,
    email: bool,
    yes: bool,
    dry_run: bool,
    output_format: str,
    as_of: str | None,
    known: str | None,
) -> int:
    """Print the invoices of a month, or write down a step; 1 where a file cannot be counted, or where it is refused."""
    if not record and (deals or date_ or yes or dry_run):
        raise Usage("--deal, --date, --yes and --dry-run belong to --record")
    if email and (record or output_format != "text"):
        raise Usage("--email stands alone")
    if record and output_format == "csv":
        raise Usage("--record is told as text or json")
    if record and known:
        raise Usage("--record writes down a step of today: it does not go with --known")
    if record:
        desk = desk_of(folder, as_of, yes=yes, dry_run=dry_run, output_format=output_format)
        found = batch(desk.snapshot, _month(month, desk.day))
        return _record(desk, found, record, [desk.won_deal(deal) for deal in deals], desk.happened(date_))
    records = records_of(folder, as_of, known)
    whole = records.are_whole
    if not records.book.processes:
        return 1
    records.say_whose()
    found = batch(records.snapshot, _month(month, records.day))
    for line in _email(records.book.team, found) if email else _lines(found, records, output_format):
        say(line)
    return 0 if whole else 1


def _month(asked: str | None, day: date) -> str:
    """The month that is meant; one that has not begun has no service to charge for."""
    if asked is None:
        return month_before(f"{day:%Y-%m}")
    if not _MONTH.fullmatch(asked):
        raise Usage(f"--month: '{show(asked)}' is no month: write it as 2026-10")
    if asked > f"{day:%Y-%m}":
        raise Usage(f"--month: {asked} has not begun on {day}")
    return asked


# ── what is shown ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _lines(found: Batch, records: Records, output_format: str) -> Iterator[str]:
    if output_format == "json":
        known = records.point.as_data() if records.point else None
        yield as_json({"schema_version": SCHEMA_VERSION, "known": known, **found.as_data()})
    elif output_format == "csv":
        yield from as_csv(_csv_rows(found), CSV_HEADS)
    else:
        yield from _as_text(found)


def _csv_rows(found: Batch) -> Iterator[Sequence[object]]:
    """A row for each line of each invoice; one without an amount where it has no line yet."""
    for row in found.rows:
        about = (row.month, row.member, row.name, row.deal, row.community or "", row.first, row.last, row.days)
        how_far = (row.state, "yes" if row.is_ready else "no", "; ".join(row.waits_for), row.bill_to)
        for line in row.lines:
            yield (*about, line.kind, line.says, line.amount.amount, line.amount.currency, *how_far)
        if not row.lines:
            yield (*about, "", "", None, "", *how_far)


def _as_text(found: Batch) -> Iterator[str]:
    yield f"{style('Invoices', 'head')} for {found.month}, as of {found.as_of}"
    yield ""
    if not found.rows:
        yield f"Nobody was in service in {found.month}."
        return
    yield from table(list(map(_shown, found.rows)), HEADS, frozenset({2, 3}), style)
    yield ""
    far = ", ".join(f"{count} {state}" for state, count in found.states.items())
    yield f"{counted(len(found.rows), 'invoice')}: {far}; {_money(found.total)} in all"


def _shown(row: InvoiceRow) -> tuple[str, ...]:
    since = f" {row.done[1]}" if row.done else ""
    waits = "; ".join(row.waits_for)
    return (show(row.whose), row.deal, str(row.days), _money(row.total), f"{row.state}{since}", show(waits))


def _money(sums: Sums) -> str:
    return " + ".join(f"{amount:,.2f} {currency}" for currency, amount in sums.items()) or "nothing"


def _email(team: Team | None, found: Batch) -> Iterator[str]:
    address = team.sponsor.email if team and team.sponsor else None
    for line in as_email(found, address or gap("team.sponsor.email"), team.organisation if team else None):
        yield show(line)
    for row in found.rows:
        why = row.missing or (() if row.lines else ("nothing to charge",))
        if why and not (row.invoice and row.invoice.sent):
            note(f"salesops: not in it: {show(row.whose)}, {row.deal}: {show('; '.join(why))}")


# ── what is written ───────────────────────────────────────────────────────────────────────────────────────────────────


def _record(desk: Desk, found: Batch, step: str, deals: list[str], day: date) -> int:
    """The step on every invoice that comes to it; the others are named."""
    chosen = [row for row in found.rows if not deals or row.deal in deals]
    strangers = [deal for deal in deals if deal not in {row.deal for row in found.rows}]
    if strangers:
        raise NoWay(f"{strangers[0]} was not in service in {found.month}")
    go = [row for row in chosen if _why_not(row, step, day) is None]
    for row in chosen:
        if why := _why_not(row, step, day):
            note(f"salesops: left as it is: {show(row.whose)}, {row.deal}: {show(why)}")
    if not go:
        raise NoWay(f"no invoice for {found.month} can be {step}")
    return send(desk, [_change(row, step, day) for row in go])


def _why_not(row: InvoiceRow, step: str, day: date) -> str | None:
    """Why an invoice does not come to a step; None where it does."""
    if not row.has_contract:
        return f"nothing is billed without {row.missing[0]}"
    if row.next_step != step:
        return f"it is {row.state}" + (f" since {row.done[1]}" if row.done else "")
    if row.month > f"{day:%Y-%m}":
        return f"{row.month} had not begun on {day}"
    if row.at is None and NO_DEAL in row.missing:
        return f"not without: {NO_DEAL}"
    if step == "sent" and row.missing:
        return f"not without: {'; '.join(row.missing)}"
    if step == "sent" and row.confirmed and row.confirmed > day:
        return f"tier and price were confirmed on {row.confirmed}, after {day}"
    if row.done and day < row.done[1]:
        return f"{row.done[0]} on {row.done[1]}, after {day}"
    return None


def _change(row: InvoiceRow, step: str, day: date) -> Asked:
    if row.at is None:
        about = {"month": row.month, "deal": row.deal, **({"community": row.community} if row.community else {})}
        agreed = {"tier_confirmed": str(row.confirmed)} if row.confirmed else {}
        return {"add": row.member, "to": "invoices", "entry": {**about, **agreed, step: str(day)}}
    fields = {f"invoices.{row.at}.{step}": str(day)}
    if row.invoice and row.invoice.tier_confirmed is None and row.confirmed:
        fields = {f"invoices.{row.at}.tier_confirmed": str(row.confirmed), **fields}
    return {"set": row.member, "fields": fields}
