"""The wheel that a repository carries along: whole, the same wherever it is made, and tried by the doctor."""

from __future__ import annotations

import base64
import csv
import io
import subprocess
import sys
from hashlib import sha256
from importlib.metadata import PathDistribution, version
from pathlib import Path
from zipfile import ZipFile

import pytest

from salesops.setup import doctor as health
from salesops.setup import vendoring
from salesops.setup.vendoring import named, wheel

VERSION = version("salesops")
MADE = wheel()


@pytest.fixture(scope="module")
def archive() -> ZipFile:
    return ZipFile(io.BytesIO(MADE.data))


def test_it_holds_the_program_and_what_is_known_of_it(archive, home):
    notes = f"salesops-{VERSION}.dist-info"
    names = {path.relative_to(home).as_posix() for path in (home / "salesops").rglob("*") if path.is_file()}
    assert set(archive.namelist()) == {name for name in names if "__pycache__" not in name} | {
        f"{notes}/{name}" for name in ("METADATA", "WHEEL", "RECORD", "entry_points.txt", "licenses/LICENSE")
    }
    assert archive.read("salesops/cli/__init__.py") == (home / "salesops/cli/__init__.py").read_bytes()


def test_its_list_names_every_file_with_its_hash_and_size(archive):
    [record] = [name for name in archive.namelist() if name.endswith("/RECORD")]
    rows = {path: (hash, size) for path, hash, size in csv.reader(io.StringIO(archive.read(record).decode()))}
    assert rows.keys() == set(archive.namelist())
    assert rows.pop(record) == ("", "")
    for path, (hash, size) in rows.items():
        digest = base64.urlsafe_b64encode(sha256(archive.read(path)).digest()).decode().rstrip("=")
        assert (hash, size) == (f"sha256={digest}", str(len(archive.read(path)))), path


def test_it_is_the_same_file_every_time_and_tells_no_day(archive):
    assert wheel() == MADE
    assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_nothing_of_the_machine_that_made_it_is_in_it(archive, home):
    assert not [name for name in archive.namelist() if str(home).encode() in archive.read(name)]


@pytest.mark.proof
def test_what_is_installed_from_it_makes_it_again(tmp_path):
    file = tmp_path / Path(MADE.path).name
    file.write_bytes(MADE.data)
    pip = [sys.executable, "-I", "-m", "pip", "--isolated", "install", "--no-index", "--no-deps", "--quiet"]
    subprocess.run([*pip, "--target", tmp_path / "there", file], check=True, capture_output=True)
    program = f"import sys; sys.path.insert(0, {str(tmp_path / 'there')!r}); from salesops.setup import vendoring; print(vendoring.__file__); print(vendoring.wheel().requirement)"
    said = subprocess.run([sys.executable, "-I", "-c", program], capture_output=True, text=True, check=True).stdout
    where, requirement = said.splitlines()
    assert where.startswith(str(tmp_path))
    assert requirement == MADE.requirement
    assert PathDistribution(tmp_path / f"there/salesops-{VERSION}.dist-info").version == VERSION


# ── the doctor ────────────────────────────────────────────────────────────────────────────────────────────────────────

LOCK = "-r requirements.lock\n"


@pytest.fixture
def crm(repo):
    repo.write(MADE.path, MADE.data)
    repo.write("requirements.lock", "")
    repo.write("requirements.txt", f"{LOCK}{MADE.requirement}\n")
    return repo


def findings(repo) -> list[str]:
    """What the doctor says of the installation."""
    marks = ("vendor", "requirements", "salesops ")
    return [line for line in repo.run("doctor").out.splitlines() if line[4:].startswith(marks)]


def test_a_program_that_can_be_installed_is_well(crm):
    assert findings(crm) == [
        f"ok  salesops {VERSION} can be installed from vendor/; the packages of requirements.lock are downloaded, and were not tested"
    ]


def test_a_repository_without_requirements_is_not_asked_about_them(repo):
    assert findings(repo) == []


