"""Messages: how many of those that arrived were opened, and answered (``reference/definitions#open-rates``)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from salesops.book.book import Cause, LeftOut, Snapshot
from salesops.book.visits import DealHistory
from salesops.metrics.metric import NEW_ONLY, metric
from salesops.metrics.readings import Row, Share
from salesops.metrics.statistics import wilson
from salesops.problems import Path
from salesops.records.deal import NEW, Activity
from salesops.records.outreach import Outreach

ON_FILE, ONE_BY_ONE = "results on file", "e-mails of deals"


@dataclass
class Tally:
    """What came of one version of a message, and whence that is known; ``is_told`` where somebody counted opens."""

    message: str
    whence: str
    sent: int = 0
    bounced: int = 0
    opened: int = 0
    replied: int = 0
    is_told: bool = False
    deals: list[str] = field(default_factory=list)

    @property
    def delivered(self) -> int:
        """How many arrived."""
        return self.sent - self.bounced

    @property
    def is_sound(self) -> bool:
        """Whether opens were counted, and no more of them than arrived."""
        return self.is_told and 0 <= self.opened <= self.delivered

    def add(self, deal: str, entry: Activity) -> None:
        """Name a deal, and count its e-mail where the results on file do not hold it anyway."""
        self.deals.append(deal)
        if self.whence == ON_FILE:
            return
        self.sent += 1
        self.bounced += bool(entry.bounced)
        self.opened += bool(entry.opened and not entry.bounced)
        self.replied += bool(entry.replied and not entry.bounced)
        self.is_told |= entry.opened is not None

    def row(self) -> Row:
        """The message in a table."""
        told, arrived = self.is_sound and self.delivered > 0, max(self.delivered, 0)
        return {
            "message": self.message,
            "known_from": self.whence,
            "sent": self.sent,
            "delivered": self.delivered,
            "opened": self.opened if self.is_told else None,
            "open_rate": self.opened / self.delivered if told else None,
            "interval": wilson(self.opened, self.delivered) if told else None,
            "replied": self.replied,
            "reply_rate": self.replied / arrived if 0 <= self.replied <= arrived and arrived else None,
        }


def _sends(snapshot: Snapshot, history: DealHistory) -> list[Path]:
    return [("activity", at) for at, entry in enumerate(history.written.activity) if _is_message(snapshot, entry)]


@metric(
    "email-open-rate",
    "Outreach email open rate",
    kind="share",
    source="Sales Operations Overview (2025), Key Metrics (Tracked Weekly); reference/definitions#open-rates",
    types=NEW_ONLY,
    lines=_sends,
    bears_red_lines=False,
)
def email_open_rate(snapshot: Snapshot) -> Share:
    """Of the e-mails of a message that were delivered, those sent less those that came back, the share that was opened.

    `by_message` has it for each version of a message, with the answers beside it. Where the results of a message are on file,
    they count, and the e-mails in its deals are not counted a second time; narrowed to some deals, only their own e-mails count. A message of which
    nobody counted the opens is in the table and not in the number. Mail programs that fetch pictures in advance make it too high,
    those that block them too low: answers are the better sign, and no red line may rest on it.
    """
    found = by_message(snapshot)
    counted = [each for each in found if each.is_sound]
    singles = [each for each in counted if each.whence == ONE_BY_ONE]
    return Share(
        hits=sum(each.opened for each in counted),
        out_of=sum(each.delivered for each in counted),
        tables={"by_message": [each.row() for each in found]},
        included=tuple(dict.fromkeys(deal for each in singles for deal in each.deals)),
        excluded=(*_not_counted(found), *snapshot.unusable),
    )


def by_message(snapshot: Snapshot) -> list[Tally]:
    """Every message that was sent by name: by the results on file where these can be told apart, else by the e-mails of deals."""
    records = snapshot.book.outreach.values() if snapshot.only is None else ()
    found = {record.message: _on_file(snapshot, record) for record in records if _has_begun(snapshot, record)}
    for history in snapshot.histories:
        for entry in history.deal.activity if history.type == NEW else ():
            if entry.template and _is_message(snapshot, entry):
                known = found.setdefault(entry.template, Tally(entry.template, ONE_BY_ONE))
                known.add(history.id, entry)
    return [found[message] for message in sorted(found)]


def _has_begun(snapshot: Snapshot, record: Outreach) -> bool:
    """Whether anything was counted by the day: until then the e-mails of deals are all that is known."""
    return any(each.date <= snapshot.as_of for each in record.results)


def _on_file(snapshot: Snapshot, record: Outreach) -> Tally:
    results = [each for each in record.results if each.date <= snapshot.as_of and snapshot.in_window(each.date)]
    sent, bounced, opened, replied = (
        sum(getattr(each, name) or 0 for each in results) for name in ("sent", "bounced", "opened", "replied")
    )
    is_told = any(each.opened is not None for each in results)
    return Tally(record.message, ON_FILE, sent, bounced, opened, replied, is_told)


def _is_message(snapshot: Snapshot, entry: Activity) -> bool:
    sent = entry.kind == "email" and entry.template is not None
    return sent and entry.date <= snapshot.as_of and snapshot.in_window(entry.date)


def _not_counted(found: Iterable[Tally]) -> list[LeftOut]:
    """The deals whose e-mails are in the results on file, and those of messages whose opens nobody counted."""
    left = {}
    for each in found:
        for deal in each.deals:
            if each.whence == ON_FILE:
                left[deal] = LeftOut(deal, f"{each.message} is counted by its results on file", Cause.ON_FILE)
            elif not each.is_sound:
                left.setdefault(deal, LeftOut(deal, f"nobody counted the opens of {each.message}", Cause.NOT_COUNTED))
    return list(left.values())
