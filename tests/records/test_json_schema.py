"""Editors: the YAML language server, given our schemas, says of a record's shape what `salesops check` says.

The server comes from npm (`npm install --prefix build/npm yaml-language-server`, which .ci/run does); without it these
tests are skipped.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from salesops.checks.check import GUILTY
from salesops.records.error_codes import REFUSALS
from salesops.records.json_schema import offered, schema_of
from salesops.records.kinds import KINDS
from salesops.records.validation import typed
from salesops.records.yaml_reader import read
from salesops.store.load import load

HOME = Path(__file__).parents[2]
SERVER = Path(os.environ.get("SALESOPS_YAML_SERVER", HOME / "build/npm/node_modules/.bin/yaml-language-server"))

pytestmark = [
    pytest.mark.proof,
    pytest.mark.skipif(
        not SERVER.exists() or shutil.which("node") is None,
        reason="no YAML language server: npm install --prefix build/npm yaml-language-server",
    ),
]

# What no schema can say: the checksum of a ROR id, and the names of all time zones.
BEYOND = {"not-a-ror-id", "not-a-time-zone"}
SHAPES = [
    refusal
    for refusal in REFUSALS.values()
    if refusal.bad
    and refusal.code not in BEYOND
    and (
        refusal.code.startswith("not-a")
        or refusal.code
        in {
            "field-missing",
            "unknown-key",
            "wrong-shape",
            "value-missing",
            "move-unreadable",
            "not-money",
            "not-true-or-false",
        }
    )
]


class Server:
    """A language server on a pipe, asked about one text at a time."""

    def __init__(self, folder: Path, words: dict[str, list[str]] | None = None) -> None:
        self.folder = folder
        self.words = words
        self.process = subprocess.Popen(
            [SERVER, "--stdio"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        self.settings = {
            "yaml": {
                "validate": True,
                "completion": True,
                "yamlVersion": "1.2",
                "schemaStore": {"enable": False},
                "schemas": self.schemas(),
            }
        }
        self.send(
            {
                "id": 1,
                "method": "initialize",
                "params": {
                    "processId": None,
                    "rootUri": folder.as_uri(),
                    "capabilities": {"workspace": {"configuration": False}},
                },
            }
        )
        self.until(lambda said: said.get("id") == 1)
        self.send({"method": "initialized", "params": {}})
        self.send({"method": "workspace/didChangeConfiguration", "params": {"settings": self.settings}})

        self.until(lambda said: said.get("method") == "workspace/configuration")

    def schemas(self) -> dict[str, str]:
        found = {}
        for kind in KINDS:
            file = self.folder / f"{kind}.json"
            file.write_text(json.dumps(schema_of(kind, words=self.words)), encoding="utf-8")
            found[file.as_uri()] = f"**/{kind}-*.yaml"
        return found

    def send(self, message: dict[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self.process.stdin
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        self.process.stdin.flush()

    def until(self, wanted: Any) -> dict[str, Any]:
        assert self.process.stdout
        while True:
            length = 0
            while line := self.process.stdout.readline().strip():
                if line.lower().startswith(b"content-length:"):
                    length = int(line.split(b":")[1])
            assert length, "the server went away"
            said = json.loads(self.process.stdout.read(length))
            if said.get("method") == "workspace/configuration":
                asked = [self.settings.get(item["section"], {}) for item in said["params"]["items"]]
                self.send({"id": said["id"], "result": asked})
            elif "id" in said and "method" in said:
                self.send({"id": said["id"], "result": None})
            if wanted(said):
                return said

    def completions(self, kind: str, name: str, text: str) -> list[str]:
        """What is offered at the end of a text."""
        uri = (self.folder / f"{kind}-{name}.yaml").as_uri()
        self.complaints(kind, name, text)
        lines = text.split("\n")
        place = {"line": len(lines) - 1, "character": len(lines[-1])}
        asked = {"textDocument": {"uri": uri}, "position": place}
        self.send({"id": 7, "method": "textDocument/completion", "params": asked})
        said = self.until(lambda said: said.get("id") == 7 and "method" not in said)["result"]
        return [item["label"] for item in (said["items"] if isinstance(said, dict) else said)]

    def complaints(self, kind: str, name: str, text: str) -> list[str]:
        uri = (self.folder / f"{kind}-{name}.yaml").as_uri()
        self.send(
            {
                "method": "textDocument/didOpen",
                "params": {"textDocument": {"uri": uri, "languageId": "yaml", "version": 1, "text": text}},
            }
        )
        said = self.until(
            lambda said: said.get("method") == "textDocument/publishDiagnostics" and said["params"]["uri"] == uri
        )
        return [found["message"] for found in said["params"]["diagnostics"]]


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    running = Server(tmp_path_factory.mktemp("editor"))
    yield running
    running.process.kill()
    running.process.wait()
    for pipe in (running.process.stdin, running.process.stdout):
        if pipe:
            pipe.close()


@pytest.mark.parametrize("refusal", SHAPES, ids=lambda refusal: refusal.code)
def test_an_editor_refuses_and_takes_the_shapes_that_check_refuses_and_takes(server, sound, instead, refusal):
    for name, fragment, is_fine in (("bad", refusal.bad, False), ("good", refusal.good, True)):
        base = sound[refusal.kind]
        text = instead(GUILTY.sub("", fragment), base)
        document, problems = read("x.yaml", text.encode())
        assert document is not None
        ours = [*problems, *typed(document, KINDS[refusal.kind].model)[1]]
        theirs = server.complaints(refusal.kind, f"{name}-{refusal.code}", text)
        assert (not ours) is is_fine
        assert (not theirs) is is_fine, theirs


def test_an_editor_takes_every_record_of_the_demonstration(server):
    wrong = {}
    for kind in KINDS.values():
        files = [HOME / kind.where] if kind.is_single else sorted((HOME / kind.where).rglob("*.yaml"))
        for file in files:
            if file.is_file() and (said := server.complaints(kind.name, file.stem, file.read_text(encoding="utf-8"))):
                wrong[str(file.relative_to(HOME))] = said
    assert wrong == {}


@pytest.fixture(scope="module")
def knowing(tmp_path_factory):
    """A server that knows this repository."""
    book = load(HOME)[0]
    ids = {kind: book.of(kind) for kind in ("member", "icp", "experiment")}
    running = Server(tmp_path_factory.mktemp("knowing"), offered(book.processes[-1], book.team, ids))
    yield running
    running.process.kill()
    running.process.wait()
    for pipe in (running.process.stdin, running.process.stdout):
        if pipe:
            pipe.close()


def test_an_editor_offers_the_team_the_members_and_the_process(knowing):
    book = load(HOME)[0]
    assert book.team
    assert set(book.team.people) <= set(knowing.completions("deal", "owner", "title: A\nowner: "))
    assert set(book.members) <= set(knowing.completions("deal", "member", "title: A\nmember: "))
    assert set(book.processes[-1].tiers) <= set(knowing.completions("deal", "tier", "title: A\ntier: "))
    stages = knowing.completions("deal", "stages", "title: A\nstages:\n  - enrichment: 2026-01-05\n  - ")
    assert set(book.processes[-1].stages) <= set(stages)
    assert set(book.of("icp")) <= set(knowing.completions("deal", "icp", "title: A\nicp:\n  hypothesis: "))


def test_an_editor_that_knows_the_repository_takes_a_name_that_is_new(knowing, sound):
    text = sound["deal"].replace("owner: jim", "owner: somebody-new")
    assert "somebody-new" in text
    assert knowing.complaints("deal", "new", text) == []
