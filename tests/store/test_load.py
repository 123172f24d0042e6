"""From a folder to a book: which files are read, under which names, and what never is."""

from __future__ import annotations

import json
import os
import socket
from pathlib import Path

import pytest

from salesops.problems import CannotDecide
from salesops.records.kinds import KINDS
from salesops.records.yaml_reader import MAX_BYTES
from salesops.store import load as loading
from salesops.store.load import find_root, load, read_bytes


def problems_of(repo) -> list[tuple[str, str]]:
    return [(found.place.path, found.code) for found in load(repo.root)[1]]


# Names


@pytest.mark.parametrize(
    ("name", "fix"),
    [
        ("Acme.yaml", "acme.yaml"),
        ("acme renewal.yaml", "acme-renewal.yaml"),
        ("acme_renewal.yaml", "acme-renewal.yaml"),
        ("École.yaml", "ecole.yaml"),
        ("-acme.yaml", "acme.yaml"),
        ("a" * 81 + ".yaml", "a" * 80 + ".yaml"),
        ("acme.yml", "acme.yaml"),
        ("acme.YAML", "acme.yaml"),
        ("acme.2026.yaml", "acme-2026.yaml"),
        ("con.yaml", ""),
        ("com1.yaml", ""),
        ("東京.yaml", ""),
        ("acme.json", ""),
        ("acme", ""),
        ("acme.yaml~", ""),
        ("acme.yaml.orig", ""),
    ],
)
def test_a_file_name_is_the_id_of_a_record(repo, name, fix):
    repo.write(f"deals/{name}", "title: [")
    (found,) = load(repo.root)[1]
    assert (found.place.path, found.code, found.fix) == (f"deals/{name}", "file-name", fix)


@pytest.mark.parametrize("name", ["a", "2026-acme", "a--b", "a" * 80, "con-artists", "null", "no", "0"])
def test_a_plain_name_is_fine(repo, name):
    repo.deal(id=name)
    assert problems_of(repo) == []
    assert name in repo.book().deals


@pytest.mark.parametrize("kind", [kind for kind in KINDS.values() if not kind.is_single], ids=lambda kind: kind.name)
def test_names_are_held_to_in_every_folder(repo, kind):
    repo.write(f"{kind.where}/Not An Id.yaml", "")
    assert problems_of(repo) == [(f"{kind.where}/Not An Id.yaml", "file-name")]


def test_a_stray_copy_does_not_take_the_good_file_out_of_the_numbers(repo):
    repo.write("deals/cascadia-2025.yaml.orig", "title: [")
    book, problems = load(repo.root)
    assert len(problems) == 1
    assert "cascadia-2025" in book.histories
    assert book.unusable == ()


HOSTILE = [
    "x\n::error file=a.yaml,line=1::pwned.yaml",
    "a,line=9::x.yaml",
    "\r::add-mask::e.yaml",
    "%0A::stop-commands::x.yaml",
    "##[error]x.yaml",
    "\x1b[2K.yaml",
    "'\"`$(id)`.yaml",
    "-rf",
    "<img src=x onerror=alert(1)>.yaml",
    "\u202egnp.yaml",
    "caf\u0065\u0301.yaml",
    b"\xff\xfe.yaml",
]


@pytest.mark.parametrize("name", HOSTILE, ids=ascii)
@pytest.mark.parametrize("format", ["text", "concise", "github", "json"])
def test_a_hostile_name_is_refused_and_printed_as_one_harmless_line(repo, name, format):
    raw = name if isinstance(name, bytes) else name.encode()
    file = os.path.join(os.fsencode(repo.root / "deals"), raw)
    with open(file, "wb") as written:
        written.write(b"title: x\n")
    ran = repo.run("check", "--format", format)
    assert ran.code == 1
    assert ran.err == "" or format == "concise"
    assert is_harmless(ran.out)
    if format == "json":
        (found,) = json.loads(ran.out)["problems"]
        assert found["code"] == "file-name"


