"""Where the host of a repository shows a commit, and lets a file be edited: each kind of host has its own addresses."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote, urlencode, urlsplit


@dataclass(frozen=True)
class Host:
    """A kind of host: what comes between the address of a repository and a branch, or a commit.

    ``add`` where a new file can be begun by an address that says its name and text.
    """

    edit: str
    commit: str
    after: str = ""
    add: str = ""


GITHUB = Host("edit", "commit", add="new")
GITLAB = Host("-/edit", "-/commit")
GITEA = Host("_edit", "commit")
BITBUCKET = Host("src", "commits", "?mode=edit")
NAMED = {
    "github": GITHUB,
    "gitlab": GITLAB,
    "gitea": GITEA,
    "forgejo": GITEA,
    "codeberg": GITEA,
    "bitbucket": BITBUCKET,
}
"""A host by a word of its name."""


def edit_address(repository: str, branch: str, path: str) -> str:
    """Where a file of a repository is edited in the browser."""
    host = host_of(repository)
    return f"{_home(repository)}/{host.edit}/{quote(branch)}/{quote(path)}{host.after}"


def new_file_address(repository: str, branch: str, path: str, text: str) -> str | None:
    """Where a new file is begun in the browser with its name and text; None on a host where no address can say them."""
    begun = new_file_page(repository, branch)
    return begun and f"{begun}?{urlencode({'filename': path, 'value': text}, quote_via=quote)}"


def commit_address(repository: str, commit: str) -> str:
    """Where a commit of a repository is read in the browser."""
    return f"{_home(repository)}/{host_of(repository).commit}/{commit}"


def issue_address(repository: str) -> str | None:
    """Where a new issue is written in the browser, by its title and body; None on a host that takes no change from an issue."""
    return f"{_home(repository)}/issues/new" if host_of(repository) is GITHUB else None


def new_file_page(repository: str, branch: str) -> str | None:
    """Where a new file is written in the browser, by its name and text; None on a host of which we know no such page."""
    host = host_of(repository)
    return f"{_home(repository)}/{host.add}/{quote(branch)}" if host.add else None


def host_of(repository: str) -> Host:
    """The kind of host by a word of its name; else by the shape of the address: only GitLab has folders of repositories."""
    address = urlsplit(_home(repository))
    words = (address.hostname or "").replace("-", ".").split(".")
    named = next((NAMED[word] for word in words if word in NAMED), None)
    return named or (GITLAB if len(address.path.strip("/").split("/")) > 2 else GITHUB)


def _home(repository: str) -> str:
    """The address of a repository's first page."""
    return repository.rstrip("/").removesuffix(".git")


def web_address(remote: str) -> str | None:
    """The first page of a repository by the address that git has for it, without any name or key in it; None where it has none."""
    short = re.fullmatch(r"(?:[^@/:\s]+@)?([^/:\s]+\.[^/:\s]+):(?!//)(.+)", remote)
    address = urlsplit(f"ssh://{short[1]}/{short[2]}" if short else remote)
    if address.scheme not in ("https", "http", "ssh", "git") or not address.hostname or not address.path.strip("/"):
        return None
    port = f":{address.port}" if address.port and address.scheme in ("https", "http") else ""
    scheme = "http" if address.scheme == "http" else "https"
    return _home(f"{scheme}://{address.hostname}{port}/{address.path.strip('/')}")


def compare_address(repository: str, target: str, branch: str) -> str:
    """Where a branch is proposed for another one."""
    host, home = host_of(repository), _home(repository)
    if host is GITLAB:
        names = {"merge_request[source_branch]": branch, "merge_request[target_branch]": target}
        return f"{home}/-/merge_requests/new?{urlencode(names)}"
    if host is BITBUCKET:
        return f"{home}/pull-requests/new?{urlencode({'source': branch, 'dest': target})}"
    more = "?expand=1" if host is GITHUB else ""
    return f"{home}/compare/{quote(target)}...{quote(branch)}{more}"
