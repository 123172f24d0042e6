"""Small whole repositories for the tests: a sound one, into which a test writes the few lines that it is about."""

from __future__ import annotations

import gc
import os
import re
import subprocess
import sys
import sysconfig
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from pathlib import Path
from textwrap import dedent
from typing import Any
from unittest import mock

import pytest
from hypothesis import HealthCheck, settings
from jinja2 import FileSystemLoader
from running import Ran, run, spawn
from sharing import made_once

from salesops.book.book import Book
from salesops.checks import check_book
from salesops.metrics.metric import METRICS, Metric
from salesops.problems import Problem, in_order
from salesops.store import load as reader
from salesops.store.load import load

HOME = Path(__file__).parents[1]
TODAY = date(2026, 11, 20)

# The same examples on every run, so that a red build can be repeated; `--hypothesis-profile=wide` looks for new ones.
_always = {"deadline": None, "database": None, "suppress_health_check": [HealthCheck.function_scoped_fixture]}
settings.register_profile("steady", derandomize=True, **_always)
settings.register_profile("wide", max_examples=5_000, **_always)
settings.load_profile("steady")

TEAM = """\
organisation: Test
time_zone: UTC
currency: USD
people:
  jim: {name: Jim, roles: [business development lead]}
  april: {name: April, roles: [delivery manager]}
"""

MEMBER = """\
name: Cascadia University
kind: university
country: US
contacts:
  - {id: a-smith, role: Director of Research Computing}
"""

WON_DEAL = """\
title: General Membership
member: cascadia-university
type: new business
tier: general
owner: jim
stages:
  - enrichment: 2025-01-06
  - outreach: 2025-01-13
  - discovery: 2025-01-20
  - proposal: 2025-02-10
  - closed won: 2025-03-10
maniac_t:
  money: {status: met, date: 2025-01-08, note: In the budget}
  authority: {status: met, date: 2025-01-20, note: The dean signs, contacts: [a-smith]}
  need: {status: met, date: 2025-01-08, note: Their server died}
  impending_event: {status: met, date: 2025-01-20, note: A course starts}
  application: {status: met, date: 2025-01-20, note: Standard images}
  competition: {status: met, date: 2025-01-20, note: None known}
  timeline: {status: met, date: 2025-01-20, note: Six weeks}
icp: {hypothesis: teaching-led, version: 1, fit: true}
discovery: {jobs: [Teach 300 students], requirements: [Single sign-on]}
activity:
  - {date: 2025-01-15, kind: call, outcome: spoke}
  - {date: 2025-01-27, kind: meeting, about: discovery, status: held, with: [a-smith]}
proposal: {requested: 2025-02-03, presented: 2025-02-10, admin_informed: 2025-02-04}
contract: {signed: 2025-03-10, start: 2025-04-01, end: 2026-12-31, mrr: 1000 USD, entity: Sponsor, agreement: "https://docs.example/a"}
win: {learning: The course decided, signals: [course]}
order: {configurator: "https://hub.example/c", created: 2025-03-12, delivery_owner: april, operational: 2025-04-07}
"""

OPEN_DEAL = """\
title: General Membership
member: cascadia-university
type: new business
tier: general
owner: jim
stages:
  - enrichment: 2026-01-05
value: {mrr: 1250 USD}
next: {action: Call the dean, due: 2099-01-01}
maniac_t:
  need: {status: met, date: 2026-01-05, note: Their server died}
  money: {status: met, date: 2026-01-05, note: In the budget}
icp: {hypothesis: teaching-led, version: 1, fit: true}
"""

# Without its limits on days: a sound deal may be of any age, and tests of stalls bring a process of their own.
PROCESS = re.sub(
    r"(?m)^ +(stale_after|idle_after): .*\n", "", (HOME / "playbook/process/v3.yaml").read_text(encoding="utf-8")
)

SOUND = {
    "playbook/team.yaml": TEAM,
    "playbook/process/v3.yaml": PROCESS,
    "playbook/icp/teaching-led.yaml": "claim: They buy.\nversion: 1\nsince: 2025-01-01\nstatus: testing\n",
    "playbook/experiments/subject-lines.yaml": "hypothesis: Names help.\nvariants: [plain, named]\nowner: jim\nstatus: running\n",
    "members/cascadia-university.yaml": MEMBER,
    "deals/cascadia-2025.yaml": WON_DEAL,
}


def instead(fragment: str, sound: str) -> str:
    """The fragment, then every top-level key of a sound record that it does not give itself."""
    fragment = dedent(fragment).lstrip("\n")
    fragment += "" if fragment.endswith("\n") or not fragment else "\n"
    own = {_key(block) for block in _blocks(fragment)}
    return fragment + "".join(block for block in _blocks(sound) if _key(block) not in own)


