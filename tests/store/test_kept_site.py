"""A site that was built stands until something changes that it is made of; whatever cannot be told counts as changed."""

from __future__ import annotations

import json
import os
import sys
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from gitting import CLEAN, Git

from salesops.store import kept_site as module
from salesops.store.kept_site import KeptSite, inputs_of, keep, kept_site

ZONE = "Europe/Oslo"
ASKED = {"as_of": None, "strict": False}


@pytest.fixture
def crm(repo, monkeypatch):
    """A repository under git, with a site that is noted as built."""
    for name, value in CLEAN.items():
        monkeypatch.setenv(name, value)
    repo.write("mkdocs.yml", "site_name: Ours\n")
    repo.write("site/how.md", "# How\n")
    repo.write("build/html/index.html", "<h1>Today</h1>")
    repo.write("build/html/deals/acme.html", "<h1>Acme</h1>")
    Git(repo.root).begin()
    assert note(repo)
    assert stands(repo)
    return repo


def out(repo):
    return repo.root / "build/html"


def note(repo) -> bool:
    """Note the site as built now, and say whether that can be."""
    inputs = inputs_of(repo.root, out(repo), ASKED)
    if inputs:
        today = datetime.now(ZoneInfo(ZONE)).date()
        keep(repo.root, out(repo), inputs, ASKED, day=date(2026, 11, 20), today=today, zone=ZONE, pages=2)
    return inputs is not None


def stands(repo, **asked) -> KeptSite | None:
    """The site, where it is still what a build would write."""
    return kept_site(repo.root, out(repo), inputs_of(repo.root, out(repo), ASKED | asked))


def note_of(repo):
    return repo.root / ".git/salesops/site.json"


def test_it_stands_as_long_as_nothing_changes(crm):
    kept = stands(crm)
    assert (kept.day, kept.pages, kept.out) == ("2026-11-20", 2, str(out(crm)))


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("deals/cascadia-2025.yaml", "title: Another\n"),
        ("deals/new.yaml", "title: New\n"),
        ("members/cascadia-university.yaml", ""),
        ("playbook/team.yaml", "zone: Europe/Paris\n"),
        ("site/how.md", "# Why\n"),
        ("site/pictures/dean.svg", "<svg/>"),
        ("mkdocs.yml", "site_name: Theirs\n"),
        (".gitattributes", "*.yaml text\n"),
        ("ignored/by/nobody.txt", "words"),
        ("site/build/how.md", "# How\n"),
        ("site/__pycache__/how.md", "# How\n"),
        ("deals/.old/acme.yaml", "title: Old\n"),
        ("build/html/index.html", "<h1>By hand</h1>"),
        ("build/html/more.html", "<h1>By hand</h1>"),
    ],
)
def test_a_file_that_changes_ends_it(crm, path, content):
    crm.write(path, content)
    assert not stands(crm)


def test_the_same_words_under_another_name_end_it(crm):
    (crm.root / "site/how.md").rename(crm.root / "site/why.md")
    assert not stands(crm)


def test_a_file_written_again_with_the_same_words_does_not(crm):
    crm.write("deals/cascadia-2025.yaml", (crm.root / "deals/cascadia-2025.yaml").read_bytes())
    assert stands(crm)


def test_words_that_change_behind_the_clock_of_the_file_end_it(crm):
    deal = crm.root / "deals/cascadia-2025.yaml"
    state, text = deal.stat(), deal.read_text(encoding="utf-8")
    deal.write_text(text.replace("Membership", "Mempership"), encoding="utf-8")
    os.utime(deal, ns=(state.st_atime_ns, state.st_mtime_ns))
    assert not stands(crm)


@pytest.mark.parametrize("gone", ["deals/cascadia-2025.yaml", "site/how.md", "build/html/deals/acme.html"])
def test_a_file_that_goes_ends_it(crm, gone):
    (crm.root / gone).unlink()
    assert not stands(crm)


