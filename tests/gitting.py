"""Real git for the tests: the same names, clock and settings everywhere, whatever the machine has."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CLEAN = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
    "GIT_AUTHOR_NAME": "Jim",
    "GIT_AUTHOR_EMAIL": "jim@example.org",
    "GIT_AUTHOR_DATE": "2026-11-01T12:00:00Z",
    "GIT_COMMITTER_NAME": "Jim",
    "GIT_COMMITTER_EMAIL": "jim@example.org",
    "GIT_COMMITTER_DATE": "2026-11-01T12:00:00Z",
}


def clean(**more: str) -> dict[str, str]:
    """An environment in which only the tests say what git does."""
    return {"PATH": os.environ["PATH"], "HOME": os.devnull, "LC_ALL": "C", **CLEAN, **more}


@dataclass(frozen=True)
class Git:
    """Git in a folder."""

    root: Path

    def __call__(self, *words: str, stdin: str | bytes = "", fails: bool = False, **env: str) -> str:
        """What git answers; it must succeed, unless it ``fails``."""
        ended = subprocess.run(
            ["git", "-c", "maintenance.auto=false", *words],
            cwd=self.root,
            env=clean(**env),
            input=stdin if isinstance(stdin, bytes) else stdin.encode(),
            capture_output=True,
            check=False,
        )
        assert (ended.returncode != 0) is fails, ended.stderr.decode()
        return ended.stdout.decode("utf-8", "surrogateescape").strip()

    def begin(self, *words: str) -> str:
        """A new repository on the branch main with everything that lies here; the id of its commit."""
        self("init", "-q", "-b", "main", "--template=", *words)
        return self.commit()

    def commit(self, message: str = "A change") -> str:
        """Everything as it lies here, as a commit; its id."""
        self("add", "-A")
        self("commit", "-q", "--allow-empty", "-m", message)
        return self._tip() or self("rev-parse", "HEAD")

    def branch(self, name: str = "change", start: str = "HEAD") -> None:
        """A new branch, checked out."""
        self("checkout", "-q", "-b", name, start)

    def _tip(self) -> str | None:
        """The id of the newest commit where it lies in a file of its own: git need not be asked for it."""
        name = _text(self.root / ".git/HEAD").removeprefix("ref: ")
        return (_text(self.root / ".git" / name) if "/" in name else name) or None


def _text(file: Path) -> str:
    return file.read_text(encoding="utf-8").strip() if file.is_file() else ""


def cloned(repo: Any, tmp_path: Path, monkeypatch: Any) -> Any:
    """Make a repository with its records a clone of a bare remote on this disk, where GitHub's program is not installed."""
    for name, value in CLEAN.items():
        monkeypatch.setenv(name, value)
    config = tmp_path / "gitconfig"
    config.write_text("[user]\nname = Jim\nemail = jim@example.org\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(config))
    bin_ = tmp_path / "bin"
    bin_.mkdir()
    for program in ("git", "sh", "cat", "env"):
        (bin_ / program).symlink_to(shutil.which(program) or program)
    monkeypatch.setenv("PATH", str(bin_))
    repo.write("README.md", "# Ours\n")
    git = Git(repo.root)
    git.begin()
    git("init", "-q", "--bare", "-b", "main", "../remote.git")
    git("remote", "add", "origin", "../remote.git")
    git("push", "-q", "-u", "origin", "main")
    git("config", "salesops.me", "jim")
    return repo