def is_harmless(printed: str) -> bool:
    """No control character, nothing that turns the text around, no line that a runner of GitHub would obey but our own."""
    commands = [line for line in printed.splitlines() if line.lstrip().startswith("::") or "##[" in line]
    ours = [line for line in commands if line.startswith("::error file=deals/") and ",title=file-name::" in line]
    return commands == ours and not set(printed) & {*map(chr, range(32)), "\x7f", "\u202e"} - {"\n"}


def test_the_hostile_names_that_others_collected_are_refused(repo, hostile):
    names = json.loads((hostile / "filenames.json").read_text())
    for name in names:
        file = repo.root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("title: x\n")
    assert {path for path, _ in problems_of(repo)} == set(names)
    assert {code for _, code in problems_of(repo)} == {"file-name"}
    for format in ("text", "concise", "github", "json"):
        ran = repo.run("check", "--format", format)
        assert ran.code == 1
        assert is_harmless(ran.out)


# Ids


def test_the_folders_below_deals_are_for_people_only(repo):
    repo.write("deals/2026/west/acme.yaml", repo.deal().read_text())
    (repo.root / "deals/acme.yaml").unlink()
    assert "acme" in repo.book().deals
    assert problems_of(repo) == []


def test_an_id_in_two_folders_is_taken_once_and_both_files_are_named(repo):
    text = repo.deal().read_text()
    repo.write("deals/old/acme.yaml", text)
    (found,) = load(repo.root)[1]
    assert (found.place.path, found.code) == ("deals/old/acme.yaml", "id-taken")
    assert "deals/acme.yaml" in found.message


def test_a_deal_and_a_member_cannot_share_an_id(repo):
    repo.deal(id="cascadia-university")
    (found,) = load(repo.root)[1]
    assert (found.place.path, found.code) == ("deals/cascadia-university.yaml", "id-taken")
    assert "members/cascadia-university.yaml" in found.message


def test_an_experiment_may_be_called_as_a_deal_is(repo):
    repo.write("playbook/experiments/cascadia-2025.yaml", "hypothesis: x\nvariants: [a]\nstatus: planned\n")
    assert problems_of(repo) == []


# What lies beside the records


@pytest.mark.parametrize("name", ["README.md", "CODEOWNERS", ".gitkeep", ".DS_Store", ".acme.yaml.swp"])
def test_notes_and_hidden_files_are_ignored(repo, name):
    for folder in ("deals", "deals/2026", "members", "playbook/process", "playbook/icp"):
        repo.write(f"{folder}/{name}", "a: [")
    assert problems_of(repo) == []


def test_hidden_folders_and_files_of_other_folders_are_not_read(repo):
    repo.write("deals/.trash/acme.yaml", "a: [")
    repo.write("playbook/notes.yaml", "a: [")
    repo.write("elsewhere/acme.yaml", "a: [")
    assert problems_of(repo) == []


def test_empty_folders_and_missing_ones_are_fine(repo):
    (repo.root / "deals/2026").mkdir()
    for file in (
        "deals/cascadia-2025.yaml",
        "playbook/icp/teaching-led.yaml",
        "playbook/experiments/subject-lines.yaml",
    ):
        (repo.root / file).unlink()
    (repo.root / "playbook/icp").rmdir()
    assert problems_of(repo) == []
    assert repo.book().deals == {}


def test_a_team_without_its_file_is_told_so(repo):
    (repo.root / "playbook/team.yaml").unlink()
    assert problems_of(repo) == [("playbook/team.yaml", "field-missing")]


# What is not a plain file


def entry(repo, name: str) -> Path:
    return repo.root / "deals" / name


def test_a_link_is_not_followed(repo):
    secret = repo.write("secret.txt", "title: hidden\n")
    entry(repo, "acme.yaml").symlink_to(secret)
    entry(repo, "nowhere.yaml").symlink_to("/no/such/file")
    entry(repo, "loop.yaml").symlink_to("loop.yaml")
    found = load(repo.root)[1]
    assert {(problem.place.path, problem.code) for problem in found} == {
        ("deals/acme.yaml", "not-a-file"),
        ("deals/nowhere.yaml", "not-a-file"),
        ("deals/loop.yaml", "not-a-file"),
    }
    assert {problem.message for problem in found} == {"the entry is a link to somewhere else"}