@pytest.mark.parametrize("data", [None, MADE.data + b"x", b"version https://git-lfs.example/spec/v1\n"])
def test_a_wheel_that_is_gone_or_is_another_one_is_named_with_the_way_out(crm, data):
    (crm.root / MADE.path).unlink()
    if data is not None:
        crm.write(MADE.path, data)
    [line] = findings(crm)
    assert line.startswith(
        f"fix {MADE.path} is missing, or is not the file that requirements.txt names: delete vendor/"
    )


def test_the_way_out_is_one(crm):
    (crm.root / MADE.path).write_bytes(b"x")
    for path in (MADE.path, "requirements.txt", "requirements.lock"):
        (crm.root / path).unlink()
    assert crm.run("init", ".").code == 0
    assert findings(crm)[0].startswith("ok  salesops")


def test_a_file_of_the_right_hash_that_is_no_wheel_cannot_be_installed(crm):
    crm.write(MADE.path, b"no archive")
    crm.write("requirements.txt", f"{LOCK}./{MADE.path} --hash=sha256:{sha256(b'no archive').hexdigest()}\n")
    [line] = findings(crm)
    assert line.startswith(f"fix salesops {VERSION} cannot be installed from vendor/: ERROR: ")


def test_another_version_than_the_one_that_runs_is_named(crm):
    newer = MADE.path.replace(VERSION, "9.9.9")
    crm.write(newer, MADE.data)
    crm.write("requirements.txt", f"{LOCK}{MADE.requirement.replace(VERSION, '9.9.9')}\n")
    assert findings(crm)[0].startswith(f"fix requirements.txt names salesops 9.9.9, and this is {VERSION}: pip install")


def test_what_the_program_needs_must_be_there_too(crm):
    (crm.root / "requirements.lock").unlink()
    assert findings(crm)[0].startswith("fix requirements.lock is missing")


@pytest.mark.parametrize(
    "line",
    ["salesops==0.1.0", "-e ../evil", "./vendor/../../salesops-0.1.0-py3-none-any.whl --hash=sha256:" + "0" * 64],
)
def test_nothing_but_the_named_wheel_is_ever_handed_to_pip(crm, line, monkeypatch):
    monkeypatch.setattr(vendoring.subprocess, "run", lambda *words, **more: pytest.fail("pip was called"))
    crm.write("requirements.txt", f"{LOCK}{line}\n")
    assert named((crm.root / "requirements.txt").read_text()) is None
    [look] = health._installation(crm.root)
    assert look.said == "requirements.txt does not name salesops by its hash"


@pytest.mark.parametrize("break_", [" ", " \\\n    "])
def test_a_program_from_a_package_index_is_not_tried_and_that_is_said(crm, break_):
    crm.write("requirements.txt", f"{LOCK}salesops=={VERSION}{break_}--hash=sha256:{'0' * 64}\n")
    assert findings(crm) == [
        "ok  requirements.txt takes salesops from a package index: that installation was not tested"
    ]


def test_without_pip_it_is_said_that_nothing_was_tried(crm, monkeypatch):
    monkeypatch.setattr(vendoring, "find_spec", lambda name: None)
    assert findings(crm) == [f"ok  {MADE.path} is intact; its installation was not tested: this environment has no pip"]


def test_pip_is_not_waited_for_for_ever(crm, monkeypatch):
    monkeypatch.setattr(vendoring, "PATIENCE", 0.01)
    assert "pip did not finish within 0.01 seconds" in findings(crm)[0]


def test_the_settings_of_a_person_change_nothing(crm):
    settings = {
        "PIP_INDEX_URL": "http://127.0.0.1:9/",
        "PIP_REQUIRE_VIRTUALENV": "1",
        "PIP_TARGET": str(crm.root / "t"),
    }
    assert "can be installed" in crm.run("doctor", **settings).out
    assert not (crm.root / "t").exists()
