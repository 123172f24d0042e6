"""The ICP hypotheses: an index, and a page for each with what it predicts against what was measured, and its conditions against wins and losses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from markupsafe import Markup

from salesops.book.book import Snapshot
from salesops.changes.timeline import GitHistory
from salesops.metrics import Reading
from salesops.metrics.icp_fit import FAILS, HOLDS, Foretold, ScoredFit, as_bound, fits, foretold, hypotheses
from salesops.metrics.readings import Share
from salesops.metrics.wording import detail, headline
from salesops.records.learning import Evidence, Hypothesis
from salesops.records.member import Health, Member
from salesops.site.pages.columns import Column, Columns
from salesops.site.pages.deals_named import folded, links, of_attempts
from salesops.site.pages.page import Here, Page, page
from salesops.site.pages.renewals import seen, users_of
from salesops.site.pages.words import NOTHING, counted, day, id_in_words, unbroken

STATUS_LOOKS = {"testing": "quiet", "supported": "good", "rejected": "bad", "replaced": "quiet"}
VERDICT_LOOKS = {HOLDS: "good", FAILS: "bad"}


class HypothesisRow(NamedTuple):
    """A hypothesis, what it foretold, and its conditions against the closed deals, the newest version first."""

    id: str
    record: Hypothesis
    foretold: Foretold | None
    fits: list[ScoredFit]


class ForetoldRow(NamedTuple):
    """One side of a prediction: the attempts that were judged to fit, or all others."""

    name: str
    share: Share


def share_cell(share: Share) -> Markup:
    """A share with what stands beside it."""
    return Markup("{}<br><small>{}</small>").format(unbroken(headline(share)), unbroken(detail(share)))


def _link(row: HypothesisRow, here: Here) -> Markup:
    return Markup("{}<br><small>{}</small>").format(here.playbook_link("icp", row.id), row.record.claim)


def _foretold(row: HypothesisRow, here: Here) -> Markup | str:
    if row.foretold is None:
        return NOTHING
    chip = here.chip(VERDICT_LOOKS.get(row.foretold.verdict, "quiet"), row.foretold.verdict)
    words = (
        f"{row.foretold.title}: {as_bound(row.foretold.prediction.at_least)}, measured {headline(row.foretold.fits)}"
    )
    return Markup("{}<br><small>{}</small>").format(chip, unbroken(words))


def _current(row: HypothesisRow, name: str) -> Markup | str:
    found = next((each for each in row.fits if each.is_current), None)
    return share_cell(getattr(found, name)) if found else NOTHING


def _newest(row: HypothesisRow) -> Markup:
    return day(max((it.date for it in row.record.evidence), default=None))


HYPOTHESES: Columns[HypothesisRow] = (
    Column("Hypothesis", _link, header=True, words=True),
    Column("Status", lambda row, here: here.chip(STATUS_LOOKS[row.record.status], row.record.status)),
    Column("Foretold", _foretold, words=True),
    Column("Won, of those that fit", lambda row, _: _current(row, "precision"), words=True),
    Column("Fit, of those won", lambda row, _: _current(row, "recall"), words=True),
    Column("Last evidence", lambda row, _: _newest(row)),
)
FORETOLD: Columns[ForetoldRow] = (
    Column("Attempts", lambda row, _: row.name, header=True),
    Column("Measured", lambda row, _: unbroken(headline(row.share)), right=True),
    Column("How sure", lambda row, _: unbroken(detail(row.share)), words=True),
    Column("Counted", lambda row, here: folded(row.share.included, here)),
)
VERSIONS: Columns[ScoredFit] = (
    Column("Version", lambda row, _: f"{row.hypothesis.version}{' (now)' if row.is_current else ''}", header=True),
    Column("Won, of those that fit", lambda row, _: share_cell(row.precision), words=True),
    Column("Fit, of those won", lambda row, _: share_cell(row.recall), words=True),
    Column("Won without fitting", lambda row, here: of_attempts(row.missed, here), words=True),
    Column("Lost although they fit", lambda row, here: of_attempts(row.taken_in, here), words=True),
)


def age_of(evidence: Evidence, here: Here) -> str:
    """``41 days ago``."""
    return f"{counted((here.as_of - evidence.date).days, 'day')} ago"


EVIDENCE: Columns[Evidence] = (
    Column("Seen on", lambda row, _: day(row.date), header=True),
    Column("Age", age_of),
    Column("What was seen", lambda row, _: row.note, words=True),
    Column("Deals", lambda row, here: links(row.deals, here), words=True),
)


class DeliveryRow(NamedTuple):
    """A member that was won under a hypothesis, by the deal, and what delivery sees of it."""

    deal: str
    member: Member

    @property
    def last(self) -> Health:
        """The last look."""
        return self.member.judged[-1]


DELIVERY: Columns[DeliveryRow] = (
    Column("Member", lambda row, here: here.deal_link(row.deal, row.member.name), header=True),
    Column("Health when delivery last looked", lambda row, here: seen(row.last, here)),
    Column("Active users (change)", lambda row, _: users_of(row.member), right=True),
    Column("What delivery saw", lambda row, _: row.last.note or NOTHING, words=True),
)


def delivery(snapshot: Snapshot, hypothesis: str) -> list[DeliveryRow]:
    """The members that were won under a hypothesis and at which delivery has looked, each once, by its latest deal."""
    found = {}
    for history in snapshot.won:
        member = snapshot.book.members.get(history.deal.member)
        if member and member.judged and history.deal.icp and history.deal.icp.hypothesis == hypothesis:
            found[history.deal.member] = DeliveryRow(history.id, member)
    return sorted(found.values(), key=lambda row: row.member.name)


def pages(snapshot: Snapshot, readings: Mapping[str, Reading | None], past: GitHistory) -> Iterator[Page]:
    """Every hypothesis by name, and a page of each."""
    scored = fits(snapshot, past.beliefs.earlier)
    rows = [
        HypothesisRow(name, record, foretold(snapshot, name, record), scored[name])
        for name, record in hypotheses(snapshot)
    ]
    yield page("hypotheses", "ICP hypotheses", "hypotheses", snapshot, rows=rows, columns=HYPOTHESES)
    for row in rows:
        yield page(
            f"hypotheses/{row.id}",
            id_in_words(row.id),
            "hypothesis",
            snapshot,
            branch=past.branch,
            search=[row.id, row.record.claim],
            row=row,
            looks=STATUS_LOOKS,
            foretold=_sides(row),
            foretold_columns=FORETOLD,
            bound=as_bound(row.foretold.prediction.at_least) if row.foretold else "",
            version_columns=VERSIONS,
            evidence=sorted(row.record.evidence, key=lambda it: it.date, reverse=True),
            evidence_columns=EVIDENCE,
            delivery=delivery(snapshot, row.id),
            delivery_columns=DELIVERY,
        )


def _sides(row: HypothesisRow) -> list[ForetoldRow]:
    if row.foretold is None:
        return []
    return [ForetoldRow("Judged to fit", row.foretold.fits), ForetoldRow("All others", row.foretold.others)]
