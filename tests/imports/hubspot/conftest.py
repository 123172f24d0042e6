"""A fresh repository, an export of HubSpot, and a person who answers the questions of its mapping."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date

import pytest

from salesops.checks import check_book
from salesops.problems import errors
from salesops.setup.new_repository import files
from salesops.store.load import load

TODAY = date(2026, 11, 20)
ANSWERS = {"currency": "USD", "tier": "general", "about": "other", "status": "held", "otherwise": "held"}
STAGES = {"Contract Sent": "proposal", "Appointment Scheduled": "enrichment"}


@dataclass(frozen=True)
class HubspotDesk:
    """A repository as ``init`` makes it, whose team is Jim and April, with a folder of exports beside it."""

    repo: object

    def give(self, **files):
        """Files of an export, as deals="…"."""
        for name, text in files.items():
            path = f"../exports/{name.replace('_json', '.json') if name.endswith('_json') else f'{name}.csv'}"
            self.repo.write(path, text if isinstance(text, bytes) else text.encode())

    def run(self, *words, code=None):
        """The command, and what it said as data."""
        ran = self.repo.run("import", "hubspot", *words, "--format", "json")
        assert "Traceback" not in ran.err, ran.err
        if code is not None:
            assert ran.code == code, ran.out + ran.err
        return json.loads(ran.out)

    def look(self, *names, code=None):
        """Look at files of the export."""
        return self.run(*(f"../exports/{name if '.' in name else f'{name}.csv'}" for name in names), code=code)

    def text(self, *words):
        """What it says to people."""
        return self.repo.run("import", "hubspot", *words).out

    def go(self, code=None):
        """Write."""
        return self.run("--go", code=code)

    def answer(self, **more):
        """Answer every question of the mapping: usual words, and ``more`` by the key or the word of a stage."""
        stages = {key.replace("_", " "): word for key, word in more.items()}
        stages |= {key: word for key, word in STAGES.items() if key not in stages}
        lines = self.mapping.split("\n")
        for at, line in enumerate(lines):
            key, sign, hint = line.partition(": ?")
            if not sign or key.lstrip().startswith("#"):
                continue
            key = key.strip().removeprefix("- ")
            of_stage = next(
                (stages[word] for word in stages if f"what {word} is" in hint or f"what {word} of " in hint), None
            )
            answer = (of_stage or more.get("stage")) if key == "stage" else (more | {}).get(key, ANSWERS.get(key))
            if answer:
                lines[at] = line.replace("?", str(answer), 1)
        self.repo.write("imports/hubspot.yaml", "\n".join(lines).encode())

    def bring(self, *names, **answers):
        """Look, answer and write."""
        self.look(*names)
        self.answer(**answers)
        return self.go()

    @property
    def mapping(self):
        """The text of the mapping."""
        return self.holds("imports/hubspot.yaml")

    def change_mapping(self, old, new):
        assert old in self.mapping, self.mapping
        self.repo.write("imports/hubspot.yaml", self.mapping.replace(old, new, 1).encode())

    def holds(self, path):
        """The text of a file of the repository."""
        return (self.repo.root / path).read_text(encoding="utf-8")

    def change(self, path, old, new):
        """Another text in a file, as a person writes it."""
        assert old in self.holds(path), self.holds(path)
        self.repo.write(path, self.holds(path).replace(old, new, 1).encode())

    def files(self):
        """Every file of the repository and its bytes, but for what git and the journal keep."""
        root = self.repo.root
        found = (path for path in sorted(root.rglob("*")) if path.is_file())
        return {str(path.relative_to(root)): path.read_bytes() for path in found if ".salesops" not in path.parts}

    def errors(self):
        """What the check says is wrong."""
        book, problems = load(self.repo.root)
        return [(each.place.path, each.code) for each in [*problems, *errors(check_book(book, TODAY))]]

    def site_is_built(self):
        ran = self.repo.run("site", "-o", str(self.repo.root.parent / "html"))
        return (ran.code, ran.err) if ran.code else (0, "")

    def book(self):
        return load(self.repo.root)[0]


@pytest.fixture
def hub(repo):
    """A fresh repository: Jim and April, the process of ``init``, no records."""
    for path in sorted(repo.root.rglob("*.yaml")):
        path.unlink()
    for path, data in files(TODAY):
        if not path.startswith(("deals/", "members/")) or path.endswith("README.md"):
            repo.write(
                path,
                data.replace(b"sam", b"jim")
                .replace(b"Sam Example", b"Jim")
                .replace(b"kim", b"april")
                .replace(b"Kim Example", b"April"),
            )
    return HubspotDesk(repo)
