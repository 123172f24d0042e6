"""Which deals a number is asked for: those of a type, an owner, a tier or a source."""

from __future__ import annotations

from dataclasses import dataclass

from salesops.records.deal import Deal

NO_SOURCE = "none"
"""How somebody asks for the deals that name no source."""


@dataclass(frozen=True)
class Narrowing:
    """What is asked for; None means every one. It is the predicate that a Snapshot takes as ``only``."""

    type: str | None = None
    owner: str | None = None
    tier: str | None = None
    source: str | None = None

    def __call__(self, deal: Deal) -> bool:
        """Whether a deal is among those asked for."""
        return (
            self.type in (None, deal.type, deal.type.removesuffix(" business"))
            and self.owner in (None, deal.owner)
            and self.tier in (None, deal.tier)
            and (self.source is None or self.source in sources(deal))
        )

    @property
    def given(self) -> dict[str, str]:
        """What is asked for, by name."""
        return {name: value for name, value in vars(self).items() if value is not None}

    @property
    def words(self) -> str:
        """``type new business, owner jim``; nothing where every deal is asked for."""
        return ", ".join(f"{name} {value}" for name, value in self.given.items())


def sources(deal: Deal) -> tuple[str, ...]:
    """The words by which the source of a deal can be asked for: its channel, its campaign, and the member that referred it."""
    source = deal.source
    named = (source.channel, source.campaign, source.referred_by) if source else ()
    return tuple(word for word in named if word) or (NO_SOURCE,)
