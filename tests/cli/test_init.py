"""`salesops init`: a new repository that is sound, that a salesperson can follow, and that a second run leaves alone."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import sysconfig
from datetime import date
from hashlib import sha256
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import pytest
from gitting import Git
from running import COMMAND, run, spawn
from terminal import typed

from salesops.checks import check_book
from salesops.records.kinds import KINDS
from salesops.store.load import load

TODAY = date(2026, 11, 20)
HOME = Path(__file__).parents[2]
WHO = (
    "--name",
    "Our: org",
    "--zone",
    "vancouver",
    "--currency",
    "cad",
    "--person",
    "Ada Smith @ada",
    "--person",
    "Bo Li",
)
PROCESSES = ("memberships", "services", "plain")


def requirements(crm: Path) -> list[str]:
    """The lines of requirements.txt that pip acts upon."""
    lines = (crm / "requirements.txt").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if not line.startswith("#")]


@pytest.fixture(scope="module")
def init(tmp_path_factory) -> tuple[Path, str]:
    """A new repository as it was begun, and what was said; nobody changes anything there."""
    folder = tmp_path_factory.mktemp("init")
    ended = spawn(folder, "init", "crm")
    assert ended.returncode == 0
    return folder / "crm", ended.stdout


@pytest.fixture(scope="module")
def begun(init, tmp_path_factory) -> Path:
    """A new repository that several look at, and whose site is built."""
    return Path(shutil.copytree(init[0], tmp_path_factory.mktemp("begun") / "crm"))


@pytest.fixture
def crm(init, tmp_path) -> Path:
    """A new repository of one's own."""
    return Path(shutil.copytree(init[0], tmp_path / "crm"))


@pytest.fixture(scope="module")
def doctor(begun) -> str:
    """What the doctor says of a new repository."""
    return run(begun, "doctor").out


def test_a_new_repository_is_sound(begun):
    book, problems = load(begun)
    assert problems == []
    assert check_book(book, TODAY) == []
    assert len(book.deals) == len(book.members) == len(book.processes) == 1


def test_its_site_is_built_and_its_pages_are_right(begun):
    ended = run(begun, "site")
    assert ended.code == 0, ended.err
    html = begun / "build/html"
    assert "Example University" in (html / "board.html").read_text(encoding="utf-8")
    assert "deals/example-university-first.html" in (html / "pipeline.html").read_text(encoding="utf-8")
    assert (html / "reference/checks.html").is_file()
    assert (begun / "site/how-we-work.md").is_file()


def test_the_doctor_finds_nothing_but_that_it_is_not_yet_in_git(doctor):
    fixes = [line for line in doctor.splitlines() if line.startswith("fix")]
    assert all("git" in line for line in fixes)


def test_the_doctor_tries_the_installation(doctor):
    assert f"ok  salesops {version('salesops')} can be installed from vendor/" in doctor


