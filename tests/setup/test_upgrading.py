"""`salesops init --upgrade` and the doctor: what an older version wrote is written anew; what the team made its own stays."""

from __future__ import annotations

import io
import sys
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from zipfile import ZipFile

import pytest
from gitting import Git
from terminal import typed

from salesops.setup.vendoring import wheel

NOW, NEW = version("salesops"), wheel()
OLD = NEW.path.replace(NOW, "0.0.1")
CHECK, COMMENT, GUIDE = (
    ".github/workflows/check.yml",
    ".github/workflows/comment.yml",
    "site/guides/a-day.md",
)
WORDS = ("--name", "Ours", "--zone", "UTC", "--currency", "USD", "--process", "plain")


def older(data: bytes, paths: tuple[str, ...]) -> bytes:
    """The wheel of a version whose files of these paths began with another line."""
    packed = io.BytesIO()
    with ZipFile(io.BytesIO(data)) as archive, ZipFile(packed, "w") as made:
        for entry in archive.infolist():
            is_changed = entry.filename.removeprefix("salesops/setup/starter/") in paths
            made.writestr(entry, (b"# older\n" if is_changed else b"") + archive.read(entry))
    return packed.getvalue()


@pytest.fixture
def crm(repo, tmp_path):
    """A repository that an older version began; since then its team has changed one of the workflows, and the requirements."""
    ours = type(repo)(tmp_path / "ours")
    assert repo.run("-C", str(tmp_path), "init", "ours", *WORDS, "--person", "Ada @ada").code == 0
    data = older(NEW.data, (CHECK, COMMENT, GUIDE))
    for path in (CHECK, COMMENT, GUIDE):
        ours.write(path, b"# older\n" + (ours.root / path).read_bytes())
    ours.write(COMMENT, (ours.root / COMMENT).read_text() + "# ours\n")
    (ours.root / NEW.path).unlink()
    ours.write(OLD, data)
    named = f"./{OLD} --hash=sha256:{sha256(data).hexdigest()}\n"
    ours.write("requirements.txt", f"-r requirements.lock\n{named}ours==1.0  # a tool of ours\n")
    git = Git(ours.root)
    git.begin()
    git("config", "merge.salesops.driver", "salesops merge-driver %O %A %B %P")
    return ours


def changed(crm) -> list[str]:
    return sorted(line.split()[1] for line in Git(crm.root)("status", "--porcelain", "-uall").splitlines())


def without_line(file, which: str) -> None:
    """A file without the lines that begin so."""
    file.write_text("".join(line for line in file.read_text().splitlines(True) if not line.startswith(which)))


def findings(crm, mark: str = "fix") -> list[str]:
    return [line for line in crm.run("doctor").out.splitlines() if line.startswith(mark)]


@pytest.mark.proof
def test_what_the_older_version_wrote_is_written_anew_and_nothing_of_the_team(crm):
    ran = crm.run("init", ".", "--upgrade", "--yes")
    assert ran.code == 0, ran.err
    assert set(changed(crm)) == {CHECK, GUIDE, OLD, NEW.path, "requirements.txt"}
    assert not (crm.root / OLD).exists()
    assert (crm.root / NEW.path).read_bytes() == NEW.data
    assert not (crm.root / CHECK).read_text().startswith("# older")
    requirements = (crm.root / "requirements.txt").read_text()
    assert requirements == f"-r requirements.lock\n{NEW.requirement}\nours==1.0  # a tool of ours\n"
    assert findings(crm) == []
    again = crm.run("init", ".", "--upgrade", "--yes")
    assert again.out.endswith(f"Nothing to write: all is as salesops {NOW} writes it.\n")


def test_the_difference_is_shown_and_without_a_yes_nothing_is_written(crm):
    ran = crm.run("init", ".", "--upgrade")
    assert (ran.code, changed(crm)) == (0, [])
    assert f"--- a/{CHECK}" in ran.out
    assert "-# older" in ran.out
    assert f"{COMMENT} was changed here: it is yours, and stays as it is" in ran.out
    assert "-# ours" in ran.out
    assert f"this version writes {OLD} (deleted)" in ran.out
    assert ran.out.endswith("Nothing was written. --yes writes it.\n")
    assert crm.run("init", ".", "--upgrade", "--yes", "--dry-run").out.endswith("Nothing was written.\n")
    assert changed(crm) == []


def test_what_the_team_took_away_does_not_come_back(crm):
    (crm.root / ".github/dependabot.yml").unlink()
    ran = crm.run("init", ".", "--upgrade", "--yes")
    assert ".github/dependabot.yml was taken away here: it is yours, and stays as it is" in ran.out
    assert not (crm.root / ".github/dependabot.yml").exists()


def test_where_the_older_program_is_gone_a_file_that_differs_is_taken_for_the_teams(crm):
    (crm.root / OLD).unlink()
    ran = crm.run("init", ".", "--upgrade", "--yes")
    assert f"{CHECK} was changed here" in ran.out
    assert (crm.root / CHECK).read_text().startswith("# older")
    assert (crm.root / NEW.path).is_file()


