"""Which file holds which record: the one table that reading, checking, schemas and the reference pages share."""

from __future__ import annotations

from dataclasses import dataclass

from salesops.records.deal import Deal
from salesops.records.member import Member
from salesops.records.playbook import Decision, Experiment, Hypothesis, Rates, Removed, Review, Targets, Team
from salesops.records.process import Process
from salesops.records.record import Record


@dataclass(frozen=True)
class Kind:
    """A kind of record: its name, its model, and the folder of its files or the one file that holds it."""

    name: str
    model: type[Record]
    where: str

    @property
    def is_single(self) -> bool:
        """True where one file holds it all, such as playbook/team.yaml."""
        return self.where.endswith(".yaml")

    @property
    def pattern(self) -> str:
        """The path of its files as the documentation writes it."""
        return (
            self.where
            if self.is_single
            else f"{self.where}/**/<id>.yaml"
            if self.name in ("deal", "member")
            else f"{self.where}/<id>.yaml"
        )


KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("team", Team, "playbook/team.yaml"),
        Kind("process", Process, "playbook/process"),
        Kind("member", Member, "members"),
        Kind("deal", Deal, "deals"),
        Kind("icp", Hypothesis, "playbook/icp"),
        Kind("experiment", Experiment, "playbook/experiments"),
        Kind("decision", Decision, "playbook/decisions"),
        Kind("review", Review, "playbook/reviews"),
        Kind("targets", Targets, "playbook/targets.yaml"),
        Kind("removed", Removed, "playbook/removed.yaml"),
        Kind("rates", Rates, "playbook/rates.yaml"),
    )
}
"""Every kind, in the order in which a reader meets them."""