@pytest.mark.proof
def test_whoever_takes_a_new_repository_can_install_the_program_and_check(begun, tmp_path):
    """As README.md says, but for the network: what the program needs is lent by the environment of the tests, and pip too."""
    bin = tmp_path / "venv/bin"
    lent = find_spec("pip")
    without = ["--without-pip"] if lent else []
    subprocess.run([sys.executable, "-I", "-m", "venv", *without, tmp_path / "venv"], check=True)
    [packages] = (tmp_path / "venv/lib").glob("python*/site-packages")
    if lent:
        (packages / "pip").symlink_to(Path(lent.origin).parent)
    alone = tmp_path / "requirements.txt"
    alone.write_text(requirements(begun)[-1], encoding="utf-8")
    pip = [bin / "python", "-I", "-m", "pip", "--isolated", "install", "--no-index", "--no-deps", "--require-hashes"]
    subprocess.run([*pip, "-r", alone], cwd=begun, check=True, capture_output=True)
    (packages / "lent.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")
    where = [bin / "python", "-I", "-c", "import salesops; print(salesops.__file__)"]
    assert subprocess.run(where, capture_output=True, text=True, check=True).stdout.startswith(str(packages))
    checked = subprocess.run([bin / "salesops", "check"], cwd=begun, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert (
        subprocess.run([bin / "salesops", "init", tmp_path / "next"], capture_output=True, check=False).returncode == 0
    )
    assert requirements(tmp_path / "next") == requirements(begun), "the program hands on what it was installed from"


def test_editors_are_told_where_the_schemas_are(begun):
    settings = json.loads((begun / ".vscode/settings.json").read_text(encoding="utf-8"))
    assert set(settings["yaml.schemas"]) == {f"./schemas/{kind}.json" for kind in KINDS}
    assert all((begun / path).is_file() for path in settings["yaml.schemas"])


def test_what_github_runs_is_there_from_the_first_commit_on(begun):
    assert {str(file.relative_to(begun)) for file in (begun / ".github").rglob("*") if file.is_file()} == {
        ".github/CODEOWNERS",
        ".github/ISSUE_TEMPLATE/lead.yml",
        ".github/ISSUE_TEMPLATE/log.yml",
        ".github/ISSUE_TEMPLATE/move.yml",
        ".github/PULL_REQUEST_TEMPLATE.md",
        ".github/check.sh",
        ".github/dependabot.yml",
        ".github/workflows/check.yml",
        ".github/workflows/comment.yml",
        ".github/workflows/issue.yml",
        ".github/workflows/handoff.yml",
        ".github/workflows/renewals.yml",
        ".github/workflows/review.yml",
        ".github/workflows/site.yml",
    }


def test_the_version_of_salesops_is_the_one_that_began_it_and_all_that_it_needs_is_there_by_hash(begun):
    [wheel] = (begun / "vendor").iterdir()
    assert wheel.name == f"salesops-{version('salesops')}-py3-none-any.whl"
    assert requirements(begun) == [
        "-r requirements.lock",
        f"./vendor/{wheel.name} --hash=sha256:{sha256(wheel.read_bytes()).hexdigest()}",
    ]
    lock = (begun / "requirements.lock").read_text(encoding="utf-8")
    packages = re.findall(r"(?m)^([a-z0-9-]+)==", lock)
    assert {"mkdocs", "mkdocs-material", "pydantic", "pyyaml"} <= set(packages)
    assert "salesops" not in packages
    assert all("--hash=sha256:" in block for block in re.split(r"(?m)^(?=[a-z])", lock)[1:])


def test_it_says_who_could_read_a_page_and_what_to_set_on_github(init):
    _, said = init
    assert "everybody can read it, even from a private repository" in said
    assert "SALESOPS_PAGES" in said
    assert "Rulesets" in said
    assert "salesops schema --codeowners > .github/CODEOWNERS" in said


def test_whoever_raises_salesops_gets_what_belongs_to_the_new_version(crm):
    (crm / ".github/workflows/check.yml").write_text("name: Ours\n", encoding="utf-8")
    (crm / "requirements.txt").unlink()
    assert run(crm, "init", ".").code == 0
    assert f"salesops-{version('salesops')}-" in requirements(crm)[-1]
    assert (crm / ".github/workflows/check.yml").read_text(encoding="utf-8") == "name: Ours\n"


def test_the_program_stays_as_long_as_requirements_txt_names_it(crm, tmp_path):
    (crm / "vendor").rename(tmp_path / "vendor")
    assert run(tmp_path, "init", "crm").code == 0
    assert not (crm / "vendor").exists()


def test_the_program_is_committed_whatever_a_person_ignores(begun):
    git = ["git", "-c", f"core.excludesFile={begun.parent / 'ignored'}"]
    (begun.parent / "ignored").write_text("*.whl\nvendor/\n", encoding="utf-8")
    subprocess.run(["git", "init", "--quiet"], cwd=begun, check=True)
    listed = subprocess.run(
        [*git, "status", "--porcelain", "-uall", "vendor"], cwd=begun, capture_output=True, text=True, check=True
    ).stdout
    assert listed.startswith("?? vendor/salesops-")


def test_nothing_is_left_to_fill_in_that_we_could_have_known(begun):
    for file in begun.rglob("*"):
        if file.is_file() and "build" not in file.parts and file.suffix != ".whl":
            assert "@@" not in file.read_text(encoding="utf-8"), file


def test_every_command_that_the_readme_names_exists(repo, begun):
    named = set(re.findall(r"salesops ([a-z-]+)", (begun / "README.md").read_text(encoding="utf-8")))
    assert named
    for name in named:
        assert type(repo)(begun).run(name, "--help").code == 0, name


def test_what_is_there_already_is_left_as_it_is(tmp_path):
    (tmp_path / "README.md").write_text("Ours\n", encoding="utf-8")
    assert run(tmp_path, "init", ".").code == 0
    before = {file: file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()}
    again = run(tmp_path, "init", ".")
    assert again.code == 0
    assert "were there already" in again.out
    assert {file: file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()} == before
    assert (tmp_path / "README.md").read_text(encoding="utf-8") == "Ours\n"


def test_what_was_written_is_told_by_folder_and_file_by_file_where_that_is_asked_for(tmp_path):
    said = run(tmp_path, "init", "crm").out
    assert "wrote 1 file in vendor/" in said
    assert "README.md" in said.partition("Next")[0]
    assert len([line for line in said.splitlines() if line.startswith("wrote")]) < 12
    every = [line for line in run(tmp_path, "init", "again", "--verbose").out.splitlines() if line.startswith("wrote")]
    assert "wrote playbook/team.yaml" in every
    assert len(every) == len(
        [file for file in (tmp_path / "crm").rglob("*") if file.is_file() and ".git" not in file.parts]
    )


def test_a_dry_run_writes_nothing(tmp_path):
    ended = run(tmp_path, "init", "crm", "--dry-run")
    assert ended.code == 0
    assert "would write" in ended.out
    assert "vendor" in ended.out
    assert not (tmp_path / "crm").exists()


def test_a_file_is_not_taken_for_a_folder(tmp_path):
    (tmp_path / "crm").write_text("", encoding="utf-8")
    ended = run(tmp_path, "init", "crm")
    assert ended.code == 2
    assert "Traceback" not in ended.err


def test_the_records_of_a_repository_that_was_begun_are_left_alone(crm, tmp_path):
    (crm / "deals/example-university-first.yaml").unlink()
    (crm / "mkdocs.yml").unlink()
    again = run(tmp_path, "init", "crm")
    assert again.code == 0
    assert "the records here are yours" in again.out
    assert not (crm / "deals/example-university-first.yaml").exists()
    assert (crm / "mkdocs.yml").is_file()


def test_no_repository_is_begun_inside_of_another(crm):
    ended = run(crm, "init", "inner")
    assert ended.code == 2
    assert "is inside the salesops repository" in ended.err


def test_a_reader_that_goes_away_does_not_stop_it_half_way(tmp_path):
    subprocess.run(f"{COMMAND} init crm | head -1", cwd=tmp_path, shell=True, check=True, capture_output=True)
    assert len([file for file in (tmp_path / "crm").rglob("*") if file.is_file()]) > 20


# ── a team's own ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module", params=PROCESSES)
def own(request, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp(request.param)
    ended = run(folder, "init", "crm", *WHO, "--process", request.param, "--repository", "git@github.com:our/sales.git")
    assert ended.code == 0, ended.err
    assert "salesops new deal" in ended.out
    git = Git(folder / "crm")
    git.begin()
    git("config", "merge.salesops.driver", "salesops merge-driver %O %A %B %P")
    return folder / "crm"


def test_a_team_that_says_who_it_is_gets_no_file_to_delete(own):
    book, problems = load(own)
    assert problems == []
    assert check_book(book, TODAY) == []
    assert not book.deals
    assert not book.members
    assert book.targets is None
    assert (own / "playbook/team.yaml").read_text(encoding="utf-8").splitlines()[1:] == [
        'organisation: "Our: org"', "time_zone: America/Vancouver", "currency: CAD", "repository: https://github.com/our/sales",
        "people:", '  ada: {name: "Ada Smith", github: ada}', '  bo: {name: "Bo Li"}',
    ]  # fmt: skip
    readme = (own / "README.md").read_text(encoding="utf-8")
    assert "example" not in readme.casefold()
    assert "salesops new deal" in readme
    assert "history is append-only" in readme


@pytest.mark.samples(1)
def test_the_doctor_finds_nothing_in_it(own):
    ended = run(own, "doctor")
    assert ended.code == 0, ended.out


@pytest.mark.proof
def test_its_first_deal_is_one_command_and_its_site_is_built_without_a_word(own):
    tier = next(iter(load(own)[0].processes[0].tiers))
    words = ("--kind", "edu", "--country", "canada", "--tier", tier, "--owner", "ada", "--next", "Call, mon")
    ended = run(own, "new", "deal", "Pinecrest College", *words)
    assert ended.code == 0, ended.err
    assert run(own, "check", "--strict").code == 0
    site = spawn(own, "site")
    assert site.returncode == 0, site.stderr
    assert "not found" not in site.stderr + site.stdout
    assert "Pinecrest College" in (own / "build/html/board.html").read_text(encoding="utf-8")
    assert (own / "build/html/guides/first-deal.html").is_file()


@pytest.mark.parametrize("made", ["schemas", ".vscode", ".github/ISSUE_TEMPLATE"])
@pytest.mark.proof
def test_what_is_written_anew_for_a_newer_salesops_speaks_in_the_words_of_the_team(own, made, tmp_path):
    copy = tmp_path / "crm"
    shutil.copytree(own, copy, ignore=shutil.ignore_patterns("build"))
    assert run(copy, "new", "member", "Birch College", "--kind", "edu", "--country", "canada").code == 0
    assert run(copy, "schema", "-o", "schemas").code == 0
    before = {file.name: file.read_bytes() for file in (copy / made).iterdir()}
    shutil.rmtree(copy / made)
    assert run(copy, "init", ".").code == 0
    assert {file.name: file.read_bytes() for file in (copy / made).iterdir()} == before


def test_where_no_process_can_be_read_no_form_offers_the_stages_of_another(crm, tmp_path):
    (crm / "playbook/process/v1.yaml").write_text("version: [", encoding="utf-8")
    for made in (crm / ".github/ISSUE_TEMPLATE", crm / "schemas"):
        shutil.rmtree(made)
    assert run(tmp_path, "init", "crm").code == 0
    assert not (crm / ".github/ISSUE_TEMPLATE").exists()
    assert (crm / "schemas/deal.json").is_file()


@pytest.mark.parametrize("folder", ["guides", "reference"])
def test_the_guides_that_a_new_repository_gets_are_ours(folder):
    """Where one was changed: cp site/guides/*.md salesops/setup/starter/site/guides/, and the same of reference/json.md."""
    brought = HOME / "salesops/setup/starter/site" / folder
    ours = {file.name: file.read_bytes() for file in (HOME / "site" / folder).glob("*.md") if file.name != "sources.md"}
    assert {file.name: file.read_bytes() for file in brought.iterdir()} == ours


def test_its_menu_calls_them_what_ours_does():
    titles = [
        set(
            re.findall(
                r"^ +- (.+: (?:guides|reference/json).*\.md)$",
                (root / "mkdocs.yml").read_text(encoding="utf-8"),
                re.MULTILINE,
            )
        )
        for root in (HOME, HOME / "salesops/setup/starter")
    ]
    assert titles[1] - titles[0] == set()
    assert {title for title in titles[0] if "guides/" in title} <= titles[1]


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["--name", "A"], 1, ["--zone ZONE", "--currency CODE", '--person "NAME @ACCOUNT"', "--process memberships|services|plain"]),
        ([*WHO, "--process", "other"], 2, ["--process: 'other' fits none: memberships, services, plain"]),
        ([*WHO, "--zone", "paramaribo city"], 2, ["'paramaribo city' is no time zone"]),
        ([*WHO, "--zone", "san"], 2, ["'san' is more than one time zone"]),
        ([*WHO, "--currency", "loonie"], 2, ["'loonie' is no currency"]),
        ([*WHO, "--repository", "here"], 2, ["'here' is no address of a repository"]),
        ([*WHO, "--person", "@bo"], 2, ["'@bo' is no name"]),
    ],
)  # fmt: skip
def test_what_a_team_did_not_say_is_named_at_once_and_nothing_is_written(tmp_path, words, code, says):
    ended = run(tmp_path, "init", "crm", *words)
    assert ended.code == code
    assert [each for each in says if each not in ended.err] == []
    assert not (tmp_path / "crm").exists()