@pytest.mark.parametrize(
    "words",
    [
        ["."],
        ["nowhere"],
        [".", "--name", "Ours"],
    ],
)
def test_only_a_repository_that_is_there_is_upgraded(repo, tmp_path, words):
    there = ["-C", str(repo.root)] if "--name" in words else ["-C", str(tmp_path)]
    ran = repo.run(*there, "init", *words, "--upgrade")
    assert ran.code == 2
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.proof
@pytest.mark.skipif(sys.platform == "win32", reason="a terminal of Unix")
def test_at_a_terminal_it_asks_before_it_writes(crm):
    code, screen = typed(crm.root, ["init", ".", "--upgrade"], ["n"])
    assert (code, changed(crm)) == (0, [])
    assert "Write 5 files?  [Y/n/diff]" in screen
    code, _ = typed(crm.root, ["init", ".", "--upgrade"], ["y"])
    assert (code, len(changed(crm))) == (0, 5)


# ── the doctor ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.proof
def test_the_doctor_names_workflows_of_an_older_version_and_those_that_are_the_teams_own(crm):
    assert findings(crm) == [
        f"fix requirements.txt names salesops 0.0.1, and this is {NOW}: pip install -r requirements.txt; or, to raise it there, "
        "salesops init . --upgrade",
        *[line for line in findings(crm) if "cannot be installed" in line],
        f"fix {CHECK} is not as salesops {NOW} writes it: salesops init . --upgrade",
    ]
    [own] = [line for line in findings(crm, "ok") if COMMENT in line]
    assert own.endswith("yours, and not as salesops writes it; salesops init . --upgrade shows the difference")


@pytest.mark.samples(1)
@pytest.mark.parametrize(
    ("break_it", "says"),
    [
        (lambda crm: Git(crm.root)("config", "--unset", "merge.salesops.driver"), "fix this clone does not know how two versions of a record are joined field by field: git config merge.salesops.driver 'salesops merge-driver %O %A %B %P'"),
        (lambda crm: (crm.root / ".gitattributes").unlink(), "fix .gitattributes does not say that records are joined field by field"),
        (lambda crm: without_line(crm.root / ".gitattributes", "imports/"), "fix .gitattributes does not say how two versions of imports/*.last.json are joined: echo 'imports/*.last.json merge=salesops' >> .gitattributes"),
        (lambda crm: (crm.root / ".github/CODEOWNERS").unlink(), "fix .github/CODEOWNERS asks nobody to review: salesops schema --codeowners > .github/CODEOWNERS"),
        (lambda crm: (crm.root / ".github/CODEOWNERS").write_text("# Nobody yet\n"), "fix .github/CODEOWNERS asks nobody to review"),
        (lambda crm: (crm.root / "playbook/team.yaml").write_text((crm.root / "playbook/team.yaml").read_text().replace("github: ada", "github: bo")), "fix .github/CODEOWNERS names others than those who own the deals now"),
    ],
    ids=["no driver", "no attributes", "attributes of before imports were joined", "no owners", "nobody yet", "another account"],
)  # fmt: skip
def test_the_doctor_says_what_a_clone_lacks_and_its_fix(crm, break_it, says):
    assert crm.run("init", ".", "--upgrade", "--yes").code == 0
    break_it(crm)
    [line] = findings(crm)
    assert line.startswith(says)


@pytest.mark.proof
def test_the_fix_of_the_doctor_for_the_owners_is_one(crm):
    assert crm.run("init", ".", "--upgrade", "--yes").code == 0
    (crm.root / ".github/CODEOWNERS").unlink()
    (crm.root / ".github/CODEOWNERS").write_text(crm.run("schema", "--codeowners").out)
    assert findings(crm) == []


@pytest.mark.proof
def test_a_file_of_owners_that_the_team_wrote_is_well_and_a_deal_without_a_line_too(crm):
    assert crm.run("init", ".", "--upgrade", "--yes").code == 0
    words = ("--kind", "edu", "--country", "canada", "--owner", "ada")
    assert crm.run("new", "deal", "Pinecrest College", *words).code == 0
    assert findings(crm) == []
    (crm.root / ".github/CODEOWNERS").write_text("* @somebody\n")
    assert findings(crm) == []


def test_who_has_said_an_account_is_asked_to_review_from_the_first_commit_on(crm):
    assert "\n* @ada\n" in (crm.root / ".github/CODEOWNERS").read_text()


@pytest.mark.proof
def test_where_nobody_has_an_account_nobody_is_missed(repo, tmp_path):
    assert repo.run("-C", str(tmp_path), "init", "ours", *WORDS, "--person", "Ada").code == 0
    assert "CODEOWNERS" not in repo.run("-C", str(tmp_path / "ours"), "doctor").out


@pytest.mark.proof
@pytest.mark.parametrize("pinned", [NOW, "9.9.9"])
def test_a_version_from_a_package_index_is_compared_too(crm, pinned):
    crm.write("requirements.txt", f"-r requirements.lock\nsalesops=={pinned} --hash=sha256:{'0' * 64}\n")
    assert any(f"names salesops {pinned}" in line for line in findings(crm)) is (pinned != NOW)
    assert any("takes salesops from a package index" in line for line in findings(crm, "ok"))
    assert str(Path(NEW.path)) not in crm.run("init", ".", "--upgrade", "--yes").out
