"""What must not be in a repository: secrets anywhere, and personal data outside of a member's contacts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from salesops.checks.check import EVERY, Case, Finding, Findings, check
from salesops.output import SECRET, may_hold_secret
from salesops.problems import Path, dotted
from salesops.records.kinds import KINDS
from salesops.records.record import Record

EMAIL = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+\.[A-Za-z0-9.-]*[A-Za-z]")
LIKELY = re.compile(r"@[A-Za-z0-9-]+\.|\+[0-9]")
"""A quick look that spares most records the thorough one."""
OFFICE = "team", ("sponsor", "email")
"""The address of an office, and nobody's own."""
PHONE = re.compile(r"\+[0-9][0-9 ()./-]{7,}[0-9]")
"""A telephone number in the international form."""


@check(
    "secret-in-record",
    of=EVERY,
    source="reference/records#secrets",
    bad="x: {token: ghp_0123456789abcdefghijABCDEFGHIJ012345}  # <--",
    good="x: {token: kept in the vault}",
)
def secret_in_record(case: Case[Record]) -> Findings:
    """A text looks like a password, a token or a private key.

    Everybody who can read the repository, or ever could, has it. Revoke it where it was issued, then delete it here:
    deleting it from the file does not delete it from the history.
    """
    if may_hold_secret(case.document.text):
        for path, text in texts(case.document.data):
            if SECRET.search(text):
                yield Finding(
                    path,
                    "this looks like a secret",
                    help="revoke it where it was issued, then delete it here; the history still has it",
                )


@check(
    "personal-data",
    of=EVERY,
    advice=True,
    source="reference/records#personal-data",
    bad="next: {action: Write to a.smith@cascadia.example, due: 2099-01-01}  # <--",
    good="next: {action: Write to a-smith, due: 2099-01-01}",
)
def personal_data(case: Case[Record]) -> Findings:
    """An e-mail address or a telephone number is outside of a member's contacts.

    Contacts are kept once, so that they can be corrected and erased in one place. Name the person by the contact's id.
    """
    if not LIKELY.search(case.document.text):
        return
    for path, text in texts(case.document.data):
        in_contacts = (KINDS[case.kind].has_contacts and path[:1] == ("contacts",)) or (case.kind, path) == OFFICE
        if not in_contacts and not _is_link(text) and _is_personal(text):
            yield Finding(
                path,
                f"{dotted(path)} has an e-mail address or a telephone number",
                help="keep it with the member's contacts, and name the person by id",
            )


def _is_personal(text: str) -> bool:
    return bool(("@" in text and EMAIL.search(text)) or ("+" in text and PHONE.search(text)))


def _is_link(text: str) -> bool:
    return text.startswith(("https://", "http://", "mailto:"))


def texts(value: Any, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """Every text of a record, with its path."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from texts(inner, (*path, key))
    elif isinstance(value, list):
        for at, inner in enumerate(value):
            yield from texts(inner, (*path, at))