@pytest.mark.parametrize("folder", ["deals/old", "deals", "members", "playbook/icp", "playbook/process"])
def test_a_folder_that_is_a_link_is_not_followed(repo, folder, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "acme.yaml").write_text("title: [")
    place = repo.root / folder
    if place.exists():
        place.rename(tmp_path / "moved-away")
    place.symlink_to(elsewhere)
    found = load(repo.root)[1]
    assert [problem.place.path for problem in found] == [folder]
    assert "elsewhere" not in str(found[0].message) or "somewhere else" in found[0].message


def test_a_playbook_that_is_a_link_is_refused_once_for_all_its_files(repo, tmp_path):
    (repo.root / "playbook").rename(tmp_path / "playbook")
    (repo.root / "playbook").symlink_to(tmp_path / "playbook")
    assert set(problems_of(repo)) == {("playbook", "not-a-file")}
    assert repo.said()[-1] == "playbook:1 not-a-file"


def test_a_folder_called_like_a_file_is_refused(repo):
    entry(repo, "acme.yaml").mkdir()
    (entry(repo, "acme.yaml") / "inside.yaml").write_text("a: [")
    (found,) = load(repo.root)[1]
    assert (found.place.path, found.message) == ("deals/acme.yaml", "the entry is a folder")


def test_a_file_called_like_a_folder_is_refused(repo):
    (repo.root / "playbook/icp/teaching-led.yaml").unlink()
    (repo.root / "playbook/icp").rmdir()
    repo.write("playbook/icp", "a")
    assert problems_of(repo) == [("playbook/icp", "not-a-file")]


def test_a_pipe_or_a_socket_is_refused_and_never_waited_for(repo, monkeypatch):
    os.mkfifo(entry(repo, "acme.yaml"))
    monkeypatch.chdir(entry(repo, ""))  # the path of a socket may hold no more than 108 bytes
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("beta.yaml")
        assert {(path, code) for path, code in problems_of(repo)} == {
            ("deals/acme.yaml", "not-a-file"),
            ("deals/beta.yaml", "not-a-file"),
        }


def test_what_cannot_be_read_still_counts_as_known(repo):
    """A deal that points at it is not blamed as well."""
    (repo.root / "members/cascadia-university.yaml").unlink()
    (repo.root / "members/cascadia-university.yaml").mkdir()
    assert repo.said() == ["members/cascadia-university.yaml:1 not-a-file"]


def test_a_file_that_is_too_large_is_not_read_to_its_end(repo):
    huge = repo.root / "deals/acme.yaml"
    with huge.open("wb") as file:
        file.truncate(10 * 2**30)
    (found,) = load(repo.root)[1]
    assert found.code == "file-too-large"
    assert f"{10 * 2**30:,}" in found.message
    assert f"{MAX_BYTES:,}" in found.message


# When the machine is in the way


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="the superuser may read everything")
@pytest.mark.parametrize("path", ["deals/cascadia-2025.yaml", "deals"])
def test_what_may_not_be_read_leaves_the_check_undecided(repo, path):
    (repo.root / path).chmod(0)
    try:
        with pytest.raises(CannotDecide, match=path):
            load(repo.root)
    finally:
        (repo.root / path).chmod(0o700)


@pytest.mark.parametrize("name", ["open", "read", "scandir", "lstat"])
def test_a_disk_that_fails_leaves_the_check_undecided_and_never_at_no_problems(repo, monkeypatch, name):
    real = getattr(os, name)

    def failing(what, *rest, **more):
        if name == "read" or "deals" in os.fspath(what):
            raise OSError(5, "Input/output error")
        return real(what, *rest, **more)

    monkeypatch.setattr(loading.os, name, failing)
    with pytest.raises(CannotDecide, match="Input/output error"):
        load(repo.root)
    ran = repo.run("check")
    assert ran.code == 3
    assert ran.out == ""
    assert "Input/output error" in ran.err
    assert "Traceback" not in ran.err


def test_a_file_that_becomes_a_link_between_looking_and_opening_is_not_followed(repo):
    secret = repo.write("secret.txt", "title: hidden\n")
    entry(repo, "acme.yaml").symlink_to(secret)
    with pytest.raises(CannotDecide):
        read_bytes(repo.root, "deals/acme.yaml")


