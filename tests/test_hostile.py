"""Files made to deceive, to explode or to crash: each gets its verdict at its line, and none an exception."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from salesops.records.yaml_reader import read

MEMBER = "name: University X\nkind: university\ncountry: US\n"
BASE = """\
title: Acme renewal
member: uni-x
type: new business
tier: general
owner: jim
stages:
  - enrichment: 2026-01-05
value: {mrr: 1000.00 USD}
next: {action: Call, due: 2026-12-01}
"""


@pytest.fixture
def target(repo):
    """A repository with the member that the hostile deals name."""
    repo.write("members/uni-x.yaml", MEMBER)
    return repo


def lines_blamed(repo) -> list[int]:
    """The lines of errors in the hostile deal; whatever else is wrong fails the test."""
    found = [problem for problem in repo.problems() if problem.is_error]
    assert {problem.place.path for problem in found} <= {"deals/acme.yaml"}
    return [problem.place.line for problem in found]


# The collection, where there is one


def test_every_hostile_file_gets_its_verdict_on_its_line(target, hostile):
    wrong = []
    cases = json.loads((hostile / "index.json").read_text())
    assert len(cases) > 70
    for case in cases:
        target.write("deals/acme.yaml", (hostile / "cases" / f"{case['id']}.yaml").read_bytes())
        blamed = lines_blamed(target)
        refused = case["verdict"] == "REFUSE"
        if bool(blamed) != refused or (refused and case["line"] and case["line"] not in blamed):
            wrong.append((case["id"], case["verdict"], case["line"], blamed))
    assert wrong == []


@pytest.mark.parametrize("format", ["text", "github", "json"])
def test_every_hostile_file_is_printed_harmlessly(target, hostile, format):
    for file in sorted((hostile / "cases").iterdir()):
        target.write(f"deals/{file.name}", file.read_bytes())
    ran = target.run("check", "--format", format)
    assert ran.code == 1
    assert not set(ran.out) & {*map(chr, range(32)), "\x7f", "\x85", "\u202e", "\u2028"} - {"\n"}
    assert "##[" not in ran.out
    commands = [line for line in ran.out.splitlines() if line.lstrip().startswith("::")]
    assert all(format == "github" and line.startswith(("::error file=", "::warning file=")) for line in commands)


# What is too large to keep


BIG = {
    "deep brackets": "x: " + "[" * 25_000 + "]" * 25_000,
    "deep mappings": "x: " + "{a: " * 25_000 + "1" + "}" * 25_000,
    "deep lists": "x:\n  " + "- " * 25_000 + "a",
    "open brackets": "x: " + "[" * 250_000,
    "many keys": "x:\n" + "".join(f"  k{n}: 1\n" for n in range(200_000)),
    "many values": "x: [" + "a," * 100_000 + "]",
    "open quote": 'x: "' + "\n" * 250_000,
    "unknown keys": "".join(f"k{n}: 1\n" for n in range(15_000)),
    "bad moves": "renews: X\nreopened:\n" + "- {}\n" * 15_000,
    "comments": "x:\n" + "".join(f"  k{n}: 1 #1\n" for n in range(12_000)),
    "strangers": "activity:\n"
    + f"- {{date: 2026-01-20, kind: call, outcome: spoke, with: [{', '.join(f'q{n}' for n in range(15_000))}]}}",
    "aliases": "x: &a [b]\ny: [" + "*a," * 60_000 + "]",
    "merges": "x: &a {b: c}\n" + "".join(f"y{n}: {{<<: *a}}\n" for n in range(8_000)),
}
ALLOWED_SECONDS, ALLOWED_BYTES = 10, 1024 << 20


def limits() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (ALLOWED_SECONDS, ALLOWED_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (ALLOWED_BYTES, ALLOWED_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


@pytest.mark.skipif(os.name != "posix", reason="processes are limited by the rules of POSIX")
def test_no_file_takes_the_check_down_or_holds_it_up(target):
    """All of them at once, in one process that may take a few seconds and a gigabyte."""
    target.write(
        "members/uni-x.yaml", MEMBER + "contacts:\n" + "".join(f"- {{id: contact-{n}}}\n" for n in range(6_000))
    )
    for name, text in BIG.items():
        target.write(f"deals/{name.replace(' ', '-')}.yaml", (BASE + text + "\n").encode())
    command = [str(Path(sys.executable).parent / "salesops"), "check", "--as-of", "2026-11-20", "--format", "json"]
    ran = subprocess.run(
        command, cwd=target.root, capture_output=True, text=True, check=False, timeout=120, preexec_fn=limits
    )
    assert (ran.returncode, ran.stderr) == (1, "")
    refused = {found["path"] for found in json.loads(ran.stdout)["problems"] if found["severity"] == "error"}
    assert refused == {f"deals/{name.replace(' ', '-')}.yaml" for name in BIG if name != "comments"}


# Test suites of others, where there are any


def yaml_suite(data: Path) -> list[tuple[str, bytes, bool]]:
    """The cases of the YAML test suite: name, text, and whether it must be refused as YAML."""
    with tarfile.open(data / "yaml_and_strings/yaml-test-suite-data.tar.gz") as suite:
        names = set(suite.getnames())
        cases = [name.removesuffix("/in.yaml") for name in sorted(names) if name.endswith("/in.yaml")]
        return [(case, suite.extractfile(f"{case}/in.yaml").read(), f"{case}/error" in names) for case in cases]


# libyaml takes these six although the suite says that they are not YAML: comments without a blank before them, and
# quoted lines indented less than they should be. None of them reads otherwise than it looks.
LENIENT = {"9C9N", "DK95/01", "QB6E", "S98Z", "SU5Z", "X4QW"}


def test_every_file_of_the_yaml_suite_is_refused_as_a_deal(target, data):
    cases = yaml_suite(data)
    assert len(cases) == 402
    for number, (_, text, _) in enumerate(cases):
        target.write(f"deals/case-{number}.yaml", text)
    refused = {problem.place.path for problem in target.problems() if problem.is_error}
    assert refused == {f"deals/case-{number}.yaml" for number in range(402)}


def test_what_is_not_yaml_is_not_read_as_a_record(data):
    must_fail = {name.removeprefix("./"): text for name, text, fails in yaml_suite(data) if fails}
    assert len(must_fail) == 94
    assert {name for name, text in must_fail.items() if not read("deals/acme.yaml", text)[1]} <= LENIENT


@pytest.mark.proof
def test_every_naughty_string_is_a_title_or_a_problem(target, data):
    strings = json.loads((data / "yaml_and_strings/blns.json").read_text())
    assert len(strings) == 515
    for number, string in enumerate(strings):
        quoted = json.dumps(string, ensure_ascii=False).replace("\\/", "/")
        target.write(f"deals/bare-{number}.yaml", f"title: {string}\n".encode() + BASE.partition("\n")[2].encode())
        target.write(f"deals/quoted-{number}.yaml", f"title: {quoted}\n".encode() + BASE.partition("\n")[2].encode())
    book = target.book()
    refused = {problem.place.path for problem in target.problems() if problem.is_error}
    kept = [number for number in range(515) if f"deals/quoted-{number}.yaml" not in refused]
    assert len(kept) > 480
    assert [n for n in kept if book.deals[f"quoted-{n}"].title != strings[n]] == []
    for format in ("text", "github"):
        assert target.run("check", "--format", format).code == 1