def _blocks(text: str) -> list[str]:
    return [block for block in re.split(r"(?m)^(?=[^\s#])", text) if block.strip()]


def _key(block: str) -> str:
    return block.split(":", 1)[0].strip()


@dataclass(frozen=True)
class Repository:
    """A CRM repository on disk; it starts sound, without a single finding."""

    root: Path

    def write(self, path: str, text: str | bytes) -> Path:
        """A file with these bytes, or this text without its common indent."""
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text if isinstance(text, bytes) else dedent(text).encode())
        return file

    def deal(self, fragment: str = "", id: str = "acme") -> Path:
        """A sound open deal with the keys of ``fragment`` in place of its own."""
        return self.write(f"deals/{id}.yaml", instead(fragment, OPEN_DEAL))

    def member(self, fragment: str = "", id: str = "cascadia-university") -> Path:
        """A sound member with the keys of ``fragment`` in place of its own."""
        return self.write(f"members/{id}.yaml", instead(fragment, MEMBER))

    def not_handed_off(self) -> None:
        """The won deal loses its hand-off to delivery."""
        file = self.root / "deals/cascadia-2025.yaml"
        lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
        file.write_text("".join(line for line in lines if not line.startswith("order:")), encoding="utf-8")

    def process(self, fragment: str, id: str = "v3") -> Path:
        """The process version 3 with the keys of ``fragment`` in place of its own."""
        return self.write(f"playbook/process/{id}.yaml", instead(fragment, SOUND["playbook/process/v3.yaml"]))

    def book(self) -> Book:
        """All records, joined."""
        return load(self.root)[0]

    def problems(self, day: date | str = TODAY) -> list[Problem]:
        """Everything that `salesops check` finds on a day, in its order."""
        book, problems = load(self.root)
        return in_order([*problems, *check_book(book, date.fromisoformat(str(day)))])

    def said(self, day: date | str = TODAY) -> list[str]:
        """The findings as ``deals/acme.yaml:7 stage-skipped``."""
        return [f"{found.place.path}:{found.place.line} {found.code}" for found in self.problems(day)]

    def run(self, *words: str, **env: str) -> Ran:
        """The command line, in this process; the day is fixed unless a test says otherwise."""
        return run(self.root, *words, **env)

    def spawn(self, *words: str, **more: Any) -> subprocess.CompletedProcess[str]:
        """The installed command, in a process of its own."""
        return spawn(self.root, *words, **more)


LONGEST: list[str] = (
    "test_no_later_fact imports/csv/test_maven cli/test_known site/pages/test_proof_access metrics/test_random_portfolios "
    "site/pages/test_forms cli/test_site site/pages/test_in_the_browser store/test_git_histories "
    "metrics/test_contracts site/pages/test_every_page site/pages/test_broken_records cli/test_a_day "
    "metrics/test_every_metric site/pages/test_hostile_text site/pages/test_proof_reading "
    "imports/hubspot/test_hostile_exports imports/hubspot/test_hubspot_import site/pages/test_from_the_disk "
    "setup/test_upgrading setup/test_workflows site/test_public site/test_build site/pages/test_facets "
    "test_demonstration imports/csv/test_hostile_tables site/pages/test_charts site/pages/test_proof_modes "
    "cli/test_move cli/test_log cli/test_edit cli/test_init cli/test_time_travel cli/test_propose changes/test_report "
    "imports/hubspot/test_newer_exports cli/test_today_go checks/test_checks cli/test_handoff cli/test_way_back "
    "imports/airtable/test_airtable site/pages/test_lanes cli/test_mkdocs_plugin store/test_kept_site "
    "cli/test_tampering cli/test_first_commands site/pages/test_daily_tasks setup/test_processes "
    "imports/hubspot/test_hubspot_shapes imports/test_newer_tables site/pages/test_menu "
).split()
"""The files that take longest, or whose proofs do: they are begun first, so that all processes end together."""


@cache
def _turn(path: Path) -> int:
    file = path.relative_to(HOME / "tests").with_suffix("").as_posix()
    return LONGEST.index(file) if file in LONGEST else len(LONGEST)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """Nothing that is collected is ever thrown away: Python need not look through it, neither now nor during the tests."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()
        gc.freeze()


def pytest_xdist_auto_num_workers() -> int:
    """One more than there are processors: a good part of the tests wait for a browser, a terminal or git."""
    return (os.cpu_count() or 1) + 1


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Begin with what takes longest, leave the rest of a long row to the proofs, and what takes minutes to whoever asks for it."""
    items.sort(key=lambda item: _turn(item.path))
    tried: Counter[str] = Counter()
    for item in items:
        name = item.nodeid.partition("[")[0]
        if (row := item.get_closest_marker("samples")) and tried[name] >= row.args[0]:
            item.add_marker(pytest.mark.proof)
        tried[name] += 1
    is_asked = "long" in (config.option.markexpr or "")
    for item in items:
        if item.get_closest_marker("long"):
            item.add_marker(pytest.mark.timeout(0))
            if not is_asked:
                item.add_marker(pytest.mark.skip(reason="takes minutes; run it with -m long"))