@pytest.mark.proof
@pytest.mark.skipif(sys.platform == "win32", reason="a terminal of Unix")
def test_at_a_terminal_it_asks_who_you_are_and_offers_the_address_of_the_remote(tmp_path):
    (tmp_path / "crm").mkdir()
    git = Git(tmp_path / "crm")
    git("init", "--quiet")
    git("remote", "add", "origin", "https://me:secret@github.com/our/sales.git")
    answers = ["Our org", "", "toronto", "cad", "Ada Smith @ada, Bo Li", "", "serv"]
    code, screen = typed(tmp_path, ["init", "crm"], answers)
    assert code == 0
    assert "Its address  [https://github.com/our/sales]" in screen
    assert "secret" not in screen
    assert "toronto: America/Toronto" in screen
    book, problems = load(tmp_path / "crm")
    assert problems == []
    assert book.team.repository == "https://github.com/our/sales"
    assert [*book.team.people] == ["ada", "bo"]
    assert "inquiry" in book.processes[0].stages


@pytest.mark.skipif(sys.platform == "win32", reason="a terminal of Unix")
def test_at_a_terminal_yes_asks_nothing_and_writes_the_examples(tmp_path):
    code, _ = typed(tmp_path, ["init", "crm", "--yes"], [])
    assert code == 0
    assert (tmp_path / "crm/deals/example-university-first.yaml").is_file()


