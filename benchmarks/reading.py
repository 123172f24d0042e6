"""Read every version of every record of a repository and count them: ``reading.py parsed|ours|git|pydriller REPO``.

``parsed`` is read and understood by salesops, ``ours`` what it does before it understands anything, ``git`` the two git commands alone, ``pydriller`` a
library that reads a history commit by commit.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

FOLDERS = ("deals", "members", "playbook")


def ours(root: Path) -> int:
    """The product's own listing and reading."""
    from salesops.records.yaml_reader import MAX_BYTES
    from salesops.store.git import contents, log

    ids = [
        touched.after.id
        for commit in log(root, "--first-parent", "HEAD")
        for touched in commit.touched
        if touched.after
    ]
    return sum(1 for _ in contents(root, ids, MAX_BYTES))


def parsed(root: Path) -> int:
    """Every version as salesops knows it, before it is told in sentences."""
    from salesops.store.record_histories import file_histories

    return sum(len(life.versions) for life in file_histories(root, "UTC"))


def git(root: Path) -> int:
    """The same two commands, their answers thrown away as soon as they are there."""
    command = ["git", "log", "--raw", "--no-abbrev", "--no-renames", "--format=", "HEAD", "--", *FOLDERS]
    listed = subprocess.run(command, cwd=root, check=True, capture_output=True).stdout
    ids = {line.split()[3] for line in listed.splitlines() if line.split()[3].strip(b"0")}
    read = ["git", "cat-file", "--batch", "--buffer"]
    subprocess.run(read, cwd=root, check=True, capture_output=True, input=b"\n".join(ids) + b"\n")
    return len(ids)


def pydriller(root: Path) -> int:
    """A library that hands out every changed file of every commit."""
    from pydriller import Repository

    return sum(
        len(file.content or b"") >= 0
        for commit in Repository(str(root)).traverse_commits()
        for file in commit.modified_files
    )


if __name__ == "__main__":
    print({"parsed": parsed, "ours": ours, "git": git, "pydriller": pydriller}[sys.argv[1]](Path(sys.argv[2])))
