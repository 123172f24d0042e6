"""What a record said of days gone by holds: the model says of each field whether a change is signed, named, or free."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from salesops.changes.field_differences import same_entry
from salesops.checks.check import EVERY, Case, Finding, Findings, check
from salesops.checks.past import SIGN, quoted
from salesops.problems import Path, dotted
from salesops.records.corrections import RecordCorrection
from salesops.records.dated import every_day
from salesops.records.deal import Correction, Losses
from salesops.records.learning import ENDED, STATUSES, Decision, Experiment
from salesops.records.member import Invoice
from salesops.records.model_fields import keyed_fields
from salesops.records.rates import Rate
from salesops.records.record import Past, Record, is_given, past_of, value_at

LATE_DAYS = 7
"""An entry about a day further back than this is late."""
WORDING = frozenset({"why", "note", "notes", "done"})
"""What may be reworded in an entry for which somebody would sign; ``done`` is what an action is there to become."""
NOTHING: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Altered:
    """A field that says something else of the past: its place now, how a correction names it, and what it said."""

    path: Path
    name: str
    was: str
    message: str

    @property
    def words(self) -> frozenset[str]:
        """What a correction may say stood there: all of it, or one of the things that an entry said."""
        said = _plain(self.was)
        parts = said.split(", ")
        return frozenset({said, *parts, *(part.partition(" ")[2] for part in parts)} - {""})


Rule = Callable[[Case[Any], Path, Any, Any], Iterator[Altered]]


def _altered(case: Case[Any], path: Path, was: Any, name: str = "") -> Altered:
    told = _written(case, path, was)
    return Altered(path, name or dotted(path), told, f"this said {told[:60]} in an earlier commit")


def _written(case: Case[Any], path: Path, was: Any) -> str:
    """A value as it was written; as it reads now where that is no plain text."""
    before = case.then.before.documents.get((case.kind, case.id_before))
    raw = value_at(before.data, path) if before else None
    if isinstance(raw, dict):
        return ", ".join(f"{key} {value}" for key, value in raw.items() if isinstance(value, str))
    if isinstance(raw, list):
        return ", ".join(map(str, raw))
    return raw if isinstance(raw, str) else str(was)


def _values(case: Case[Any], path: Path, was: Any, now: Any) -> Iterator[Altered]:
    """What was given and is something else now; what was missing may be added."""
    if isinstance(was, Record):
        settled = ((name, field) for name, field in type(was).model_fields.items() if past_of(field) is not Past.FREE)
        for name, field in settled:
            yield from _values(case, (*path, field.alias or name), getattr(was, name), getattr(now, name, None))
    elif isinstance(was, tuple) and any(isinstance(entry, Record) for entry in was):
        for at, entry in enumerate(was):
            place = path if at == 0 and _stands_alone(case, path) else (*path, at)
            yield from _values(case, place, entry, now[at] if at < len(now) else None)
    elif is_given(was) and was != now:
        yield _altered(case, path, was)


def _stands_alone(case: Case[Any], path: Path) -> bool:
    """Whether a list is written as its one entry, without a place in a list."""
    return not isinstance(value_at(case.document.data, path), list)


def _entries(
    case: Case[Any],
    path: Path,
    was: tuple[Record, ...],
    now: tuple[Record, ...],
    until: date | None = None,
    free: frozenset[str] = WORDING,
) -> Iterator[Altered]:
    """Entries whose days gone by, up to ``until``, are told otherwise, or no more; plans may change, and what is ``free``."""
    left = list(now)
    for at, entry in enumerate(was):
        settled = _settled(entry, until or case.as_of, free)
        kept = next((other for other in left if settled.items() <= _settled(other, date.max, free).items()), None)
        if kept is not None:
            left.remove(kept)
        elif settled:
            yield _gone(case, path, at, entry, now)


def _gone(case: Case[Any], path: Path, at: int, entry: Record, now: tuple[Record, ...]) -> Altered:
    there = next((place for place, other in enumerate(now) if same_entry(entry, other, str(path[-1]))), None)
    told = ", ".join(f"{key} {value}" for key, value in _settled(entry, date.max).items())
    what = f"the entry '{told[:80]}' of an earlier commit {'says something else' if there is not None else 'is gone'}"
    return Altered((*path, there) if there is not None else path, f"{dotted(path)}.{at}", told[:80], what)


def _settled(entry: Record, as_of: date, free: frozenset[str] = WORDING) -> dict[str, str]:
    """What an entry says of the days up to one, but for what is ``free``; nothing where it is all still to come."""
    days = list(every_day(entry))
    if entry.is_planned or (days and min(days) > as_of):
        return {}
    given = ((name, getattr(entry, name)) for name in type(entry).model_fields if name not in free)
    return {
        name: str(value) for name, value in given if is_given(value) and not (isinstance(value, date) and value > as_of)
    }


def _answers(case: Case[Any], path: Path, was: Any, now: Any) -> Iterator[Altered]:
    """Entries, or answers each under a name of its own, that changed for the same day, went, or come late."""
    if isinstance(was, tuple) or isinstance(now, tuple):
        yield from _entries(case, path, was or (), now or (), free=NOTHING)
        yield from _late_entries(case, path, was or (), now or ())
        return
    for key, _ in keyed_fields(type(now or was)) if now or was else ():
        old, new = getattr(was, key, None), getattr(now, key, None)
        if old is not None and (new is None or (new.date == old.date and new != old)):
            yield _altered(case, (*path, key), old)
        elif (
            new is not None and new != old and _is_late(new.date, case.as_of) and (old is None or new.date != old.date)
        ):
            yield _late(case, (*path, key), new.date)


def _late_entries(case: Case[Any], path: Path, was: tuple[Any, ...], now: tuple[Any, ...]) -> Iterator[Altered]:
    for at, entry in enumerate(now):
        if any(same_entry(old, entry, str(path[-1])) for old in was):
            continue
        days = [day for day in every_day(entry) if day <= case.as_of]
        if days and _is_late(max(days), case.as_of):
            yield _late(case, (*path, at), max(days))


def _is_late(day: date, as_of: date) -> bool:
    return day < as_of - timedelta(days=LATE_DAYS)


def _late(case: Case[Any], path: Path, day: date) -> Altered:
    days = (case.as_of - day).days
    return Altered(path, dotted(path), "none", f"a late entry: it tells of {day}, {days} days ago")


def _every_entry(case: Case[Any], path: Path, was: tuple[Record, ...], now: tuple[Record, ...]) -> Iterator[Altered]:
    """Entries that are told otherwise, or no more, also what they say of days to come: a target lives there."""
    return _entries(case, path, was, now, date.max, NOTHING)


def _happened_losses(case: Case[Any], path: Path, was: Losses, now: Losses) -> Iterator[Altered]:
    """The losses that had come about, each under its closing; a draft for one that has not come yet is free."""
    moves = case.then.earlier("deal", case.id).stages
    lost = sum(move.entered <= case.as_of and case.then.before.outcome(move.stage) == "lost" for move in moves)
    yield from _values(case, path, was[:lost], now)


def _never_back(case: Case[Any], path: Path, was: str, now: str) -> Iterator[Altered]:
    """A state that went back, or that had ended and is another one: what rests on it would be free again."""
    if was != now and (was in ENDED or STATUSES.index(now) < STATUSES.index(was)):
        yield _altered(case, path, was)


def _sent(case: Case[Any], path: Path, was: tuple[Invoice, ...], now: tuple[Invoice, ...]) -> Iterator[Altered]:
    """Invoices that had been sent; steps that follow may be added."""
    sent = tuple(invoice for invoice in was if invoice.sent and invoice.sent <= case.as_of)
    yield from _entries(case, path, sent, now)


def _rates(case: Case[Any], path: Path, was: tuple[Rate, ...], now: tuple[Rate, ...]) -> Iterator[Altered]:
    """Rates that changed, went, or were put in for days gone by."""
    yield from _entries(case, path, was, now)
    newest = {
        (rate.from_, rate.to): max(other.date for other in was if (other.from_, other.to) == (rate.from_, rate.to))
        for rate in was
    }
    for at, rate in enumerate(now):
        is_new = not any(same_entry(old, rate, "rates") for old in was)
        known = newest.get((rate.from_, rate.to))
        if is_new and (_is_late(rate.date, case.as_of) or (known and rate.date < known)):
            yield Altered(
                (*path, at), f"{dotted(path)}.{at}", "none", f"a rate was put in for {rate.date}, a day gone by"
            )


def _new_version(case: Case[Any], path: Path, was: Any, now: Any) -> Iterator[Altered]:
    """What a version of a hypothesis claims: something else is a new version."""
    if case.earlier and case.earlier.version == case.record.version:
        yield from _values(case, path, was, now)


RULES: dict[Past, Rule] = {
    Past.SIGNED: _values,
    Past.SIGNED_ONCE_CLOSED: _values,
    Past.SIGNED_ONCE_RUNNING: _values,
    Past.SIGNED_ONCE_DONE: _values,
    Past.SIGNED_AFTER_ITS_DAY: _values,
    Past.SIGNED_WHERE_IT_GOES_BACK: _never_back,
    Past.ENTRIES_SIGNED: _entries,
    Past.ENTRIES_SIGNED_ONCE_SENT: _sent,
    Past.RATES_SIGNED: _rates,
    Past.NEW_VERSION: _new_version,
    Past.NAMED_ONCE_CLOSED: _values,
    Past.LOSSES_NAMED: _happened_losses,
    Past.ENTRIES_NAMED: _every_entry,
    Past.LATE_NAMED: _answers,
}
"""How it is seen that a field says something else of the past; free ones and those with a rule of their own are not looked at."""
NAMED = frozenset({Past.NAMED_ONCE_CLOSED, Past.LOSSES_NAMED, Past.ENTRIES_NAMED, Past.LATE_NAMED})


def _holds(past: Past, case: Case[Any]) -> bool:
    """Whether the earlier record had come so far that the field is settled."""
    earlier: Any = case.earlier
    if past in (Past.SIGNED_ONCE_CLOSED, Past.NAMED_ONCE_CLOSED):
        return bool(earlier.stages) and case.then.before.outcome(earlier.stages[-1].stage) is not None
    if past is Past.SIGNED_ONCE_RUNNING:
        return isinstance(earlier, Experiment) and earlier.status != "planned"
    if past is Past.SIGNED_ONCE_DONE:
        return isinstance(earlier, Experiment) and earlier.status in ENDED
    if past is Past.SIGNED_AFTER_ITS_DAY:
        day = str(earlier.date) if isinstance(earlier, Decision) else case.id_before
        return day < str(case.as_of)
    return True


def _changes(case: Case[Any], named: bool) -> Iterator[Altered]:
    """What a record says otherwise of the past than it did, of the fields for which that is signed, or named."""
    earlier = case.earlier
    if earlier is None or earlier == case.record:
        return
    for name, field in type(case.record).model_fields.items():
        past = past_of(field)
        if past in RULES and (past in NAMED) is named and not case.has_lost(name) and _holds(past, case):
            yield from RULES[past](case, (field.alias or name,), getattr(earlier, name), getattr(case.record, name))
    if named and case.kind == "deal":
        yield from _ended_long_ago(case)
    if not named and case.kind == "review":
        yield from _another_day(case)


def _another_day(case: Case[Any]) -> Iterator[Altered]:
    """A review of a day gone by that is now said to be of another one: its name is its day."""
    if case.id != case.id_before < str(case.as_of):
        yield Altered((), "id", case.id_before, f"the review of {case.id_before} is said to be of {case.id}")


def _ended_long_ago(case: Case[Any]) -> Iterator[Altered]:
    """A service that is now said to have ended long ago: it was counted until today."""
    was, now = (value_at(deal, "contract.service_ended") for deal in (case.earlier, case.record))
    if was is None and now is not None and _is_late(now, case.as_of):
        yield _late(case, ("contract", "service_ended"), now)


CLOSED = """
stages: [{enrichment: 2026-01-05}, {closed lost: 2026-01-19}]
loss: {reason: price, learning: Too dear, verdict: execution, reengage: never, playbook: none needed}
"""


@check(
    "past-fact-changed",
    of=EVERY,
    source="reference/records#the-past",
    before=CLOSED,
    bad="""
    tier: premier  # <--
    stages: [{enrichment: 2026-01-05}, {closed lost: 2026-01-19}]
    loss: {reason: price, learning: Too dear, verdict: execution, reengage: never, playbook: none needed}
    """,
    good="""
    tier: premier
    stages: [{enrichment: 2026-01-05}, {closed lost: 2026-01-19}]
    loss: {reason: price, learning: Too dear, verdict: execution, reengage: never, playbook: none needed}
    corrections: [{field: tier, was: general, by: jim, date: 2026-03-01, why: They had asked for the large one}]
    """,
)
def past_fact_changed(case: Case[Any]) -> Findings:
    """A record says something else of days gone by than an earlier commit did, and nobody signed for it.

    Numbers, decisions and money of those days rest on it. Restore it. If it had been wrong, keep what is right and sign a
    correction: in the deal, or in playbook/corrections.yaml for any other record.
    """
    for altered in _changes(case, named=False):
        found = _signatures(case, altered)
        if not any(_says_what_was(entry, altered) for entry in found):
            signs = () if case.kind == "icp" else ((altered.name, altered.was),)
            yield Finding(altered.path, altered.message + _mistaken(found), help=_way_out(case), signs=signs)


def _signatures(case: Case[Any], altered: Altered) -> list[Correction | RecordCorrection]:
    """The corrections of a field, or of a part of the record that it lies in."""
    signed = case.then.signatures(case.kind, case.id)
    return [entry for entry in signed if f"{altered.name}.".startswith(f"{entry.field.strip()}.")]


def _says_what_was(entry: Correction | RecordCorrection, altered: Altered) -> bool:
    """Whether a correction says what stood there, or a part of it; one for a larger part of a record uses words of its own."""
    return entry.field.strip() != altered.name or _plain(entry.was) in altered.words


def _plain(told: str) -> str:
    return " ".join(told.split()).strip("'\"").casefold()


def _mistaken(found: list[Correction | RecordCorrection]) -> str:
    return f"; the correction of {found[0].by} says that it was '{found[0].was[:60]}'" if found else ""


def _way_out(case: Case[Any]) -> str:
    if case.kind == "icp":
        return "restore it, and write what you believe now as the next version, with an entry in its changelog"
    return f"restore it; if it had been wrong, {SIGN}"


@check(
    "past-fact-named",
    of=EVERY,
    advice=True,
    source="reference/records#the-past",
    before=CLOSED,
    bad="""
    owner: april  # <--
    stages: [{enrichment: 2026-01-05}, {closed lost: 2026-01-19}]
    loss: {reason: price, learning: Too dear, verdict: execution, reengage: never, playbook: none needed}
    """,
    good="""
    title: Membership
    stages: [{enrichment: 2026-01-05}, {closed lost: 2026-01-19}]
    loss: {reason: price, learning: Too dear, verdict: execution, reengage: never, playbook: none needed}
    """,
)
def past_fact_named(case: Case[Any]) -> Findings:
    """A record says something new of days long gone by, or something else of a closed deal.

    That may be right; whoever reviews the change should know it. Look at it once more. A correction says why, and then
    nothing is left to ask.
    """
    for altered in _changes(case, named=True):
        if not _signatures(case, altered):
            yield Finding(
                altered.path, altered.message, help="look at it once more; whoever reviews the change is told"
            )


@check(
    "record-renamed",
    of="deal",
    advice=True,
    source="reference/records#removing",
    before="",
    bad="",
    good="",
)
def record_renamed(case: Case[Any]) -> Findings:
    """A deal has another id than in an earlier commit.

    Its history goes on under the new one; links from outside, and people who know the old id, do not find it. Look whether
    that is meant.
    """
    was = case.then.renamed.get((case.kind, case.id))
    if was:
        yield Finding((), f"the deal '{was}' is called '{case.id}' now", help=f"tell whoever links to {quoted(was)}")
