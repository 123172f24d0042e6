"""Issues in the repository of delivery, opened by GitHub's own program ``gh``: each exactly once, found again by a mark in its text."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote, urlsplit

from salesops.problems import CannotDecide
from salesops.store.sending import run_program

OURS = frozenset({"OWNER", "MEMBER", "COLLABORATOR"})
"""Whose issues are taken for ours: a stranger may write a mark, too."""
_EACH = (
    '.[] | select(.pull_request | not) | {url: .html_url, body, who: .author_association, bot: (.user.type == "Bot")}'
)
LONG = 120
"""How much of a hub's name stands in its mark; what is longer is told apart by a checksum."""
_MARK = re.compile(r"<!-- salesops (?P<key>[a-z0-9-]+/[^<>\s]{1,200}) -->")
_URL = re.compile(r"https://[^\s]+/issues/\d+")


def key_of(deal: str, hub: str, *, ends: bool) -> str:
    """The key of the issue by which a hub is set up, or switched off: no two hubs share one, and none of it ends the mark."""
    name = quote(hub, safe="")
    short = name if len(name) <= LONG else f"{name[:LONG]}~{sha256(hub.encode()).hexdigest()[:16]}"
    return f"{deal}/{'off/' if ends else ''}{short}"


def mark(key: str) -> str:
    """The mark by which an issue is found again: nobody sees it on the page of the issue."""
    return f"<!-- salesops {key} -->"


def repository_of(address: str) -> str:
    """The address of a repository without what may stand behind its name."""
    return address.rstrip("/").removesuffix(".git")


def with_mark(body: str, key: str) -> str:
    """The text of an issue with its mark."""
    return f"{body}\n\n{mark(key)}\n"


@dataclass(frozen=True)
class DeliveryIssues:
    """The issues of a repository, as ``gh`` reaches it; ``address`` is that of the repository in the browser."""

    folder: Path
    address: str

    @property
    def name(self) -> str:
        """What ``gh`` calls the repository: OWNER/NAME, with the host before it where it is not GitHub's."""
        return self._path if self._host == "github.com" else f"{self._host}/{self._path}"

    @property
    def _host(self) -> str:
        return urlsplit(self.address).hostname or ""

    @property
    def _path(self) -> str:
        path = urlsplit(repository_of(self.address)).path.strip("/")
        if path.count("/") != 1 or not re.fullmatch(r"[\w.-]+/[\w.-]+", path, re.ASCII):
            raise CannotDecide(f"{self.address} is not the address of a repository on GitHub")
        return path

    def there(self) -> dict[str, str]:
        """The addresses of the issues that people of the repository opened from here, by their keys; raises CannotDecide where they cannot be read."""
        where = () if self._host == "github.com" else (f"--hostname={self._host}",)
        every = f"repos/{self._path}/issues?state=all&per_page=100"
        said = self._gh("api", "--paginate", f"--jq={_EACH}", *where, every)
        try:
            issues = [json.loads(line) for line in said.splitlines() if line.strip()]
            found = [(str(it["url"]), str(it["body"] or "")) for it in issues if it["bot"] or it["who"] in OURS]
        except (ValueError, TypeError, KeyError):
            raise CannotDecide("gh api answered with something that is no list of issues") from None
        marked = ((match["key"], url) for url, body in found for match in _MARK.finditer(body))
        return dict(sorted(marked, key=lambda pair: _number(pair[1]), reverse=True))

    def open(self, key: str, title: str, body: str, labels: Sequence[str]) -> str:
        """Open an issue and say its address; raises CannotDecide where GitHub refuses."""
        wanted = (f"--title={title}", f"--body={with_mark(body, key)}", *(f"--label={label}" for label in labels))
        said = self._gh("issue", "create", *wanted, f"--repo={self.name}")
        address = [match[0] for line in said.splitlines() if (match := _URL.fullmatch(line.strip()))]
        if not address:
            raise CannotDecide(
                "gh issue create did not say the address of the issue; the next try looks whether it is there"
            )
        return address[-1]

    def _gh(self, *words: str) -> str:
        program = shutil.which("gh")
        if program is None:
            raise CannotDecide("gh, GitHub's own program, is not installed: the bodies can be printed with --dry-run")
        answer = run_program(self.folder, [program, *words])
        if answer.code:
            last = (answer.said.strip().splitlines() or ["no reason was given"])[-1]
            raise CannotDecide(f"gh {words[0]} {words[1]} in {self.name}: {last}")
        return answer.out


def _number(address: str) -> int:
    number = address.rpartition("/")[2]
    return int(number) if number.isdecimal() else 0
