"""What ``salesops new`` does: each kind of record has its own questions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from salesops.cli.actions import new_deal, new_member, new_playbook

BEGINS: dict[str, Callable[..., int]] = {
    "deal": new_deal.run,
    "member": new_member.run,
    "experiment": new_playbook.experiment,
    "decision": new_playbook.decision,
}


def run(folder: str, kind: str, about: str | None, /, **options: Any) -> int:
    """Begin a record of a kind; 1 where it is refused."""
    return BEGINS[kind](folder, about, **options)