@pytest.mark.parametrize("name", ["Deals", "deals/acme.yaml", "build/html/deals/old"])
def test_an_empty_folder_that_comes_ends_it(crm, name):
    (crm.root / name).mkdir()
    assert not stands(crm)


def test_what_was_written_while_it_was_built_and_taken_back_later_is_on_nobodys_site(crm):
    note_of(crm).unlink()
    page, words = crm.root / "site/how.md", (crm.root / "site/how.md").read_bytes()
    inputs = inputs_of(crm.root, out(crm), ASKED)
    page.write_bytes(b"# Why\n")
    today = datetime.now(ZoneInfo(ZONE)).date()
    keep(crm.root, out(crm), inputs, ASKED, day=today, today=today, zone=ZONE, pages=2)
    page.write_bytes(words)
    assert not stands(crm)


def test_the_site_is_no_part_of_what_it_is_made_of_however_its_folder_is_named(crm, tmp_path):
    (tmp_path / "led").symlink_to(crm.root)
    crm.write("web/index.html", "<h1>Today</h1>")
    for web in (crm.root / "web", crm.root / "deals/../web", tmp_path / "led/web"):
        before = inputs_of(crm.root, web, ASKED)
        crm.write("web/index.html", f"<h1>{web}</h1>")
        assert inputs_of(crm.root, web, ASKED) == before


def test_a_folder_of_another_name_is_another_site(crm, tmp_path):
    assert not kept_site(crm.root, tmp_path / "elsewhere", inputs_of(crm.root, tmp_path / "elsewhere", ASKED))


@pytest.mark.parametrize(
    "words",
    [
        ("commit", "-q", "--allow-empty", "-m", "Nothing"),
        ("checkout", "-q", "-b", "other"),
        ("checkout", "-q", "--detach"),
        ("config", "remote.origin.url", "https://host.example/ours"),
        ("tag", "v1"),
    ],
)
def test_what_git_knows_ends_it(crm, words):
    Git(crm.root)(*words)
    assert not stands(crm)


def test_a_history_that_was_cut_ends_it(crm):
    (crm.root / ".git/shallow").write_text(Git(crm.root)("rev-parse", "HEAD") + "\n")
    assert not stands(crm)


