"""Which file holds which record, and what is particular to each kind: adding a kind of record is adding one entry here."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import get_args

from salesops.records.corrections import Corrections
from salesops.records.deal import Deal
from salesops.records.knowledge import Knowledge
from salesops.records.learning import Decision, Experiment, Hypothesis, Review
from salesops.records.member import Member
from salesops.records.model_fields import lists_of
from salesops.records.outreach import Outreach
from salesops.records.prices import PriceList
from salesops.records.process import Process
from salesops.records.rates import Rates
from salesops.records.record import Entries, Record
from salesops.records.removals import RemovableKind, Removed
from salesops.records.targets import Targets
from salesops.records.team import Team


@dataclass(frozen=True)
class Kind:
    """A kind of record: its name, its model, and the folder of its files or the one file that holds it.

    ``title`` is what people call one where its id alone does not say it, ``speaks`` names the fields that say what a new
    one is about, ``turn`` is its place among the changes of a report.

    ``shapes`` names the keys by which one is known that lies somewhere else: any of these sets of them.
    ``past`` names the fields of an earlier record without which nobody can say whether the past was altered.
    ``is_checked_half_read`` where its records are checked as far as they can be read; a playbook that is half read would
    blame everybody else. ``has_own_name`` where its id is unlike that of any other such record, whatever their kinds, and
    its files may lie in folders of their own. ``names`` where it says how people, stages, members or
    deals are called, ``has_contacts`` where e-mail addresses and telephone numbers belong under its ``contacts``.
    """

    name: str
    model: type[Record]
    where: str
    turn: int
    title: str = ""
    speaks: tuple[str, ...] = ()
    past: tuple[str, ...] = ()
    is_checked_half_read: bool = False
    has_own_name: bool = False
    names: bool = False
    has_contacts: bool = False
    shapes: tuple[tuple[str, ...], ...] = ()

    @property
    def is_single(self) -> bool:
        """True where one file holds it all, such as playbook/team.yaml."""
        return self.where.endswith(".yaml")

    @property
    def leaves_signed(self) -> bool:
        """True where one that goes needs a line in playbook/removed.yaml: the kinds that such a line may name."""
        return self.name in get_args(RemovableKind)

    @property
    def folder(self) -> str:
        """The folder at the top of the repository that it is in."""
        return self.where.split("/", 1)[0]

    @property
    def pattern(self) -> str:
        """The path of its files as the documentation writes it."""
        if self.is_single:
            return self.where
        return f"{self.where}/**/<id>.yaml" if self.has_own_name else f"{self.where}/<id>.yaml"

    def holds(self, path: str) -> bool:
        """Whether a file at this path would be one of its records."""
        return path == self.where if self.is_single else path.startswith(f"{self.where}/") and path.endswith(".yaml")


MONEY_AND_MOVES = ("stages", "imported", "type", "contract", "win", "loss", "corrections", "waived")

KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("team", Team, "playbook/team.yaml", 4, "The team", names=True, shapes=(("organisation", "people"),)),
        Kind("process", Process, "playbook/process", 3, "Process", names=True, shapes=(("stages", "in_force"),)),
        Kind(
            "member",
            Member,
            "members",
            2,
            speaks=("kind", "country"),
            has_contacts=True,
            is_checked_half_read=True,
            has_own_name=True,
            names=True,
            shapes=(("name", "country"), ("name", "kind", "contacts")),
        ),
        Kind(
            "deal",
            Deal,
            "deals",
            1,
            past=MONEY_AND_MOVES,
            is_checked_half_read=True,
            has_own_name=True,
            names=True,
            shapes=(("stages", "member"),),
        ),
        Kind("icp", Hypothesis, "playbook/icp", 5, "ICP hypothesis", ("status", "claim"), shapes=(("claim", "since"),)),
        Kind(
            "experiment",
            Experiment,
            "playbook/experiments",
            6,
            "Experiment",
            ("status", "hypothesis"),
            shapes=(("hypothesis", "variants"),),
        ),
        Kind(
            "decision", Decision, "playbook/decisions", 7, "Decision", ("verdict", "why"), shapes=(("verdict", "why"),)
        ),
        Kind("review", Review, "playbook/reviews", 8, "Review of", ("notes",)),
        Kind("targets", Targets, "playbook/targets.yaml", 9, "Targets"),
        Kind("removed", Removed, "playbook/removed.yaml", 11, "Removed records"),
        Kind("rates", Rates, "playbook/rates.yaml", 10, "Exchange rates"),
        Kind(
            "prices",
            PriceList,
            "playbook/prices",
            13,
            "Price list",
            ("since",),
            shapes=(("since", "fees"), ("since", "usage")),
        ),
        Kind(
            "outreach",
            Outreach,
            "playbook/outreach",
            14,
            "Results of",
            ("message",),
            shapes=(("message", "results"),),
        ),
        Kind("corrections", Corrections, "playbook/corrections.yaml", 12, "Corrections"),
        Kind("knowledge", Knowledge, "playbook/knowledge.yaml", 15, "What we know"),
    )
}
"""Every kind, in the order in which a reader meets them."""


def own_named() -> tuple[str, ...]:
    """The kinds whose records go by their id alone, whatever their kind: `salesops history ID` needs no other word."""
    return tuple(kind.name for kind in KINDS.values() if kind.has_own_name)


def entries_of(name: str) -> Entries:
    """How the entries of a list are told apart, by the name of the list; nothing is known of a list of the team's own."""
    return _entries(tuple(KINDS)).get(name) or Entries()


@lru_cache(maxsize=2)
def _entries(kinds: tuple[str, ...]) -> dict[str, Entries]:
    return {name: entries for kind in kinds for name, entries in lists_of(KINDS[kind].model)}


def folders() -> tuple[str, ...]:
    """The folders at the top of a repository that hold records, in alphabetical order."""
    return tuple(sorted({kind.folder for kind in KINDS.values()}))


def kind_at_path(path: str) -> Kind | None:
    """The kind of record that a file holds, by its path in the repository; None where it holds none."""
    return next((kind for kind in KINDS.values() if kind.holds(path)), None)


def id_of(path: str) -> str:
    """The id of the record that a file would hold."""
    return path.rpartition("/")[2].removesuffix(".yaml")