@pytest.fixture
def repo(tmp_path: Path) -> Repository:
    """A sound repository: a team, the process, one member, one won deal, one hypothesis, one experiment."""
    repository = Repository(tmp_path / "crm")
    for path, text in SOUND.items():
        repository.write(path, text.encode())
    return repository


@pytest.fixture(scope="session")
def starting() -> dict[str, str]:
    """The files of the sound repository that every test starts with, by path."""
    return dict(SOUND)


@pytest.fixture(scope="session")
def sound() -> dict[str, str]:
    """The text of a sound record of each kind that the repository starts with; the deal is an open one."""
    return {
        "deal": OPEN_DEAL,
        "member": MEMBER,
        "team": TEAM,
        "process": SOUND["playbook/process/v3.yaml"],
        "icp": SOUND["playbook/icp/teaching-led.yaml"],
        "experiment": SOUND["playbook/experiments/subject-lines.yaml"],
    }


@pytest.fixture(scope="session", name="instead")
def _instead() -> Callable[[str, str], str]:
    """``instead(fragment, sound)``: the sound record with the keys of a fragment in place of its own."""
    return instead


@pytest.fixture(scope="session")
def hostile() -> Path:
    """The collection of hostile files, where SALESOPS_HOSTILE says or beside the project."""
    return _collection("SALESOPS_HOSTILE", "hostile")


@pytest.fixture(scope="session")
def data() -> Path:
    """The collection of public data, where SALESOPS_DATA says or beside the project."""
    return _collection("SALESOPS_DATA", "data")


def _collection(variable: str, name: str) -> Path:
    folder = Path(os.environ.get(variable) or HOME.parent / "shared" / name)
    if not folder.is_dir():
        pytest.skip(f"there is no {folder}; {variable} may say where the collection is")
    return folder


@pytest.fixture(scope="session")
def home() -> Path:
    """The folder of this project."""
    return HOME


@pytest.fixture(autouse=True)
def _quiet_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the shell or the CI of the person who runs the tests has set changes nothing."""
    for name in ("GITHUB_ACTIONS", "NO_COLOR", "FORCE_COLOR", "SALESOPS_AS_OF", "SALESOPS_FORMAT", "SALESOPS_DEBUG"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="session")
def demo_history(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eighteen months of the demonstration as a git history, as `make demo` writes it; all tests share it, so only look."""
    command = [sys.executable, str(HOME / "tests/demonstration.py")]
    return made_once(
        tmp_path_factory, "demo", lambda root: subprocess.run([*command, str(root)], capture_output=True, check=True)
    )


@pytest.fixture(scope="session")
def demo(demo_history: Path) -> Repository:
    """The demonstration with its history; all tests share it, so only look."""
    return Repository(demo_history)


@pytest.fixture(scope="session", autouse=True)
def _themes_listed_once() -> Iterator[None]:
    """The thousands of files of the installed themes are listed once in a process, not with every site that is built.

    Of the icons, which lie in a folder with a dot, MkDocs takes none: they are left out before it looks at each.
    """
    installed = sysconfig.get_path("purelib")
    listed = FileSystemLoader.list_templates
    known = cache(lambda at: [name for name in listed(FileSystemLoader(at)) if not name.startswith(".")])

    def once(self: FileSystemLoader) -> list[str]:
        found = (known(at) if at.startswith(installed) else listed(FileSystemLoader(at)) for at in self.searchpath)
        return sorted(set().union(*found))

    with mock.patch.object(FileSystemLoader, "list_templates", once):
        yield


@pytest.fixture(scope="session", autouse=True)
def _same_bytes_read_once() -> Iterator[None]:
    """What a file says follows from its name and its bytes alone: the process of the sound repository is not read for every test anew."""
    with mock.patch.object(reader, "read_file", lru_cache(maxsize=2_000)(reader.read_file)):
        yield


@pytest.fixture
def planned(monkeypatch):
    """The id of a metric that is defined, and that nothing measures yet."""
    idea = Metric("ideas", "Ideas", "share", "Sales Sync, WHY", "new business", "How many ideas were good.")
    monkeypatch.setitem(METRICS, idea.id, idea)
    return idea.id
