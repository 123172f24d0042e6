"""What ``salesops explain RED-LINE`` tells: what it means, and where it is on the day: the numbers, since when it is crossed, and who answered that."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import wrap
from typing import Any

from salesops.book.book import Snapshot
from salesops.cli.printing import style
from salesops.metrics.red_lines import RedLineStanding, has_ended, red_line
from salesops.output import counted, show
from salesops.records.learning import Decision
from salesops.records.process import Process, RedLine


def page_of_red_line(line: RedLine, process: Process, snapshot: Snapshot | None) -> Iterator[str]:
    """The page of a red line, with its state on the day."""
    yield f"{style(show(line.id), 'head')} (red line, process {process.version})"
    yield ""
    yield from wrap(show(line.means), 100)
    yield ""
    how = f"is {line.sentence}" if line.bounds else line.sentence
    yield show(f"Crossed when {'' if line.bounds else 'of '}{line.metric} {how}.")
    if snapshot:
        yield ""
        yield from _on_the_day(line, snapshot)


def _on_the_day(line: RedLine, snapshot: Snapshot) -> Iterator[str]:
    found = red_line(snapshot, line)
    if found is None:
        yield f"On {snapshot.as_of}: it cannot be judged; run salesops check"
        return
    since = f" since {found.since}" if found.since else ""
    yield f"On {snapshot.as_of}: {style(show(found.value), 'place')}  {found.state.in_words}{since}"
    if found.sureness:
        yield from wrap(f"{found.sureness[:1].upper()}{found.sureness[1:]}.", 100)
    if found.state.is_tripped:
        yield from wrap(show(_answer(found, snapshot)), 100)
    if deals := tuple(dict.fromkeys(key.deal for key in found.counted)):
        yield ""
        yield style(f"It rests on {counted(len(deals), 'deal')}", "head")
        yield from wrap(show(", ".join(deals)), 100, initial_indent="  ", subsequent_indent="  ")


def _answer(found: RedLineStanding, snapshot: Snapshot) -> str:
    """Which decision answers a trip, and until when; else that nobody decided, or that the decision is over."""
    decisions = snapshot.book.decisions
    if found.answer:
        return f"Answered by {_in_words(found.answer, decisions[found.answer])}"
    begin = f"salesops new decision {found.line.id}"
    if over := _over(found, snapshot):
        return f"{_in_words(over, decisions[over])} That day has passed, so a new decision is due: {begin}"
    return f"Nobody has decided what follows: {begin}"


def _over(found: RedLineStanding, snapshot: Snapshot) -> str | None:
    """The last decision that answered this trip and does not hold any more."""
    since = found.since or snapshot.as_of
    every = [
        (it.date, name)
        for name, it in snapshot.book.decisions.items()
        if it.answers == found.line.id and it.date >= since and has_ended(it, snapshot.as_of)
    ]
    return max(every)[1] if every else None


def _in_words(name: str, decision: Decision) -> str:
    until = f", until {decision.until}" if decision.until else ""
    return f"{name}, decided on {decision.date}: {decision.verdict}{until}. {decision.why.rstrip('.')}."


def red_line_as_data(line: RedLine, snapshot: Snapshot) -> dict[str, Any]:
    """As machines read it; the state is None where it cannot be judged."""
    found = red_line(snapshot, line)
    if found is None:
        told = {"id": line.id, "metric": line.metric, "means": line.means, "line": line.sentence}
        return {**told, "state": None, "decision": None}
    decision = snapshot.book.decisions.get(found.answer or "")
    return {**found.as_data(), "decision": _decision_as_data(decision) if decision else None}


def _decision_as_data(decision: Decision) -> dict[str, Any]:
    told = {"date": decision.date, "verdict": decision.verdict}
    return {**told, "why": decision.why, "until": decision.until}
