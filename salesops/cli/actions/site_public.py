"""What ``salesops site --public`` does: build the public site from what the team's allow-list names, or say why there is none."""

from __future__ import annotations

import os
from pathlib import Path

from mkdocs.exceptions import MkDocsException

from salesops.book.book import Snapshot
from salesops.cli.options import Usage
from salesops.cli.printing import note, say
from salesops.output import counted, show
from salesops.records.as_written import GAP
from salesops.records.public import SECRET, Public
from salesops.site.build import NoPlace
from salesops.site.own_pages import CannotBuild
from salesops.site.public.build import build_public
from salesops.site.public.view import public_view

KEY = "SALESOPS_PUBLIC_KEY"
"""The variable that holds the secret behind pseudonyms, where the records hold none."""


def publish(root: Path, snapshot: Snapshot, target: Path, *, strict: bool) -> int:
    """Build the public site; 1 where the team does not say what may show, or it cannot be built."""
    allowed = snapshot.book.team.public if snapshot.book.team else None
    if allowed is None:
        _ask_for_an_allow_list()
        return 1
    facts = public_view(snapshot, allowed, _key())
    _say_who_has_no_pseudonym(allowed)
    try:
        count = build_public(root, facts, allowed.pages, target, strict=strict)
    except NoPlace as fault:
        raise Usage(show(fault)) from None
    except (CannotBuild, MkDocsException) as fault:
        note(f"salesops: the public site is not built: {show(str(fault).strip() or 'see above')}")
        return 1
    say(f"{counted(count, 'public page')} as of {snapshot.as_of}: open {show(target / 'index.html')}")
    return 0


def _key() -> str:
    """The secret behind pseudonyms; nothing where there is none."""
    found = os.environ.get(KEY, "")
    if found and len(found) < SECRET:
        raise Usage(f"{KEY} has fewer than {SECRET} characters and could be guessed: openssl rand -hex 16 prints a key")
    return found


def _ask_for_an_allow_list() -> None:
    note(
        "salesops: the public site is not built: playbook/team.yaml does not say what may show. Everything is private until it does; add"
    )
    note(f"\npublic:\n  title: {GAP}\n")
    note("with the title in place of the mark, then what may show: salesops explain team.public lists the rest.")


def _say_who_has_no_pseudonym(allowed: Public) -> None:
    """Name the members that are counted only, because nothing secret stands behind a pseudonym of theirs."""
    bare = [each.member for each in allowed.members if each.as_ == "pseudonym" and not each.token]
    if bare and not _key():
        note(f"salesops: without a token or {KEY} there is no pseudonym for {', '.join(bare)}: counted only")