# Finding the repository


def test_the_repository_is_found_from_any_folder_below_it(repo):
    below = repo.root / "deals/2026/west"
    below.mkdir(parents=True)
    assert find_root(below) == repo.root
    assert find_root(repo.root) == repo.root
    assert find_root(Path(repo.root.anchor)) is None


# Many files


@pytest.fixture
def many(repo):
    """Five hundred deals, some of them broken in one way or another."""
    odd = {
        50: "title: [",
        150: "owner: nobody\n",
        300: "&a b: c\n",
        350: "title: Acme #2\n",
        420: "owner: jim\nowner: april\n",
        499: "title: \u202e\n",
    }
    sound = repo.deal().read_text()
    for number in range(500):
        broken = odd.get(number)
        own = sound.replace("General Membership", f"Membership № {number}")
        repo.write(f"deals/d{number:03}.yaml", own if broken is None else broken + own.split("\n", 1)[1])
    return repo


def test_two_processes_read_the_same_as_one(many, monkeypatch):
    forks = []
    elsewhere = loading.elsewhere
    monkeypatch.setattr(loading, "elsewhere", lambda work: forks.append(1) or elsewhere(work))
    monkeypatch.setattr(loading.os, "cpu_count", lambda: 2)
    monkeypatch.setattr(loading, "can_split", lambda: True)
    shared, found = load(many.root)
    assert forks == [1]
    monkeypatch.setattr(loading, "FORK_FROM", 10_000)
    alone, said = load(many.root)
    assert forks == [1]
    assert found == said
    assert len(found) >= 6
    assert list(shared.deals) == list(alone.deals)
    for part in ("team", "versions", "deals", "members", "icp", "experiments", "broken", "unusable"):
        assert getattr(shared, part) == getattr(alone, part), part
    for ref, document in alone.documents.items():
        assert (document.text, document.data) == (shared.documents[ref].text, shared.documents[ref].data)
    assert shared.documents["deal", "d498"].place(("owner",)) == alone.documents["deal", "d498"].place(("owner",))


def test_a_second_process_that_dies_leaves_the_check_undecided(many, monkeypatch):
    monkeypatch.setattr(loading.os, "cpu_count", lambda: 2)
    monkeypatch.setattr(loading, "can_split", lambda: True)
    mine = os.getpid()
    real = loading.read_bytes
    monkeypatch.setattr(loading, "read_bytes", lambda *given: real(*given) if os.getpid() == mine else os._exit(9))
    with pytest.raises(CannotDecide, match="the second process was stopped"):
        load(many.root)


def test_a_program_with_threads_reads_alone(many, monkeypatch):
    monkeypatch.setattr(loading, "can_split", lambda: False)
    monkeypatch.setattr(loading, "elsewhere", lambda work: pytest.fail("a fork among threads may hang"))
    assert len(load(many.root)[0].deals) > 490


# Put aside


@pytest.mark.parametrize("at_once", [1, 3, 5_000])
def test_a_book_that_was_put_aside_says_what_the_whole_one_says(repo, monkeypatch, at_once):
    monkeypatch.setattr(loading, "AT_ONCE", at_once)
    repo.deal()
    repo.deal("title: half\nowner: [", id="broken")
    repo.deal("value: much", id="half-read")
    repo.write("members/acme.yml", "name: Acme")
    repo.write("members/stray.yaml", (repo.root / "deals/acme.yaml").read_bytes())
    repo.write("playbook/team.yaml", (repo.root / "playbook/team.yaml").read_bytes() + b"nonsense: 1\n")
    whole, problems = load(repo.root)
    aside, of_team = loading.load_aside(repo.root)
    assert {kind: list(aside.of(kind).items()) for kind in KINDS} == {
        kind: list(whole.of(kind).items()) for kind in KINDS
    }
    assert (dict(aside.documents), aside.broken, aside.lost) == (whole.documents, whole.broken, whole.lost)
    assert {"broken", "half-read", "stray", "acme"} <= {record_id for _, record_id in aside.broken}
    assert of_team == [problem for problem in problems if problem.place.path == "playbook/team.yaml"] != []
    assert "nobody" not in aside.deals