@pytest.mark.proof
@pytest.mark.skipif(sys.platform == "win32", reason="a terminal of Unix")
def test_at_a_terminal_two_people_with_an_and_between_them_are_two(tmp_path):
    answers = ["Our org", "toronto", "cad", "Nora Vale and Piet Okafor & Bo Li", "", "plain"]
    code, screen = typed(tmp_path, ["init", "crm"], answers)
    assert code == 0
    assert "three letters, such as USD, CAD, EUR" in screen
    book, _ = load(tmp_path / "crm")
    assert {it: person.name for it, person in book.team.people.items()} == {
        "nora": "Nora Vale",
        "piet": "Piet Okafor",
        "bo": "Bo Li",
    }


@pytest.mark.parametrize("is_known", [False, True])
def test_whoever_git_does_not_know_is_told_how_to_say_it_before_the_first_commit(tmp_path, monkeypatch, is_known):
    kept = tmp_path / "gitconfig"
    kept.write_text("[user]\n  name = Ada\n  email = ada@example.org\n" if is_known else "")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(kept))
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", str(tmp_path / "none"))
    own = (
        "--name",
        "Our org",
        "--zone",
        "Toronto",
        "--currency",
        "CAD",
        "--person",
        "Ada O'Neil",
        "--process",
        "plain",
    )
    out = run(tmp_path, "init", "crm", *own).out
    assert ("git config user.name" in out) is not is_known
    if not is_known:
        assert """git config user.name 'Ada O'"'"'Neil' && git config user.email""" in out


