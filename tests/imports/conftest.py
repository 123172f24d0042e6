"""A small table, a mapping for it, and a repository that imports it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from textwrap import dedent

import pytest

from salesops.imports.sources import SOURCES

MAP = """\
currency: USD
deal:
  folder: deals/2026
  id: {column: id}
  title: {column: product}
  member: {column: account}
  type: new business
  tier: general
  owner: {column: rep}
  stages:
    - {stage: enrichment, day: opened, when: {column: stage, is: [Open, Talking, Lost]}}
    - {stage: outreach, day: called, when: {column: stage, is: [Talking]}}
    - {stage: closed lost, day: closed, when: {column: stage, is: Lost}}
  fields:
    value.one_off: {column: amount}
    loss.learning: {column: note}
members:
  fields: {kind: university, country: CA}
"""

HEAD = "id,product,account,rep,stage,opened,called,closed,amount,note\n"
ROWS = """\
A-1,General,Cascadia University,Jim,Open,2026-01-05,,,1250,
A-2,General,Rainy Coast College,jim,Talking,2026-01-05,2026-01-12,,,
A-3,General,Rainy Coast College,Jim,Lost,2026-01-05,,2026-02-02,900.50,Too small
"""


def ended(ran, code, updates):
    """What a command said as data; one that is to change records ends with 1 where it asks what they are to say."""
    assert ran.code in (0, 1, code), ran.out + ran.err
    found = json.loads(ran.out)
    asks = any(entry["asked"] for entry in (*found.get("kept", ()), *found.get("updated", ())))
    assert ran.code == (code or int(updates and asks)), ran.out + ran.err
    return found


@dataclass(frozen=True)
class Desk:
    """A repository, a table and a mapping; what a test gives replaces them."""

    repo: object
    head: str = HEAD
    map: str = MAP

    def run(self, *options, rows=ROWS, head=HEAD, map=MAP, table=None, code=0, called="map"):
        """Import the table with a mapping that is called so, and what the command said as data."""
        self.repo.write("../table.csv", table if table is not None else (head + rows).encode())
        self.repo.write(f"../{called}.yaml", dedent(map).encode())
        ran = self.repo.run("import", "csv", "../table.csv", "--map", f"../{called}.yaml", "--format", "json", *options)
        return ended(ran, code, "--update" in options)

    def text(self, *options, rows=ROWS, head=HEAD, map=MAP, code=0):
        """Import the table, and what the command said to people."""
        self.repo.write("../table.csv", (head + rows).encode())
        self.repo.write("../map.yaml", dedent(map).encode())
        ran = self.repo.run("import", "csv", "../table.csv", "--map", "../map.yaml", *options)
        assert ran.code == code, ran.out + ran.err
        return ran.out

    def holds(self, path):
        """The text of a file of the repository."""
        return (self.repo.root / path).read_text(encoding="utf-8")

    def files(self):
        """Every file of the repository and its bytes."""
        root = self.repo.root
        return {str(path.relative_to(root)): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}

    def records(self):
        """The same without what imports remember."""
        return {path: raw for path, raw in self.files().items() if not path.startswith("imports/")}

    def forget(self):
        """Take away what imports remember."""
        for path in (self.repo.root / "imports").glob("*.last.json"):
            path.unlink()


@pytest.fixture
def desk(repo):
    """A repository whose team is Jim and April and whose only member is Cascadia University."""
    return Desk(repo)


@dataclass(frozen=True)
class Brought:
    """A repository and the file of a program whose mapping is ready; ``answers`` are what a person says to its questions."""

    repo: object
    source: str
    name: str

    def detect(self, raw, code=0):
        """The ready-made mapping for the file."""
        self.repo.write(f"../{self.name}", raw)
        ran = self.repo.run("import", self.source, f"../{self.name}", "--detect")
        assert ran.code == code, ran.out + ran.err
        return ran.out

    def run(self, raw, *options, code=0, answers=None, map=None):
        """Import the file with the ready-made mapping, answered, or with one's own; what was said as data."""
        self.repo.write(f"../{self.name}", raw)
        if answers is not None:
            map = answered(self.detect(raw), answers)
        if map is not None:
            self.repo.write("../ready.yaml", map.encode())
            options = ("--map", "../ready.yaml", *options)
        ran = self.repo.run("import", self.source, f"../{self.name}", "--format", "json", *options)
        return ended(ran, code, "--update" in options or SOURCES[self.source].adds)

    holds = Desk.holds
    files = Desk.files
    records = Desk.records
    forget = Desk.forget


def answered(mapping, answers):
    """A mapping with the answers of a person in place of its question marks."""
    for key, words in answers.items():
        mapping = re.sub(
            rf"(?m)^( *(?:- )?{re.escape(key)}:) \?.*$", lambda found, to=words: f"{found[1]} {to}", mapping
        )
    return mapping


@pytest.fixture
def brought(repo):
    """``brought("github", "issues.json")``: such a file beside the repository."""
    return lambda source, name: Brought(repo, source, name)
