"""A second process takes half of the work and changes nothing of what comes out."""

from __future__ import annotations

import gc
import os
import threading
import time
from datetime import date
from functools import partial

import pytest

from salesops.checks import check_book
from salesops.cli import gate as the_gate
from salesops.cli.gate import checked
from salesops.problems import CannotDecide
from salesops.store import parallel
from salesops.store.parallel import can_split, elsewhere, from_both_ends

TODAY = date(2026, 11, 20)


@pytest.fixture
def many(repo, monkeypatch):
    """A repository in which every third deal has something to say, and two processes to say it."""
    monkeypatch.setattr(the_gate, "CHECK_FROM", 20)
    monkeypatch.setattr(the_gate, "can_split", lambda: True)
    for number in range(60):
        repo.deal(
            ["stages: [enrichmnet: 2026-01-05]", "owner: nobody", "tier: gold\nnext: null"][number % 3], f"d{number:02}"
        )
    repo.member("contacts: [{id: a-smith}, {id: a-smith}]")
    return repo


def test_two_processes_find_what_one_finds(many, monkeypatch):
    forks = []
    monkeypatch.setattr(the_gate, "elsewhere", lambda work: forks.append(1) or elsewhere(work))
    book = many.book()
    found = checked(book, TODAY)
    assert found == check_book(book, TODAY)
    assert len(found) > 40
    assert any(problem.edit for problem in found)
    assert forks == [1]


def test_a_few_deals_are_checked_alone(repo, monkeypatch):
    monkeypatch.setattr(the_gate, "elsewhere", lambda work: pytest.fail("a second process costs more than it brings"))
    assert checked(repo.book(), TODAY) == []


def test_a_second_process_that_dies_is_never_taken_for_no_findings(many, monkeypatch):
    mine = os.getpid()
    monkeypatch.setattr(the_gate, "_as_plain", lambda problem: problem if os.getpid() == mine else os._exit(9))
    with pytest.raises(CannotDecide, match="the second process was stopped"):
        checked(many.book(), TODAY)


def test_a_program_with_threads_does_not_split():
    gate = threading.Event()
    thread = threading.Thread(target=gate.wait)
    thread.start()
    try:
        assert not can_split()
    finally:
        gate.set()
        thread.join()


def test_many_record_pages_are_written_by_two_and_are_the_same_bytes(repo, home, tmp_path, monkeypatch):
    from salesops.site import build as site
    from salesops.site.build import Site, build

    repo.write(
        "mkdocs.yml", (home / "mkdocs.yml").read_text(encoding="utf-8").split("nav:")[0] + "not_in_nav: /records/\n"
    )
    (repo.root / "site").mkdir(exist_ok=True)
    for number in range(12):
        repo.deal("", f"d{number:02}")
    pages = {}
    for name, least in (("alone", 10_000), ("together", 5)):
        monkeypatch.setattr(site, "SPLIT_FROM", least)
        monkeypatch.setattr(parallel, "can_split", lambda: True)
        build(Site(repo.root, repo.book().on(TODAY)), tmp_path / name)
        files = (file for file in sorted((tmp_path / name).rglob("*")) if file.is_file())
        pages[name] = {file.relative_to(tmp_path / name): file.read_bytes() for file in files}
    assert pages["alone"] == pages["together"]
    assert len(pages["alone"]) > 60


@pytest.fixture
def notes(tmp_path, monkeypatch):
    """Parts that each write down which process carried them out, and what they wrote."""
    monkeypatch.setattr(parallel, "can_split", lambda: True)

    def part(number, after=None):
        while after is not None and not (tmp_path / f"{after:03}").exists():
            time.sleep(0.001)
        (tmp_path / f"{number:03}").write_text(str(os.getpid()))

    def written():
        return [file.read_text() for file in sorted(tmp_path.iterdir())]

    return part, written


def test_two_processes_carry_out_every_part_once_from_both_ends(notes):
    part, written = notes
    frozen = gc.get_freeze_count()
    parts = [partial(part, 0, after=199), *(partial(part, number) for number in range(1, 200))]
    from_both_ends(parts, at_all=True)
    whose = [int(process) for process in written()]
    assert len(whose) == 200
    assert len(set(whose)) == 2
    assert (whose[0], whose[-1] == os.getpid()) == (os.getpid(), False)
    assert whose == sorted(whose, key=lambda process: process != os.getpid()), "they meet once"
    assert gc.get_freeze_count() == frozen, "the collector of the caller goes on as before"


def test_what_a_part_raises_there_is_said_and_ends_the_work_here(notes):
    mine = os.getpid()

    def full():
        if os.getpid() != mine:
            raise OSError(28, "No space left on device")
        time.sleep(0.05)

    with pytest.raises(CannotDecide, match=r"the second process was stopped: .*No space left on device"):
        from_both_ends([full] * 100, at_all=True)


@pytest.mark.parametrize("fault", [KeyboardInterrupt, ValueError])
def test_what_a_part_raises_here_is_raised_as_it_is(notes, fault):
    mine = os.getpid()

    def stopped():
        if os.getpid() == mine:
            raise fault
        time.sleep(0.01)

    with pytest.raises(fault):
        from_both_ends([stopped] * 100, at_all=True)


def test_where_no_process_can_be_started_the_work_is_done_alone(notes, monkeypatch):
    part, written = notes
    monkeypatch.setattr(os, "fork", lambda: (_ for _ in ()).throw(BlockingIOError(11, "no more processes")))
    before = len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else None
    from_both_ends([partial(part, number) for number in range(20)], at_all=True)
    assert written() == [str(os.getpid())] * 20
    if before is not None:
        assert len(os.listdir("/proc/self/fd")) == before