def git_of(crm: Path) -> str:
    return Git(crm)("symbolic-ref", "HEAD") if (crm / ".git").exists() else ""


def test_a_new_repository_is_one_of_git_and_nothing_is_committed(init):
    crm, said = init
    assert "git init: the branch is main, and nothing is committed yet" in said
    assert "git init --initial-branch" not in said
    assert git_of(crm) == "refs/heads/main"
    Git(crm)("rev-parse", "HEAD", fails=True)


def test_git_is_left_to_whoever_says_so_has_it_already_or_has_none(tmp_path):
    said = run(tmp_path, "init", "own", "--no-git").out
    assert (git_of(tmp_path / "own"), "git init --initial-branch=main" in said) == ("", True)
    Git(tmp_path)("init", "-q", "-b", "trunk", "--template=")
    said = run(tmp_path, "init", "inside").out
    assert (git_of(tmp_path / "inside"), "git init" in said) == ("", False)
    assert f"this folder is inside the git repository {tmp_path}, and what you commit goes there" in said
    assert "inside the git repository" not in run(tmp_path, "init", ".").out, "the folder is the repository itself"


def test_without_git_the_files_are_written_and_it_says_how_to_begin_it(tmp_path):
    ended = spawn(tmp_path, "init", "crm", env={"PATH": str(tmp_path)}, timeout=120)
    assert ended.returncode == 0, ended.stderr
    assert "is git installed? Everything is written" in ended.stdout
    assert (tmp_path / "crm/playbook/team.yaml").is_file()


def test_the_snippets_of_a_new_repository_are_those_of_its_process_and_are_renewed_with_it(crm):
    there = (crm / ".vscode/salesops.code-snippets").read_bytes()
    assert run(crm, "schema", "--snippets", "-o", ".vscode").code == 0
    assert (crm / ".vscode/salesops.code-snippets").read_bytes() == there
    assert "--snippets takes -o .vscode" in run(crm, "schema", "--snippets").err