@pytest.mark.parametrize(
    ("name", "value"),
    [("SOURCE_DATE_EPOCH", "1"), ("SALESOPS_PUBLIC_KEY", "x"), ("GIT_DIR", "x"), ("LANG", "x"), ("TZ", "Asia/Tokyo")],
)
def test_what_the_shell_says_ends_it(crm, monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    assert not stands(crm)


def test_what_has_no_say_does_not(crm, monkeypatch):
    monkeypatch.setenv("TERM", "another")
    crm.write(".mkdocs-cache/x", "words")
    crm.write("build/other/x", "words")
    assert stands(crm)


@pytest.mark.parametrize("asked", [{"as_of": "2026-11-20"}, {"strict": True}])
def test_another_question_has_another_answer(crm, asked):
    assert not stands(crm, **asked)


def test_the_next_day_ends_it(crm):
    told = json.loads(note_of(crm).read_text())
    note_of(crm).write_text(json.dumps(told | {"today": "2026-11-19"}))
    assert not stands(crm)


def test_another_program_ends_it(crm, tmp_path, monkeypatch):
    package = tmp_path / "salesops"
    (package / "store").mkdir(parents=True)
    (package / "book.py").write_text("ONE = 1\n")
    monkeypatch.setattr(module, "PACKAGE", package)
    assert not stands(crm)
    note(crm)
    assert stands(crm)
    (package / "book.py").write_text("ONE = 2\n")
    assert not stands(crm)


def test_another_library_ends_it(crm, tmp_path, monkeypatch):
    (tmp_path / "site-packages/mkdocs-1.6.dist-info").mkdir(parents=True)
    monkeypatch.setattr(sys, "path", [*sys.path, str(tmp_path / "site-packages")])
    assert not stands(crm)
    note(crm)
    assert stands(crm)
    (tmp_path / "site-packages/mkdocs-1.6.dist-info").rename(tmp_path / "site-packages/mkdocs-1.7.dist-info")
    assert not stands(crm)


def test_python_that_compiles_a_library_does_not(crm, tmp_path, monkeypatch):
    (tmp_path / "site-packages/mkdocs").mkdir(parents=True)
    monkeypatch.setattr(sys, "path", [*sys.path, str(tmp_path / "site-packages")])
    note(crm)
    (tmp_path / "site-packages/mkdocs/__pycache__").mkdir()
    assert stands(crm)


def test_a_large_file_that_is_written_again_ends_it(crm):
    film = crm.root / "film.mp4"
    film.write_bytes(bytes(module.LARGE + 1))
    note(crm)
    assert stands(crm)
    state = film.stat()
    film.write_bytes(b"x" + bytes(module.LARGE))
    os.utime(film, ns=(state.st_atime_ns, state.st_mtime_ns))
    assert not stands(crm)


@pytest.mark.parametrize("told", ["INHERIT: ../ours.yml\n", "site_name: !ENV NAME\n", "x: !!python/name:os.name\n"])
def test_a_configuration_that_leads_elsewhere_is_never_kept(crm, told):
    crm.write("mkdocs.yml", told)
    assert not note(crm)


def test_what_is_no_plain_file_ends_it_where_it_comes_and_where_it_goes(crm):
    for put in (os.mkfifo, lambda path: path.symlink_to("how.md"), lambda path: path.symlink_to("what.md")):
        put(crm.root / "site/strange")
        assert not stands(crm)
        assert note(crm)
        assert stands(crm)
        (crm.root / "site/strange").unlink()
        assert not stands(crm)


def test_a_configuration_behind_a_link_is_read(crm, tmp_path):
    (tmp_path / "ours.yml").write_text("site_name: Ours\n")
    (crm.root / "mkdocs.yml").unlink()
    (crm.root / "mkdocs.yml").symlink_to(tmp_path / "ours.yml")
    note(crm)
    assert stands(crm)
    (tmp_path / "ours.yml").write_text("site_name: Theirs\n")
    assert not stands(crm)


def test_a_write_that_was_stopped_is_finished_first(crm):
    (note_of(crm).parent / "000001.open").write_text("{}")
    assert not stands(crm)


def test_without_git_nothing_is_kept(repo):
    repo.write("mkdocs.yml", "site_name: Ours\n")
    repo.write("build/html/index.html", "<h1>Today</h1>")
    assert not note(repo)
    keep(
        repo.root,
        out(repo),
        "x",
        ASKED,
        day=date(2026, 1, 1),
        today=datetime.now(ZoneInfo(ZONE)).date(),
        zone=ZONE,
        pages=1,
    )
    assert not kept_site(repo.root, out(repo), "x")


@pytest.mark.parametrize(
    "spoilt", ["", "[]", "{", "{}", '{"out": 1}', '"x"', "null"] + [{name: [None]} for name in ("day", "pages", "zone", "out", "inputs", "files", "today")] + [{"more": 1}, {"day": "\x1b[31m"}, {"zone": "../../etc"}]
)  # fmt: skip
def test_a_note_that_is_spoilt_says_nothing(crm, spoilt):
    told = json.loads(note_of(crm).read_text())
    note_of(crm).write_text(spoilt if isinstance(spoilt, str) else json.dumps(told | spoilt))
    assert not stands(crm)


def test_a_day_that_ended_while_it_was_built_is_not_noted(crm):
    note_of(crm).unlink()
    inputs = inputs_of(crm.root, out(crm), ASKED)
    keep(crm.root, out(crm), inputs, ASKED, day=date(2026, 1, 1), today=date(2026, 1, 1), zone=ZONE, pages=1)
    assert not note_of(crm).exists()


def test_a_disk_that_takes_no_note_is_no_fault(crm):
    note_of(crm).unlink()
    note_of(crm).parent.rmdir()
    note_of(crm).parent.write_text("in the way")
    assert note(crm)
    assert not stands(crm)
