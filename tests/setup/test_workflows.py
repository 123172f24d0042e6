"""What runs on GitHub and GitLab: who may do what there, and that nothing from outside is ever taken for a command."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from importlib.metadata import PackageNotFoundError, requires
from itertools import islice
from pathlib import Path
from shlex import quote
from typing import Any

import pytest
import running
import yaml

from salesops.records.kinds import folders
from salesops.setup.new_repository import files

HOME = Path(__file__).parents[2]
STARTER = HOME / "salesops/setup/starter"
WORKFLOWS = sorted([*(HOME / ".github/workflows").glob("*.yml"), *(STARTER / ".github/workflows").glob("*.yml")])
ACTION = HOME / "action.yml"
CHECK = STARTER / ".github/check.sh"
GUIDES = HOME / "site/guides"

MAY_WRITE = {
    ("comment.yml", "comment"): {"pull-requests": "write"},
    ("handoff.yml", "open"): {"contents": "write", "issues": "write", "pull-requests": "write"},
    ("issue.yml", "propose"): {"contents": "write", "pull-requests": "write"},
    ("issue.yml", "answer"): {"issues": "write"},
    ("renewals.yml", "propose"): {"contents": "write", "pull-requests": "write"},
    ("review.yml", "open"): {"issues": "write"},
    ("site.yml", "publish"): {"pages": "write", "id-token": "write"},
}
RUNS_A_PROGRAM = re.compile(r"bin/|\bmake\b|\bpython|\bpip\b|\bgit\b(?!/)|\.sh\b|\.ci/run")
"""Where `git/` stands, GitHub is asked for an object."""
MARK = "<!-- salesops -->"


def of(path: Path) -> Any:
    """A file as GitHub reads it; every scalar stays text, so that `on` is a word."""
    return yaml.load(path.read_text(encoding="utf-8"), yaml.CBaseLoader)


def name(path: Path) -> str:
    return str(path.relative_to(HOME))


def jobs() -> Iterator[tuple[Path, str, dict[str, Any]]]:
    for path in WORKFLOWS:
        for id, job in of(path)["jobs"].items():
            yield path, id, job


JOBS = [pytest.param(path, id, job, id=f"{name(path)}:{id}") for path, id, job in jobs()]
STEPS = [
    *((f"{name(path)}:{id}", step) for path, id, job in jobs() for step in job["steps"]),
    *(("action.yml", step) for step in of(ACTION)["runs"]["steps"]),
]
every_job = pytest.mark.parametrize(("path", "id", "job"), JOBS)
every_workflow = pytest.mark.parametrize("path", WORKFLOWS, ids=name)
every_text = pytest.mark.parametrize("path", [*WORKFLOWS, ACTION], ids=name)


def test_both_repositories_have_the_same_seven_workflows():
    assert [name(path) for path in WORKFLOWS] == [
        f"{folder}.github/workflows/{file}.yml"
        for folder in ("", "salesops/setup/starter/")
        for file in ("check", "comment", "handoff", "issue", "renewals", "review", "site")
    ]


def test_every_folder_of_records_is_reported_on_and_merged_field_by_field():
    for path in (path for path in WORKFLOWS if path.name == "comment.yml"):
        assert f"-- {' '.join(folders())} ||" in path.read_text(encoding="utf-8"), path
    for path in (HOME / ".gitattributes", HOME / "salesops/setup/starter/gitattributes"):
        driven = re.findall(r"(?m)^(\w+)/\*\*/\*\.yaml +merge=salesops$", path.read_text(encoding="utf-8"))
        assert tuple(driven) == folders(), path


# ── Who may do what ──────────────────────────────────────────────────────────────────────────────────────────────────


@every_workflow
def test_a_workflow_begins_with_no_permission_at_all(path):
    assert of(path)["permissions"] == {}


@every_job
def test_a_job_can_only_read_unless_it_comments_proposes_answers_or_publishes(path, id, job):
    assert job["permissions"] == MAY_WRITE.get((path.name, id), {"contents": "read"})


@every_job
def test_a_job_that_may_write_checks_nothing_out_and_runs_no_program(path, id, job):
    if "write" in job["permissions"].values():
        for step in job["steps"]:
            assert "checkout" not in step.get("uses", "")
            assert not RUNS_A_PROGRAM.search(step.get("run", "")), step["name"]


@every_workflow
def test_no_stranger_starts_a_workflow_that_has_more_rights_than_a_stranger(path):
    triggers = of(path)["on"]
    assert set(triggers) <= {"pull_request", "push", "schedule", "workflow_dispatch", "workflow_run", "issues"}
    if "issues" in triggers:
        assert set(triggers) == {"issues"}
        assert path.name == "issue.yml"
    if "workflow_run" in triggers:
        assert set(triggers) == {"workflow_run"}
        assert path.name == "comment.yml"


@every_text
def test_the_one_secret_that_is_used_may_open_issues_for_delivery(path):
    used = re.findall(r"secrets\.\w+", path.read_text(encoding="utf-8"))
    assert set(used) == ({"secrets.DELIVERY_TOKEN"} if path.name == "handoff.yml" else set())


def test_the_secret_is_handed_to_one_step_of_one_environment():
    holders = [(where, step["name"]) for where, step in STEPS if "secrets." in json.dumps(step)]
    assert {step for _, step in holders} == {"Open each issue once"}
    assert len(holders) == len([path for path in WORKFLOWS if path.name == "handoff.yml"])
    assert all(
        job["environment"] == "delivery" for path, id, job in jobs() if (path.name, id) == ("handoff.yml", "open")
    )


def test_the_token_is_handed_to_nine_steps_and_to_no_program():
    holders = [(where, step["name"]) for where, step in STEPS if "github.token" in json.dumps(step)]
    assert holders == [
        (f"{folder}.github/workflows/{job}", step)
        for folder in ("", "salesops/setup/starter/")
        for job, step in (
            ("comment.yml:report", "Fetch the pull request as objects"),
            ("comment.yml:comment", "Create or update the comment"),
            ("comment.yml:comment", "Suggest what can be accepted"),
            ("handoff.yml:open", "Open each issue once"),
            ("handoff.yml:open", "Propose each record once"),
            ("issue.yml:propose", "Write the branch and open the pull request"),
            ("issue.yml:answer", "Create or update the answer"),
            ("renewals.yml:propose", "Open each pull request once"),
            ("review.yml:open", "Open the issue of the week"),
        )
    ]


def test_no_step_keeps_or_takes_a_cache():
    for where, step in STEPS:
        assert "actions/cache" not in step.get("uses", ""), where
        assert "cache" not in step.get("with", {}), where


@pytest.mark.parametrize(("where", "step"), STEPS, ids=[f"{where}:{step['name']}" for where, step in STEPS])
def test_no_value_is_ever_written_into_a_command(where, step):
    assert "${{" not in step.get("run", "")


def test_the_history_is_there_and_the_token_is_not_left_behind():
    checkouts = [step for _, step in STEPS if "actions/checkout@" in step.get("uses", "")]
    assert len(checkouts) == 17
    for step in checkouts:
        assert step["with"]["fetch-depth"] == "0"
        assert step["with"]["persist-credentials"] == "false"
        assert step["with"].get("ref") in (None, "${{ github.event.repository.default_branch }}")


@every_job
def test_no_job_runs_for_ever(path, id, job):
    assert 0 < int(job["timeout-minutes"]) <= 20


@every_workflow
def test_an_older_run_gives_way_and_one_that_is_publishing_or_opening_does_not(path):
    queue = of(path)["concurrency"]
    assert queue["group"].startswith("${{ github.workflow }}")
    assert queue["cancel-in-progress"] == ("false" if path.name in ("handoff.yml", "site.yml") else "true")


# ── What they are made of ────────────────────────────────────────────────────────────────────────────────────────────


def uses() -> Iterator[tuple[str, str]]:
    """Every use of an action, on the guide's page as well, and the file it is in."""
    for path in [*WORKFLOWS, ACTION, GUIDES / "github.md"]:
        for found in re.finditer(r"(?m)^\s*(?:- )?uses: (.*)$", path.read_text(encoding="utf-8")):
            yield name(path), found[1]


def test_every_action_is_named_by_a_commit_and_its_version_stands_beside_it():
    pins: dict[str, set[str]] = {}
    for where, used in uses():
        if used.startswith("OWNER/salesops@"):
            continue  # nobody can know the commit that a reader of the guide will take
        assert re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", used), f"{where}: {used}"
        pins.setdefault(used.split("@")[0], set()).add(used)
    assert set(pins) == {
        f"actions/{action}"
        for action in (
            "checkout",
            "deploy-pages",
            "download-artifact",
            "setup-python",
            "upload-artifact",
            "upload-pages-artifact",
        )
    }
    assert all(len(versions) == 1 for versions in pins.values()), "one action, one version"


def test_the_linter_of_workflows_has_nothing_to_say():
    folders = [HOME / ".github", STARTER / ".github", ACTION]
    ended = subprocess.run(
        [Path(sys.executable).parent / "zizmor", "--offline", "--quiet", "--persona", "auditor", *folders],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout
    ignored = [found for path in [*WORKFLOWS, ACTION] for found in re.findall(r"zizmor: ignore\S*", path.read_text())]
    assert ignored == ["zizmor: ignore[dangerous-triggers]"] * 2, "the comment that runs after a check, in both"


@pytest.mark.parametrize("file", ["check.yml", "comment.yml", "issue.yml", "review.yml", "site.yml"])
def test_a_new_repository_does_what_this_one_does(file):
    """The two differ in how salesops gets there, and in nothing else."""
    ours, theirs = (of(folder / ".github/workflows" / file) for folder in (HOME, STARTER))
    assert {key: ours[key] for key in ours if key != "jobs"} == {key: theirs[key] for key in theirs if key != "jobs"}
    assert set(ours["jobs"]) - {"program"} == set(theirs["jobs"])
    for id, job in theirs["jobs"].items():
        assert [without_program(step) for step in ours["jobs"][id].pop("steps")] == [
            without_program(step) for step in job.pop("steps")
        ]
        assert ours["jobs"][id] == job


def without_program(step: dict[str, Any]) -> dict[str, Any]:
    """A step as it is in both repositories."""
    if step["name"] in ("Set up salesops", "Install salesops"):
        return {}
    env = {key: value for key, value in step.get("env", {}).items() if key != "SALESOPS"}
    run = step.get("run", "").replace('"$RUNNER_TEMP/salesops/bin/salesops"', ".venv/bin/salesops")
    return {**step, "env": env, "run": run.replace("salesops/setup/starter/.github/", ".github/")}


def test_init_writes_these_workflows():
    written = dict(files(date(2026, 11, 20)))
    for path in (STARTER / ".github").rglob("*"):
        if path.is_file():
            assert written[str(path.relative_to(STARTER))] == path.read_bytes()


def test_the_comment_follows_the_check_by_its_name():
    for folder in (HOME, STARTER):
        check, comment = (of(folder / ".github/workflows" / file) for file in ("check.yml", "comment.yml"))
        assert comment["on"]["workflow_run"]["workflows"] == [check["name"]]


def test_the_readme_of_a_new_repository_names_whatever_runs_there():
    readme = (STARTER / "README.md").read_text(encoding="utf-8").partition("## What runs automatically")[2]
    names = [of(path)["name"] for path in (STARTER / ".github/workflows").iterdir()]
    assert [name for name in names if f"*{name}*" not in readme] == []


def test_the_guide_and_init_name_the_check_that_must_be_green():
    assert of(STARTER / ".github/workflows/check.yml")["jobs"]["records"]["name"] == "Records"
    for path in (GUIDES / "github.md", STARTER / "README.md"):
        assert "*Records*" in path.read_text(encoding="utf-8")


# ── The site is published only where somebody said so ────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("folder", [HOME, STARTER], ids=["here", "starter"])
def test_only_main_is_published_and_only_when_the_check_was_green(folder):
    site = of(folder / ".github/workflows/site.yml")["jobs"]
    publish = site["publish"]
    said = "vars.SALESOPS_PAGES == 'public' || vars.SALESOPS_PAGES == 'allowed'"
    assert publish["if"] == f"({said}) && github.ref == 'refs/heads/main'"
    assert publish["needs"] == "site"
    assert publish["environment"]["name"] == "github-pages"
    assert [step["uses"].split("@")[0] for step in publish["steps"]] == ["actions/deploy-pages"]
    names = [step["name"] for step in site["site"]["steps"]]
    assert names.index("Check every record") < names.index("Build the site") < names.index("Upload the site")
    assert not any(key in step for step in site["site"]["steps"] for key in ("continue-on-error",))


@pytest.mark.parametrize("folder", [HOME, STARTER], ids=["here", "starter"])
def test_each_word_publishes_one_folder_and_allowed_the_one_that_strangers_may_see(folder):
    steps = of(folder / ".github/workflows/site.yml")["jobs"]["site"]["steps"]
    uploads = [step for step in steps if "upload-pages-artifact" in step.get("uses", "")]
    assert {step["if"].split("'")[1]: step["with"]["path"] for step in uploads} == {
        "public": "build/html",
        "allowed": "build/public",
    }
    names = [step["name"] for step in steps]
    made = next(step for step in steps if step["name"] == "Build the public site")
    assert names.index("Check every record") < names.index(made["name"]) < names.index(uploads[1]["name"])
    assert made["if"] == uploads[1]["if"] == "vars.SALESOPS_PAGES == 'allowed' && github.ref == 'refs/heads/main'"
    assert made["run"].rstrip().endswith("site --public")


def test_a_preview_is_never_published():
    for folder in (HOME, STARTER):
        check = of(folder / ".github/workflows/check.yml")["jobs"]
        assert check["preview"]["needs"] == "records"
        assert "upload-pages-artifact" not in json.dumps(check)


@pytest.mark.parametrize(
    "path",
    [GUIDES / "github.md", GUIDES / "gitlab.md", STARTER / "README.md", STARTER / ".github/workflows/site.yml"],
    ids=lambda path: path.name,
)
def test_whoever_may_publish_reads_that_the_page_is_public(path):
    text = " ".join(path.read_text(encoding="utf-8").replace("#", "").split()).lower()
    assert "even when this repository is private" in text or re.search(r"public[^.]*, even from a private", text)
    assert "SALESOPS_PAGES" in path.read_text(encoding="utf-8")


# ── What a new repository installs ───────────────────────────────────────────────────────────────────────────────────


def locked(path: Path) -> dict[str, str]:
    """Each package of a lock, and the lines that pin it."""
    blocks = re.split(r"(?m)^(?=[^\s#])", path.read_text(encoding="utf-8"))
    return {re.split(r"[= ;]", block)[0]: block.strip() for block in blocks if "==" in block}


def needed(package: str, seen: set[str]) -> set[str]:
    """A package and all that it needs, as far as it is installed here."""
    seen.add(package)
    try:
        lines = requires(package) or []
    except PackageNotFoundError:
        return seen  # needed on another system only
    for line in lines:
        other = re.match(r"[\w.-]+", line)[0].lower().replace("_", "-").replace(".", "-")
        if "extra ==" not in line and other not in seen:
            needed(other, seen)
    return seen


def test_a_new_repository_installs_what_was_tested_here_and_nothing_else():
    theirs, ours = locked(STARTER / "requirements.lock"), locked(HOME / "requirements.lock")
    hint = "write salesops/setup/starter/requirements.lock anew: make lock"
    assert theirs.items() <= ours.items(), hint
    installed = {package for package in needed("salesops", set()) if package in ours}
    assert installed <= set(theirs), hint
    assert all(block.count("--hash=sha256:") >= 1 for block in theirs.values())
    assert "://" not in (STARTER / "requirements.lock").read_text(encoding="utf-8")


def test_every_package_is_installed_by_its_hash_and_away_from_the_checkout():
    installs = [step["run"] for _, step in STEPS if step["name"].startswith("Install salesops")]
    assert len(installs) == 9
    for run in installs:
        assert "--require-hashes" in run
        assert all("-I" in line for line in run.splitlines() if "python" in line.lower() and "-m" in line)
        assert "RUNNER_TEMP" in run


# ── The shell of the steps, run for real ─────────────────────────────────────────────────────────────────────────────

PLAIN = {
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_SYSTEM": "/dev/null",
    **{f"GIT_{who}_{what}": value for who in ("AUTHOR", "COMMITTER") for what, value in (("NAME", "A"), ("EMAIL", "a@b.example"), ("DATE", "2026-11-20T00:00:00Z"))},
}  # fmt: skip

APART = "\x1f"
"""Stands between the words of a call, where a program of the shell looks for one of them."""

STUB = """\
#!/bin/sh
printf '%s\\0' "$#" "$@" >> {log}
IFS='{apart}'
called="$IFS$*$IFS"
with() {{ case "$called" in *"$IFS$1$IFS"*) ;; *) return 1 ;; esac; }}
. {answers}
"""

ANSWER = """\
if {words}; then
  printf %s {err} >&2
  printf %s {out}
  exit {code}
fi
"""


def answering(word: str, answer: Mapping[str, Any]) -> str:
    """The lines of a program that gives this answer when these words are among those that it is called with."""
    words = " && ".join(f"with {quote(one)}" for one in word.split())
    return ANSWER.format(
        words=words,
        err=quote(answer.get("err", "")),
        out=quote(answer.get("out", "")),
        code=answer.get("code", 0),
    )


@dataclass(frozen=True)
class Ran:
    """How a step ended, and what GitHub would have taken from what it printed."""

    code: int
    out: str
    summary: str = ""
    outputs: str = ""

    @property
    def commands(self) -> list[str]:
        """The lines that a runner takes for commands: all that begin with ``::``, but for those between stop and resume."""
        taken: list[str] = []
        token = None
        for line in self.out.splitlines():
            stop = re.fullmatch(r"::stop-commands::(\w+)", line)
            if token is None and stop:
                token = stop[1]
            elif token is not None and line == f"::{token}::":
                token = None
            elif token is None and (line.lstrip().startswith("::") or "##[" in line):
                taken.append(line)
        assert token is None, "commands were stopped and never resumed"
        return taken


@dataclass
class Runner:
    """A machine like GitHub's: bash, git, jq, and programs that note how they were called and say what they are told to."""

    folder: Path
    answers: dict[str, list[tuple[str, dict[str, Any]]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.work = self.folder / "work"
        self.temp = self.folder / "temp"
        for path in (self.work, self.temp, self.folder / "bin", self.work / ".venv/bin", self.temp / "salesops/bin"):
            path.mkdir(parents=True)
        for program in ("bin/gh", "work/.venv/bin/salesops", "temp/salesops/bin/salesops"):
            self.program(program)

    def program(self, path: str) -> None:
        """A program that does as it is told."""
        stem = path.rsplit("/", 1)[1]
        log, answers = (quote(str(self.folder / f"{stem}.{ending}")) for ending in ("log", "answers"))
        text = STUB.format(apart=APART, log=log, answers=answers)
        (self.folder / path).write_text(text, encoding="utf-8")
        (self.folder / path).chmod(0o755)
        self.tell(stem)

    def tell(self, program: str, *answers: tuple[str, dict[str, Any]]) -> None:
        """What a program says when these words are among those that it is called with; the first that fits."""
        lines = "".join(answering(word, answer) for word, answer in answers)
        (self.folder / f"{program}.answers").write_text(lines, encoding="utf-8")

    def calls(self, program: str) -> list[list[str]]:
        """How a program was called, each time."""
        log = self.folder / f"{program}.log"
        words = iter(log.read_text(encoding="utf-8").split("\0")[:-1] if log.exists() else ())
        return [list(islice(words, int(count))) for count in words]

    @property
    def environment(self) -> dict[str, str]:
        """What every step finds in its environment."""
        return {
            **PLAIN,
            "PATH": f"{self.folder / 'bin'}:{os.environ['PATH']}",
            "RUNNER_TEMP": str(self.temp),
            "GITHUB_ACTIONS": "true",
            "GITHUB_REPOSITORY": "our-org/sales",
            "GITHUB_SERVER_URL": "https://github.com",
        }

    def run(self, script: str, env: Mapping[str, str]) -> Ran:
        """A step as GitHub runs it."""
        file = self.temp / "step.sh"
        file.write_text(script, encoding="utf-8")
        summary, outputs = self.temp / "summary.md", self.temp / "outputs"
        summary.write_text("")
        outputs.write_text("")
        ended = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", file],
            cwd=self.work,
            env={**self.environment, "GITHUB_STEP_SUMMARY": str(summary), "GITHUB_OUTPUT": str(outputs), **env},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=60,
        )
        return Ran(ended.returncode, ended.stdout, summary.read_text(encoding="utf-8"), outputs.read_text())

    def git(self, *words: str, at: Path | None = None) -> str:
        """What git answers."""
        env = {**PLAIN, "PATH": os.environ["PATH"]}
        ended = subprocess.run(
            ["git", *words], cwd=at or self.work, env=env, capture_output=True, text=True, check=True
        )
        return ended.stdout.strip()

    def commit(self, path: str, at: Path | None = None) -> str:
        """A commit that adds a file."""
        (at or self.work).joinpath(path).write_text(path, encoding="utf-8")
        self.git("add", "--all", "--", path, at=at)
        self.git("commit", "--quiet", "--message", path, at=at)
        return self.git("rev-parse", "HEAD", at=at)


@pytest.fixture
def runner(tmp_path: Path) -> Runner:
    return Runner(tmp_path)


def step(job: str, wanted: str, file: str = "comment.yml") -> str:
    """The shell of a step of the starter's workflows."""
    found = of(STARTER / ".github/workflows" / file)["jobs"][job]["steps"]
    return next(step["run"] for step in found if step["name"] == wanted)


def hostile(folder: Path) -> list[str]:
    """What a stranger may call a branch, a repository or a commit."""
    touch = f"touch {folder / 'ran'}"
    return [
        f"$({touch})",
        f"`{touch}`",
        f'"; {touch}; "',
        f"'; {touch}; '",
        f"x\n::error::smuggled\n{touch}",
        f"--upload-pack={touch}",
        "::error::smuggled",
        "@/etc/passwd",
        "-rf *",
    ]


CASES = range(len(hostile(Path())))


class TestTheCheck:
    """`.github/check.sh`, which the workflows and the action run."""

    SOUND = (
        ("check --format github", {"out": "3 deals checked: no problems\n"}),
        ("check --format markdown", {"out": "No problems\n"}),
        ("diff", {"out": f"{MARK}\nNothing changed.\n"}),
    )

    @pytest.fixture(autouse=True)
    def _sound(self, runner: Runner) -> None:
        runner.git("init", "--quiet", "--initial-branch=main", "--template=")
        runner.tell("salesops", *self.SOUND)

    def check(self, runner: Runner, **env: str) -> Ran:
        return runner.run(f"bash {CHECK}", env)

    def compared_with(self, runner: Runner) -> str:
        """The commit that the records were compared with."""
        words = next(call for call in runner.calls("salesops") if "check" in call)
        return next((word.removeprefix("--against=") for word in words if word.startswith("--against=")), "")

    def test_a_pull_request_is_compared_with_the_base_that_it_would_be_merged_into(self, runner):
        old = runner.commit("deals.yaml")
        runner.git("switch", "--quiet", "--create", "topic")
        runner.commit("topic.yaml")
        runner.git("switch", "--quiet", "main")
        newer = runner.commit("others.yaml")
        runner.git("merge", "--quiet", "--no-ff", "--no-edit", "topic")
        merge = runner.git("rev-parse", "HEAD")
        ran = self.check(runner, GITHUB_EVENT_NAME="pull_request", GITHUB_SHA=merge, BASE_SHA=old)
        assert ran.code == 0, ran.out
        assert self.compared_with(runner) == newer
        assert ["-C", ".", "diff", "--format", "markdown", "--", newer, "HEAD"] in runner.calls("salesops")

    def test_a_branch_into_which_main_was_merged_is_still_compared_with_its_base(self, runner):
        base = runner.commit("deals.yaml")
        runner.git("switch", "--quiet", "--create", "topic")
        runner.commit("topic.yaml")
        runner.git("switch", "--quiet", "main")
        runner.commit("others.yaml")
        runner.git("switch", "--quiet", "topic")
        runner.git("merge", "--quiet", "--no-edit", "main")
        self.check(runner, GITHUB_EVENT_NAME="pull_request", GITHUB_SHA="0" * 40, BASE_SHA=base)
        assert self.compared_with(runner) == base

    def test_a_push_is_compared_with_what_was_there_before_and_nothing_of_it_may_be_gone(self, runner):
        before = runner.commit("deals.yaml")
        self.check(runner, GITHUB_EVENT_NAME="push", BEFORE=before)
        assert self.compared_with(runner) == before
        assert all("--exact" in call for call in runner.calls("salesops"))

    def test_a_new_branch_has_nothing_to_be_compared_with_and_that_is_said(self, runner):
        ran = self.check(runner, GITHUB_EVENT_NAME="push", BEFORE="0" * 40)
        assert ran.code == 0
        assert self.compared_with(runner) == ""
        assert ran.commands == [
            "::notice::This branch is new, so there is nothing to compare it with: every record is checked as it is."
        ]
        assert not any("diff" in call for call in runner.calls("salesops"))

    @pytest.mark.parametrize("event", ["push", "pull_request"])
    def test_where_the_event_does_not_say_what_was_before_nothing_is_green(self, runner, event):
        ran = self.check(runner, GITHUB_EVENT_NAME=event)
        assert ran.code == 3
        assert ran.commands[0].startswith("::error::Cannot decide:")
        assert runner.calls("salesops") == []

    def test_every_morning_there_is_nothing_to_compare_with(self, runner):
        assert self.check(runner, GITHUB_EVENT_NAME="schedule").code == 0
        assert self.compared_with(runner) == ""

    def test_whoever_wants_no_comparison_gets_none(self, runner):
        self.check(runner, GITHUB_EVENT_NAME="push", BEFORE="a" * 40, AGAINST="none")
        assert self.compared_with(runner) == ""

    def test_whoever_names_a_commit_is_taken_at_their_word(self, runner):
        self.check(runner, GITHUB_EVENT_NAME="push", BEFORE="a" * 40, AGAINST="push")
        assert self.compared_with(runner) == "push"
        assert "--exact" not in runner.calls("salesops")[0]

    def test_the_day_and_the_strictness_are_passed_on(self, runner):
        self.check(runner, AGAINST="v1", AS_OF="2026-11-20", STRICT="true")
        checked, effect, listed = runner.calls("salesops")
        assert checked == ["-C", ".", "check", "--format", "github", "--as-of=2026-11-20", "--strict", "--against=v1"]
        assert listed[2:] == ["check", "--format", "markdown", "--as-of=2026-11-20", "--strict", "--against=v1"]
        assert effect[2:] == ["diff", "--format", "markdown", "--as-of=2026-11-20", "--", "v1", "HEAD"]

    @pytest.mark.parametrize("case", CASES)
    def test_the_summary_leads_to_the_branch_of_the_pull_request_whatever_it_is_called(self, runner, case):
        branch = hostile(runner.folder)[case]
        ran = self.check(runner, AGAINST="v1", HEAD_REPOSITORY="https://github.com/jim/sales", HEAD_BRANCH=branch)
        assert (ran.code, ran.commands) == (0, [])
        where = ["--repository=https://github.com/jim/sales", f"--branch={branch}"]
        assert runner.calls("salesops")[1][2:] == ["diff", "--format", "markdown", *where, "--", "v1", "HEAD"]
        assert not (runner.folder / "ran").exists()

    @pytest.mark.parametrize("known", [{"HEAD_BRANCH": "topic"}, {"HEAD_REPOSITORY": "https://github.com/jim/sales"}])
    def test_where_the_branch_or_its_repository_is_not_known_the_summary_leads_nowhere(self, runner, known):
        self.check(runner, AGAINST="v1", **known)
        assert runner.calls("salesops")[1][2:] == ["diff", "--format", "markdown", "--", "v1", "HEAD"]

    def test_the_summary_is_written_when_all_is_well_too(self, runner):
        ran = self.check(runner, AGAINST="v1")
        assert ran.summary == f"{MARK}\nNothing changed.\n\n## All that the check says\n\nNo problems\n\n"

    def test_problems_fail_the_check_and_the_summary_still_has_all(self, runner):
        annotation = "::error file=deals/acme.yaml,line=7,col=5,title=stage-skipped::stages.1: no\n"
        runner.tell(
            "salesops",
            ("check --format github", {"out": annotation, "code": 1}),
            ("check", {"out": "One problem\n", "code": 1}),
            ("diff", {"out": "A moved.\n", "code": 1}),
        )
        ran = self.check(runner, AGAINST="v1")
        assert ran.code == 1
        assert ran.commands == [annotation.strip()]
        assert ran.summary == "A moved.\n\n## All that the check says\n\nOne problem\n\n"

    @pytest.mark.parametrize("code", [2, 3, 70])
    def test_what_cannot_be_decided_is_not_green_and_the_summary_says_so(self, runner, code):
        runner.tell("salesops", ("check", {"err": "salesops: cannot decide: the history is not here\n", "code": code}))
        ran = self.check(runner, GITHUB_EVENT_NAME="pull_request", BASE_SHA="a" * 40)
        assert ran.code == code
        assert "the history is not here" in ran.out
        assert ran.commands == []
        assert ran.summary.startswith("The check could not decide.")

    def test_after_a_force_push_nothing_is_green_and_the_reason_is_said(self, runner):
        runner.commit("deals.yaml")
        runner.tell("salesops", ("check", {"code": 3}))
        ran = self.check(runner, GITHUB_EVENT_NAME="push", BEFORE="a" * 40)
        assert ran.code == 3
        [said] = ran.commands
        assert "as after a force push" in said

    def test_a_push_whose_past_is_here_is_not_called_a_force_push(self, runner):
        before = runner.commit("deals.yaml")
        runner.tell("salesops", ("check", {"code": 3}))
        ran = self.check(runner, GITHUB_EVENT_NAME="push", BEFORE=before)
        assert (ran.code, ran.commands) == (3, [])

    def test_an_effect_that_cannot_be_worked_out_is_not_green(self, runner):
        runner.tell("salesops", ("diff", {"code": 3}), *self.SOUND)
        assert self.check(runner, AGAINST="v1").code == 3

    def test_a_summary_never_grows_beyond_what_github_takes(self, runner):
        runner.tell("salesops", ("markdown", {"out": "€" * 400_000}))
        ran = self.check(runner, AGAINST="v1")
        assert ran.code == 0
        assert len(ran.summary.encode()) < 1024 * 1024
        assert ran.summary.count("There is more than fits here") == 2

    def test_annotations_of_records_in_a_folder_name_the_file_from_the_top(self, runner):
        (runner.work / "our, crm").mkdir()
        lines = "::error file=deals/a.yaml,line=1::no\n::warning file=deals/b.yaml,line=1::hm\n2 deals checked\n"
        runner.tell("salesops", ("github", {"out": lines}))
        ran = self.check(runner, ROOT="our, crm")
        assert ran.commands == [
            "::error file=our%2C crm/deals/a.yaml,line=1::no",
            "::warning file=our%2C crm/deals/b.yaml,line=1::hm",
        ]
        assert "2 deals checked\n" in ran.out

    @pytest.mark.samples(15)
    @pytest.mark.parametrize("case", CASES)
    @pytest.mark.parametrize("name", ["AGAINST", "BASE_SHA", "BEFORE", "ROOT", "AS_OF", "STRICT"])
    def test_nothing_from_outside_is_run_or_taken_for_a_command(self, runner, name, case):
        value = hostile(runner.folder)[case]
        event = "pull_request" if name == "BASE_SHA" else "push"
        ran = self.check(runner, **{"GITHUB_EVENT_NAME": event, "BEFORE": "a" * 40, name: value})
        assert not (runner.folder / "ran").exists()
        assert ran.commands == []
        assert runner.calls("salesops")
        for call in runner.calls("salesops"):
            assert name == "STRICT" or self.whole(name, value, call) in call, "it arrives as one word, whole"

    @staticmethod
    def whole(name: str, value: str, call: list[str]) -> str:
        """The word by which a value arrives."""
        if name == "ROOT" or ("diff" in call and name != "AS_OF"):
            return value
        return f"--as-of={value}" if name == "AS_OF" else f"--against={value}"

    def test_what_is_said_while_the_summary_is_written_is_no_command(self, runner):
        runner.tell("salesops", ("markdown", {"err": "::error::smuggled\n##[error]smuggled\n"}), *self.SOUND)
        ran = self.check(runner, AGAINST="v1")
        assert "smuggled" in ran.out
        assert ran.commands == []


class TestTheReport:
    """The steps of `comment.yml` that read a pull request."""

    @pytest.fixture
    def head(self, runner: Runner) -> str:
        """A pull request at `origin`, of which nothing is here yet; `main` has moved on since."""
        origin = runner.folder / "origin"
        origin.mkdir()
        runner.git("init", "--quiet", "--initial-branch=main", at=origin)
        runner.git("config", "uploadpack.allowAnySHA1InWant", "true", at=origin)
        runner.commit("deals.yaml", at=origin)
        runner.git("clone", "--quiet", f"file://{origin}", ".", at=self.empty(runner))
        runner.git("switch", "--quiet", "--create", "topic", at=origin)
        head = runner.commit("evil.py", at=origin)
        runner.git("switch", "--quiet", "main", at=origin)
        return head

    @staticmethod
    def empty(runner: Runner) -> Path:
        venv = runner.work / ".venv"
        venv.rename(runner.folder / "venv")
        return runner.work

    def test_the_pull_request_is_fetched_as_objects_and_never_checked_out(self, runner, head):
        ran = runner.run(step("report", "Fetch the pull request as objects"), {"HEAD_SHA": head, "TOKEN": "secret-t"})
        assert ran.code == 0, ran.out
        assert runner.git("cat-file", "-t", head) == "commit"
        assert [path.name for path in runner.work.iterdir()] == [".git", "deals.yaml"]
        assert "secret-t" not in ran.out + (runner.work / ".git/config").read_text()

    @pytest.mark.parametrize("case", CASES)
    def test_only_a_commit_is_fetched(self, runner, head, case):
        ran = runner.run(
            step("report", "Fetch the pull request as objects"),
            {"HEAD_SHA": hostile(runner.folder)[case], "TOKEN": "t"},
        )
        assert ran.code != 0
        assert not (runner.folder / "ran").exists()
        assert ran.commands == []

    PLACE: Mapping[str, str] = {"HEAD_REPOSITORY": "https://github.com/jim/sales", "HEAD_BRANCH": "topic"}

    def make(self, runner: Runner, head: str, **env: str) -> Ran:
        runner.git("fetch", "--quiet", "origin", "topic")
        return runner.run(step("report", "Make the report"), {"HEAD_SHA": head, **self.PLACE, **env})

    def test_the_report_compares_the_two_commits_and_nothing_on_disk(self, runner, head):
        runner.tell("salesops", ("diff", {"out": f"{MARK}\nA moved.\n"}))
        ran = self.make(runner, head)
        assert ran.code == 0, ran.out
        base = runner.git("rev-parse", "HEAD")
        where = ["--repository=https://github.com/jim/sales", "--branch=topic", f"--review={runner.temp}/review.json"]
        assert runner.calls("salesops") == [["diff", base, head, "--format", "markdown", *where]]
        assert (runner.temp / "report.md").read_text() == f"{MARK}\nA moved.\n"
        assert ran.outputs == "made=yes\n"

    @pytest.mark.parametrize("path", ["deals/acme.yaml", "members/acme.yaml", "playbook/team.yaml"])
    def test_it_is_said_whether_any_record_changes(self, runner, head, path):
        origin = runner.folder / "origin"
        runner.git("switch", "--quiet", "topic", at=origin)
        (origin / path).parent.mkdir()
        head = runner.commit(path, at=origin)
        assert self.make(runner, head).outputs == "made=yes\nchanged=yes\n"

    @pytest.mark.samples(15)
    @pytest.mark.parametrize("case", CASES)
    @pytest.mark.parametrize("name", ["HEAD_REPOSITORY", "HEAD_BRANCH"])
    def test_a_branch_of_any_name_is_one_word_for_the_program_and_no_command(self, runner, head, name, case):
        value = hostile(runner.folder)[case]
        ran = self.make(runner, head, **{name: value})
        assert (ran.code, ran.commands) == (0, [])
        assert not (runner.folder / "ran").exists()
        [call] = runner.calls("salesops")
        assert len(call) == 8
        assert f"--{name.removeprefix('HEAD_').lower()}={value}" in call

    def test_there_is_a_report_of_records_with_problems_too(self, runner, head):
        runner.tell("salesops", ("diff", {"out": f"{MARK}\nOne problem.\n", "code": 1}))
        ran = self.make(runner, head)
        assert (ran.code, ran.outputs) == (0, "made=yes\n")

    def test_a_report_that_cannot_be_made_is_not_handed_on(self, runner, head):
        runner.tell("salesops", ("diff", {"err": "::error::smuggled\n", "code": 3}))
        ran = self.make(runner, head)
        assert (ran.code, ran.outputs, ran.commands) == (3, "", [])

    def test_a_pull_request_that_shares_nothing_with_main_ends_quietly(self, runner, head):
        origin = runner.folder / "origin"
        runner.git("switch", "--quiet", "--orphan", "other", at=origin)
        other = runner.commit("other.yaml", at=origin)
        runner.git("fetch", "--quiet", "origin", "other")
        ran = runner.run(step("report", "Make the report"), {"HEAD_SHA": other})
        assert (ran.code, ran.outputs) == (0, "")
        assert len(ran.commands) == 1
        assert ran.commands[0].startswith("::notice::")


class TestTheComment:
    """The step of `comment.yml` that may write."""

    SHA = "c" * 40
    PULLS = "repos/our-org/sales/pulls"
    COMMENTS = "repos/our-org/sales/issues/7/comments?per_page=100"
    BOT: Mapping[str, str] = {"login": "github-actions[bot]", "type": "Bot"}

    def write(self, runner: Runner, *answers: Any, report: str = f"{MARK}\nA moved.\n", **env: str) -> Ran:
        (runner.temp / "report.md").write_text(report, encoding="utf-8")
        runner.tell("gh", *answers, *self.answers())
        values = {
            "HEAD_OWNER": "jim",
            "HEAD_BRANCH": "topic",
            "HEAD_SHA": self.SHA,
            "MAIN": "main",
            "GH_TOKEN": "t",
            "CHANGED": "yes",
        }
        return runner.run(step("comment", "Create or update the comment"), values | env)

    def answers(self, *comments: dict[str, Any], number: int = 7, sha: str = SHA) -> list[Any]:
        return [
            ("PATCH", {}),
            ("POST", {}),
            (self.COMMENTS, {"out": json.dumps(comments)}),
            (self.PULLS, {"out": json.dumps([{"number": number, "head": {"sha": sha}}])}),
        ]

    def written(self, runner: Runner) -> list[list[str]]:
        return [call for call in runner.calls("gh") if "PATCH" in call or "POST" in call]

    def test_the_first_report_is_a_new_comment(self, runner):
        ran = self.write(runner)
        assert ran.code == 0, ran.out
        [call] = self.written(runner)
        assert call[2:5] == ["--method", "POST", "repos/our-org/sales/issues/7/comments"]
        assert call[5:] == ["-F", f"body=@{runner.temp}/report.md"]
        assert ran.commands == []

    def test_the_next_one_takes_the_place_of_the_last(self, runner):
        others = [{"id": 1, "user": {"login": "jim", "type": "User"}, "body": "Nice"}]
        ours = [{"id": 2, "user": self.BOT, "body": f"{MARK}\nold"}, {"id": 3, "user": self.BOT, "body": f"{MARK}\n"}]
        assert self.write(runner, *self.answers(*others, *ours)).code == 0
        [call] = self.written(runner)
        assert call[3:5] == ["PATCH", "repos/our-org/sales/issues/comments/2"]

    def test_a_pull_request_that_changes_no_record_gets_no_comment(self, runner):
        ran = self.write(runner, CHANGED="")
        assert (ran.code, self.written(runner)) == (0, [])
        assert ran.commands == ["::notice::No record changes: no comment is written."]

    def test_a_comment_that_is_there_is_kept_true_when_the_records_change_back(self, runner):
        self.write(runner, *self.answers({"id": 2, "user": self.BOT, "body": f"{MARK}\nold"}), CHANGED="")
        assert [call[3] for call in self.written(runner)] == ["PATCH"]

    def test_a_hundred_comments_more_are_read_as_well(self, runner):
        pages = json.dumps([{"id": 1, "user": {"login": "jim", "type": "User"}, "body": "Nice"}]) + json.dumps(
            [{"id": 2, "user": self.BOT, "body": f"{MARK}\nold"}]
        )
        self.write(runner, ("PATCH", {}), (f"--paginate {self.COMMENTS}", {"out": pages}), *self.answers())
        assert self.written(runner)[0][4] == "repos/our-org/sales/issues/comments/2"

    @pytest.mark.parametrize(
        "comment",
        [
            {"user": {"login": "mallory", "type": "User"}, "body": f"{MARK}\nforged"},
            {"user": {"login": "github-actions[bot]", "type": "User"}, "body": f"{MARK}\nforged"},
            {"user": {"login": "dependabot[bot]", "type": "Bot"}, "body": f"{MARK}\nforged"},
            {"user": {"login": "github-actions[bot]", "type": "Bot"}, "body": f"Another workflow quotes {MARK}"},
        ],
    )
    def test_the_comment_of_somebody_else_is_left_alone(self, runner, comment):
        self.write(runner, *self.answers({"id": 9, **comment}))
        assert [call[3] for call in self.written(runner)] == ["POST"]

    def test_a_pull_request_that_has_moved_on_gets_no_stale_comment(self, runner):
        ran = self.write(runner, *self.answers(sha="d" * 40))
        assert (ran.code, self.written(runner)) == (0, [])
        assert ran.commands == [
            "::notice::No open pull request against main has this commit as its newest: no comment is written."
        ]

    def test_a_pull_request_that_is_closed_gets_none(self, runner):
        ran = self.write(runner, (self.PULLS, {"out": "[]"}))
        assert (ran.code, self.written(runner)) == (0, [])

    def test_only_an_open_pull_request_of_that_branch_against_main_is_asked_for(self, runner):
        self.write(runner)
        asked = runner.calls("gh")[0]
        assert asked[:4] == ["api", "--method", "GET", self.PULLS]
        assert asked[4:] == ["-f", "state=open", "-f", "base=main", "-f", "head=jim:topic"]

    @pytest.mark.parametrize("report", ["No mark\n", "", f"{MARK}\n" + "€" * 65_001])
    def test_only_a_report_of_ours_that_fits_is_written(self, runner, report):
        ran = self.write(runner, report=report)
        assert (ran.code, runner.calls("gh")) == (0, [])
        assert [command.split("::")[1] for command in ran.commands] == ["notice"]

    def test_sixty_thousand_characters_fit_whatever_they_weigh(self, runner):
        self.write(runner, report=f"{MARK}\n" + "€" * 59_000)
        assert len(self.written(runner)) == 1

    @pytest.mark.samples(15)
    @pytest.mark.parametrize("case", CASES)
    @pytest.mark.parametrize("name", ["HEAD_OWNER", "HEAD_BRANCH", "HEAD_SHA", "MAIN"])
    def test_nothing_from_outside_is_run_or_taken_for_a_command(self, runner, name, case):
        ran = self.write(runner, **{name: hostile(runner.folder)[case]})
        assert not (runner.folder / "ran").exists()
        assert {command.split("::")[1] for command in ran.commands} <= {"notice"}
        assert "smuggled" not in "".join(ran.commands)
        assert len(runner.calls("gh")[0]) == 10, "every value stays one word"

    def test_what_github_answers_is_no_command(self, runner):
        ran = self.write(runner, ("POST", {"err": "::error::smuggled\n::add-mask::x\n", "code": 1}))
        assert ran.code == 1
        assert "smuggled" in ran.out
        assert ran.commands == []

    @pytest.mark.parametrize("number", ["7; touch x", "../../actions/secrets", -1, None])
    def test_a_pull_request_is_a_number(self, runner, number):
        ran = self.write(runner, *self.answers(number=number))
        assert (ran.code, self.written(runner)) == (0, [])


class TestTheSuggestions:
    """The step of `comment.yml` that suggests lines to accept."""

    SHA = "c" * 40
    THERE = "repos/our-org/sales/pulls/7/comments?per_page=100"
    BOT: Mapping[str, str] = {"login": "github-actions[bot]", "type": "Bot"}

    def comment(self, mark: str = "a" * 16, **more: Any) -> dict[str, Any]:
        body = f"<!-- salesops {mark} -->\nNo id\n\n```suggestion\nowner: jim\n```\n"
        return {"path": "deals/acme.yaml", "line": 4, "side": "RIGHT", "body": body, **more}

    def suggest(self, runner: Runner, made: Any, *there: Any, answers: Any = (), **env: str) -> Ran:
        if made is not None:
            text = made if isinstance(made, str) else json.dumps({"schema_version": 1, "comments": made})
            (runner.temp / "review.json").write_text(text, encoding="utf-8")
        runner.tell("gh", *answers, (self.THERE, {"out": json.dumps(there)}), ("POST", {}))
        values = {"GH_TOKEN": "t", "HEAD_SHA": self.SHA, "NUMBER": "7", **env}
        return runner.run(step("comment", "Suggest what can be accepted"), values)

    def written(self, runner: Runner) -> list[list[str]]:
        return [call for call in runner.calls("gh") if "POST" in call or "PATCH" in call]

    def test_suggestions_are_one_review_of_the_commit_that_was_checked(self, runner):
        ran = self.suggest(runner, [self.comment(), self.comment("b" * 16, more="left out")])
        assert (ran.code, ran.commands) == (0, []), ran.out
        [call] = self.written(runner)
        assert call[3:5] == ["POST", "repos/our-org/sales/pulls/7/reviews"]
        assert call[5:] == ["--input", f"{runner.temp}/new.json"]
        sent = json.loads((runner.temp / "new.json").read_text(encoding="utf-8"))
        assert sent == {
            "commit_id": self.SHA,
            "event": "COMMENT",
            "body": "These lines can be mended with a click.",
            "comments": [self.comment(), self.comment("b" * 16)],
        }

    def test_what_was_suggested_before_is_not_suggested_again(self, runner):
        there = {**self.comment(), "line": None, "user": self.BOT}
        self.suggest(runner, [self.comment(), self.comment("b" * 16)], there)
        assert json.loads((runner.temp / "new.json").read_text())["comments"] == [self.comment("b" * 16)]

    def test_the_next_push_with_nothing_new_writes_nothing(self, runner):
        pages = json.dumps([{**self.comment("b" * 16), "user": self.BOT}]) + json.dumps(
            [{**self.comment(), "user": self.BOT}]
        )
        ran = self.suggest(runner, [self.comment()], answers=[(f"--paginate {self.THERE}", {"out": pages})])
        assert (ran.code, self.written(runner)) == (0, [])
        assert ran.commands == ["::notice::There is nothing new to suggest."]

    @pytest.mark.parametrize(
        "there", [{"user": {"login": "mallory", "type": "User"}}, {"user": BOT, "path": "deals/other.yaml"}]
    )
    def test_nobody_else_can_keep_a_suggestion_away(self, runner, there):
        self.suggest(runner, [self.comment()], {**self.comment(), **there})
        assert len(self.written(runner)) == 1

    @pytest.mark.parametrize("made", [None, "x" * 100_001])
    def test_where_there_are_none_or_too_many_nothing_is_written(self, runner, made):
        ran = self.suggest(runner, made)
        assert (ran.code, runner.calls("gh")) == (0, [])
        assert [command.split("::")[1] for command in ran.commands] == ["notice"]

    @pytest.mark.parametrize(
        "wrong",
        [
            {"path": ".github/workflows/check.yml"}, {"path": "deals/../playbook/team.yaml"}, {"path": "deals/a.py"}, {"path": 1},
            {"path": "/deals/a.yaml"}, {"line": 0}, {"line": 1.5}, {"line": "4"}, {"side": "LEFT"}, {"body": "No mark"}, {"body": None},
            {"body": "<!-- salesops aaaaaaaaaaaaaaaa -->\n" + "x" * 5_000},
        ],
    )  # fmt: skip
    def test_what_is_no_suggestion_of_ours_is_never_written(self, runner, wrong):
        ran = self.suggest(runner, [self.comment(), self.comment("b" * 16, **wrong)])
        assert ran.code != 0
        assert runner.calls("gh") == []

    @pytest.mark.parametrize("made", ["", "{}", "[", '{"comments": {}}', '{"comments": 5}'])
    def test_what_is_no_review_is_never_written(self, runner, made):
        self.suggest(runner, made)
        assert self.written(runner) == []

    def test_more_than_a_review_holds_is_never_written(self, runner):
        assert self.suggest(runner, [self.comment(f"{number:016x}") for number in range(21)]).code != 0
        assert runner.calls("gh") == []

    def test_a_line_that_github_does_not_show_is_no_failure(self, runner):
        ran = self.suggest(runner, [self.comment()], answers=[("POST", {"err": "::error::smuggled\n", "code": 1})])
        assert ran.code == 0
        [said] = ran.commands
        assert said.startswith("::notice::GitHub did not take the suggestions")

    @pytest.mark.samples(15)
    @pytest.mark.parametrize("case", CASES)
    @pytest.mark.parametrize("name", ["NUMBER", "HEAD_SHA"])
    def test_nothing_from_outside_is_run_or_taken_for_a_command(self, runner, name, case):
        ran = self.suggest(runner, [self.comment()], **{name: hostile(runner.folder)[case]})
        assert ran.code != 0
        assert (runner.calls("gh"), ran.commands) == ([], [])
        assert not (runner.folder / "ran").exists()


class TestWithTheProgramItself:
    """A pull request from end to end; only GitHub is made up."""

    DEAL = "deals/example-university-first.yaml"

    PROGRAM = running.COMMAND

    @pytest.fixture(scope="class")
    @classmethod
    def begun(cls, tmp_path_factory: pytest.TempPathFactory) -> Path:
        """A new repository with its first commit; every test has a copy."""
        runner = Runner(tmp_path_factory.mktemp("begun"))
        TestTheReport.empty(runner)
        env = {**os.environ, "SALESOPS_AS_OF": "2026-11-02"}
        subprocess.run([cls.PROGRAM, "init", runner.work], env=env, check=True, capture_output=True)
        runner.git("init", "--quiet", "--initial-branch=main")
        runner.git("add", "--all")
        runner.git("commit", "--quiet", "--message", "Begin")
        return runner.work

    @pytest.fixture
    def crm(self, runner: Runner, begun: Path) -> Runner:
        """The new repository, with the real salesops where the workflows install it."""
        installed = runner.temp / "salesops/bin/salesops"
        installed.unlink()
        installed.symlink_to(self.PROGRAM)
        shutil.copytree(begun, TestTheReport.empty(runner), dirs_exist_ok=True)
        return runner

    def proposed(self, crm: Runner, *lines: tuple[str, str]) -> str:
        """A pull request that changes lines of the deal; its newest commit."""
        crm.git("switch", "--quiet", "--create", "$(touch ran) `x`".replace(" ", "-"))
        file = crm.work / self.DEAL
        for old, new in lines:
            assert old in file.read_text()
            file.write_text(file.read_text().replace(old, new))
        crm.git("commit", "--quiet", "--all", "--message", "::error::smuggled")
        return crm.git("rev-parse", "HEAD")

    def merged(self, crm: Runner) -> str:
        """As GitHub would merge it."""
        topic = crm.git("branch", "--show-current")
        crm.git("switch", "--quiet", "--detach", "main")
        crm.git("merge", "--quiet", "--no-ff", "--no-edit", topic)
        return crm.git("rev-parse", "HEAD")

    def check(self, crm: Runner, **env: str) -> Ran:
        return crm.run(step("records", "Check every record", "check.yml"), {"SALESOPS_AS_OF": "2026-11-20", **env})

    MOVE = ("\nvalue:", "\n  - outreach: 2026-11-16\n\nvalue:")

    @pytest.mark.proof
    def test_a_move_that_lacks_something_is_marked_on_its_line_and_the_summary_has_its_effect(self, crm):
        self.proposed(crm, self.MOVE)
        ran = self.check(crm, GITHUB_EVENT_NAME="pull_request", GITHUB_SHA=self.merged(crm), BASE_SHA="")
        assert ran.code == 1, ran.out
        assert any(re.match(rf"::error file={self.DEAL},line=\d+,.*title=need-not-met", line) for line in ran.commands)
        assert "Enrichment → Outreach" in ran.summary
        assert "Sales Qualified Deals" in ran.summary
        assert "need-not-met" in ran.summary.split("## All that the check says")[1]

    @pytest.mark.proof
    def test_a_past_that_was_rewritten_is_found(self, crm):
        self.proposed(crm, ("enrichment: 2026-11-02", "enrichment: 2026-10-01"))
        ran = self.check(crm, GITHUB_EVENT_NAME="pull_request", GITHUB_SHA=self.merged(crm))
        assert ran.code == 1, ran.out
        assert any("enrichment" in line for line in ran.commands if line.startswith("::error"))

    @pytest.mark.proof
    def test_a_sound_change_is_green_and_its_summary_is_there(self, crm):
        self.proposed(crm, ("due: 2026-11-16", "due: 2026-12-01"))
        ran = self.check(crm, GITHUB_EVENT_NAME="pull_request", GITHUB_SHA=self.merged(crm))
        assert ran.code == 0, ran.out
        assert ran.commands == []
        assert ran.summary.startswith(MARK)

    @pytest.mark.proof
    def test_a_push_after_which_the_past_is_gone_is_not_green(self, crm):
        ran = self.check(crm, GITHUB_EVENT_NAME="push", BEFORE="a" * 40)
        assert ran.code == 3
        assert "as after a force push" in ran.commands[0]

    @pytest.mark.proof
    def test_text_from_a_record_is_never_a_command_nor_markup(self, crm):
        bad = "title: '::error::smuggled <img src=x onerror=alert(1)> [x](javascript:alert(1)) @mallory'"
        self.proposed(crm, ("title: General Membership", bad), self.MOVE)
        ran = self.check(crm, GITHUB_EVENT_NAME="pull_request", GITHUB_SHA=self.merged(crm))
        assert all(re.match(r"::(error|warning) file=", line) for line in ran.commands)
        assert "<img" not in ran.summary
        assert "[x](" not in ran.summary.replace("\\[x\\](", "")
        assert "@mallory" not in ran.summary

    @pytest.mark.proof
    def test_the_report_becomes_the_comment(self, crm):
        head = self.proposed(crm, self.MOVE)
        crm.git("switch", "--quiet", "main")
        made = crm.run(step("report", "Make the report"), {"HEAD_SHA": head, "SALESOPS_AS_OF": "2026-11-20"})
        assert (made.code, made.outputs) == (0, "made=yes\nchanged=yes\n"), made.out
        assert "Enrichment → Outreach" in (crm.temp / "report.md").read_text(encoding="utf-8")
        writing = TestTheComment()
        ran = writing.write(crm, report=(crm.temp / "report.md").read_text(encoding="utf-8"))
        assert ran.code == 0, ran.out
        assert len(writing.written(crm)) == 1

    @pytest.mark.proof
    def test_a_red_pull_request_is_mended_by_clicking(self, crm):
        head = self.proposed(
            crm,
            ("member: example-university", "member: other-university"),
            ("title: General Membership", "title: Acme: ```x"),
        )
        crm.git("switch", "--quiet", "main")
        values = {
            "HEAD_SHA": head,
            "SALESOPS_AS_OF": "2026-11-20",
            **TestTheReport.PLACE,
            "HEAD_BRANCH": "it's (mine)#1",
        }
        made = crm.run(step("report", "Make the report"), values)
        assert made.code == 0, made.out
        report = (crm.temp / "report.md").read_text(encoding="utf-8")
        home = "https://github.com/jim/sales"
        assert f"({home}/edit/it%27s%20%28mine%29%231/{self.DEAL})" in report
        [comment] = json.loads((crm.temp / "review.json").read_text(encoding="utf-8"))["comments"]
        assert comment["body"].endswith('\n````suggestion\ntitle: "Acme: ```x"\n````\n')
        ran = TestTheSuggestions().suggest(crm, (crm.temp / "review.json").read_text(encoding="utf-8"))
        assert (ran.code, len(TestTheSuggestions().written(crm))) == (0, 1), ran.out


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new repository in git."""
    begun = tmp_path_factory.mktemp("begun")
    env = {**os.environ, **PLAIN, "SALESOPS_AS_OF": "2026-11-02"}
    program = Path(sys.executable).parent / "salesops"
    for words in (
        [program, "init", "."],
        ["git", "init", "--quiet", "--initial-branch=main"],
        ["git", "add", "--all"],
        ["git", "commit", "--quiet", "--message", "Begin"],
    ):
        subprocess.run(words, cwd=begun, env=env, check=True, capture_output=True)
    return begun


def made_ready(runner: Runner, begun: Path) -> Runner:
    """A machine with a clone of a new repository, of which GitHub has another."""
    TestTheReport.empty(runner)
    runner.git("clone", "--quiet", str(begun), ".")
    runner.git("clone", "--quiet", "--bare", str(begun), str(runner.folder / "origin"))
    hub = HOME / "tests/hub.py"
    (runner.folder / "bin/gh").write_text(f'#!/bin/sh\nexec {sys.executable} -I -S {hub} {runner.folder} "$@"\n')
    return runner


class TestAnIssue:
    """An issue from end to end: the real salesops, the shell of the workflow, and a GitHub that is a bare repository."""

    DEAL = "example-university-first"
    CALL = f'{{log: {DEAL}, date: 2026-11-20, kind: note, note: "Wants a price, she said"}}'

    @pytest.fixture
    def quick(self, runner: Runner, begun: Path) -> Runner:
        """A clone of a new repository, of which GitHub has another; salesops says there what it says in the process of the tests."""
        return made_ready(runner, begun)

    @pytest.fixture
    def crm(self, quick: Runner) -> Runner:
        """The same, with the real salesops where the workflow installs it."""
        installed = quick.temp / "salesops/bin/salesops"
        installed.unlink()
        installed.symlink_to(running.COMMAND)
        return quick

    def read(self, crm: Runner, body: str, association: str = "MEMBER", **more: Any) -> Ran:
        """The step that reads the issue; what it writes is where the other jobs download it."""
        for old in (crm.temp / "issue").glob("*"):
            old.unlink()
        user = {"login": "octocat", "id": 583231}
        issue = {"number": 12, "title": "$(touch ran)", "body": body, "user": user, "author_association": association}
        event = crm.temp / "event.json"
        event.write_text(json.dumps({"action": "opened", "issue": issue | more}), encoding="utf-8")
        env = {"GITHUB_EVENT_PATH": str(event), "SALESOPS_AS_OF": "2026-11-20"}
        if not (crm.temp / "salesops/bin/salesops").is_symlink():
            said = running.run(
                crm.work, "from-issue", str(event), "--output", str(crm.temp / "issue"), **crm.environment, **env
            )
            crm.tell("salesops", ("from-issue", {"out": said.out, "err": said.err, "code": said.code}))
        return crm.run(step("read", "Read the issue", "issue.yml"), env)

    def sent(self, crm: Runner, body: str, association: str = "MEMBER") -> str:
        """The whole workflow; the answer in the issue."""
        ran = self.read(crm, body, association)
        assert (ran.code, ran.commands) == (0, []), ran.out
        outputs = dict(line.split("=", 1) for line in ran.outputs.splitlines())
        known = {"GH_TOKEN": "t", "NUMBER": "12", "MAIN": "main", "GITHUB_RUN_ID": "5"}
        proposed = {}
        if outputs.get("proposed") == "yes":
            env = known | {"BASE": outputs["base"], "TREE": outputs["tree"]}
            ran = crm.run(step("propose", "Write the branch and open the pull request", "issue.yml"), env)
            assert (ran.code, ran.commands) == (0, []), ran.out
            proposed = dict(line.split("=", 1) for line in ran.outputs.splitlines())
        links = {"LINK": proposed.get("link", ""), "SAID": proposed.get("said", "")}
        env = known | links | {"PROPOSED": outputs.get("proposed", "")}
        ran = crm.run(step("answer", "Create or update the answer", "issue.yml"), env)
        assert (ran.code, ran.commands) == (0, []), ran.out
        assert not list(crm.folder.rglob("ran"))
        [comment] = self.hub(crm)["comments"]
        return comment["body"]

    def hub(self, crm: Runner) -> dict[str, Any]:
        return json.loads((crm.folder / "hub.json").read_text())

    def branches(self, crm: Runner) -> list[str]:
        return crm.git("for-each-ref", "--format=%(refname:short)", "refs/heads/", at=crm.folder / "origin").split()

    def shown(self, crm: Runner, *words: str) -> str:
        return crm.git(*words, at=crm.folder / "origin")

    def block(self, *changes: str) -> str:
        return (
            "Please.\r\n\r\n```salesops\r\nsalesops: 1\r\nchanges:\r\n"
            + "".join(f"  - {it}\r\n" for it in changes)
            + "```\r\n"
        )

    @pytest.mark.proof
    def test_the_list_of_a_member_becomes_a_branch_and_a_pull_request(self, crm):
        answer = self.sent(crm, self.block(self.CALL))
        [pull] = self.hub(crm)["pulls"]
        assert self.branches(crm) == ["main", "salesops/issue-12"]
        assert pull["head"] == "salesops/issue-12"
        assert pull["base"] == "main"
        assert pull["title"].endswith("a note on 20 November: Wants a price, she said")
        assert pull["body"].startswith("Closes #12, by octocat.\n\n**Example University")
        assert answer.startswith(MARK)
        assert answer.endswith("\nThe pull request: https://github.com/our-org/sales/pull/40\n")
        assert self.shown(crm, "diff", "--name-only", "main", "salesops/issue-12") == f"deals/{self.DEAL}.yaml"
        assert "583231+octocat@users.noreply.github.com" in self.shown(
            crm, "log", "-1", "--format=%an %ae", "salesops/issue-12"
        )

    @pytest.mark.proof
    def test_what_is_proposed_are_the_bytes_that_the_command_would_write(self, crm):
        self.sent(crm, self.block(self.CALL))
        proposed = self.shown(crm, "show", f"salesops/issue-12:deals/{self.DEAL}.yaml")
        words = ["log", self.DEAL, "note", "Wants a price, she said", "--yes"]
        env = {**os.environ, "SALESOPS_AS_OF": "2026-11-20"}
        subprocess.run(
            [crm.temp / "salesops/bin/salesops", *words], cwd=crm.work, env=env, check=True, capture_output=True
        )
        assert (crm.work / f"deals/{self.DEAL}.yaml").read_text(encoding="utf-8").strip() == proposed

    @pytest.mark.proof
    def test_an_issue_that_is_edited_updates_its_pull_request_and_its_answer(self, crm):
        self.sent(crm, self.block(self.CALL))
        answer = self.sent(crm, self.block(self.CALL.replace("Wants a price", "Wants two prices")))
        [pull] = self.hub(crm)["pulls"]
        assert "two prices" in pull["title"]
        assert "two prices" in answer
        assert "two prices" in self.shown(crm, "show", f"salesops/issue-12:deals/{self.DEAL}.yaml")
        assert self.shown(crm, "rev-list", "--count", "main..salesops/issue-12") == "1"

    @pytest.mark.proof
    def test_work_of_somebody_else_on_the_branch_is_never_lost(self, crm):
        self.sent(crm, self.block(self.CALL))
        crm.git("fetch", "--quiet", str(crm.folder / "origin"), "salesops/issue-12")
        crm.git("switch", "--quiet", "--create", "topic", "FETCH_HEAD")
        theirs = crm.commit("theirs.yaml")
        crm.git("push", "--quiet", str(crm.folder / "origin"), "HEAD:salesops/issue-12")
        crm.git("switch", "--quiet", "main")
        answer = self.sent(crm, self.block(self.CALL.replace("price", "letter")))
        assert "Somebody has worked on the branch salesops/issue-12 since" in answer
        assert self.shown(crm, "rev-parse", "salesops/issue-12") == theirs

    @pytest.mark.proof
    def test_where_no_workflow_may_open_a_pull_request_its_author_is_led_to_the_page(self, crm):
        (crm.folder / "no-pulls").touch()
        answer = self.sent(crm, self.block(self.CALL))
        assert "[open the pull request](https://github.com/our-org/sales/compare/salesops/issue-12?expand=1)" in answer
        assert self.branches(crm) == ["main", "salesops/issue-12"]

    @pytest.mark.parametrize(
        "association", ["NONE", "CONTRIBUTOR", "FIRST_TIMER", "FIRST_TIME_CONTRIBUTOR", "MANNEQUIN", ""]
    )
    @pytest.mark.proof
    def test_the_issue_of_somebody_else_changes_nothing_and_is_answered(self, quick, association):
        answer = self.sent(quick, self.block(self.CALL), association)
        assert "Only members of this repository change records by an issue." in answer
        assert self.branches(quick) == ["main"]

    @pytest.mark.parametrize(
        ("body", "says"),
        [
            ("Hello", "There is no list of changes in it."),
            ("", "There is no list of changes in it."),
            ("> ```salesops\n> salesops: 1\n> ```", "There is no list of changes in it."),
            ("````text\n```salesops\nsalesops: 1\n```\n````", "There is no list of changes in it."),
            ("```salesops\nsalesops: 1\n```\n\n```salesops\nsalesops: 1\n```", "There are 2 lists of changes in it"),
            ("```salesops\nsalesops: 1", "has no end"),
            ("```salesops\nsalesops: 1\nchanges: []\n# " + "x" * 1_000_000 + "\n```", "longer than 256 KiB"),
            ("```salesops\nsalesops: 1\nchanges: [{set: example-university-first, fields: {title: A}, was: {title: B}}]\n```", "change-grown-old"),
            ("```salesops\nsalesops: 1\nchanges: [{log: nobody, date: 2026-11-20, kind: note, note: A}]\n```", "there is no deal 'nobody'"),
            ("```salesops\nsalesops: 1\nchanges: [*a]\n```", "issue-12:3"),
        ],
        ids=["prose", "empty", "quoted", "shown", "two", "open", "1 MB", "old", "unknown", "yaml"],
    )  # fmt: skip
    @pytest.mark.proof
    def test_what_cannot_be_taken_is_answered_and_nothing_is_written(self, quick, body, says):
        answer = self.sent(quick, body)
        assert "**Nothing was changed" in answer
        assert says.replace("'", "") in answer.replace("'", "").replace("\\", "")
        assert self.branches(quick) == ["main"]
        assert "pulls" not in json.dumps(
            [call for call in quick.calls("gh") if "POST" in call and "comments" not in call[-3]]
        )

    @pytest.mark.parametrize(
        "change",
        [
            "{new: icp, id: other, claim: A, version: 1, since: 2026-11-20, status: testing}",
            "{set: first-guess, kind: icp, fields: {status: rejected}}",
            "{clear: v1, kind: process, fields: [changelog]}",
            "{add: team, kind: team, to: people, entry: {mallory: {name: Mallory, roles: [lead]}}}",
            "{new: ../.github/workflows/evil, id: evil}",
        ],
    )
    @pytest.mark.proof
    def test_the_playbook_is_never_changed_by_an_issue(self, quick, change):
        answer = self.sent(quick, self.block(self.CALL, change))
        assert "**Nothing was changed" in answer
        assert "an issue changes deals and members, and this is about the" in answer
        assert self.branches(quick) == ["main"]

    @pytest.mark.parametrize(
        "words",
        [
            "::error::smuggled",
            "<img src=x onerror=alert(1)>",
            "[x](javascript:alert(1))",
            "@mallory fixes #1",
            "```\\n\\n# Smuggled",
            "$(touch ran) `touch ran`",
            "x\\n::set-output name=a::b",
        ],
    )
    @pytest.mark.parametrize("refused", [False, True])
    @pytest.mark.proof
    def test_what_a_text_says_is_a_text(self, quick, words, refused):
        call = self.CALL.replace("Wants a price, she said", words)
        wrong = call.replace("kind: note", f'kind: "{words}"')
        answer = self.sent(quick, self.block(wrong if refused else call))
        told = [answer, *(pull[part] for pull in self.hub(quick)["pulls"] for part in ("body",))]
        for text in told:
            assert "<img" not in text
            assert "[x](" not in text.replace("\\[x\\](", "")
            assert "@mallory" not in text
            assert "\n# Smuggled" not in text
        for pull in self.hub(quick)["pulls"]:
            assert "@mallory" not in pull["title"]
            assert " #1" not in pull["title"]
            assert "\n" not in pull["title"]
        assert self.branches(quick) == (["main"] if refused else ["main", "salesops/issue-12"])

    @pytest.mark.parametrize(
        ("change", "association", "says"),
        [
            ("", "NONE", "Only members of this repository change records by an issue."),
            (
                "{set: first-guess, kind: icp, fields: {status: rejected}}",
                "OWNER",
                "an issue changes deals and members",
            ),
            (
                f'{{log: {DEAL}, date: 2026-11-20, kind: note, note: "{"x" * 1_000_000}"}}',
                "OWNER",
                "longer than 256 KiB",
            ),
        ],
        ids=["outsider", "playbook", "1 MB"],
    )
    @pytest.mark.proof
    def test_of_what_is_refused_nothing_is_written_but_the_answer(self, crm, change, association, says):
        before = (
            crm.git("for-each-ref", at=crm.folder / "origin"),
            crm.git("count-objects", "-v", at=crm.folder / "origin"),
        )
        answer = self.sent(crm, self.block(self.CALL, *([change] if change else [])), association)
        assert says in answer
        assert crm.git("status", "--porcelain") == ""
        assert not (crm.temp / "issue/proposal.json").exists()
        assert self.hub(crm)["pulls"] == []
        assert before == (
            crm.git("for-each-ref", at=crm.folder / "origin"),
            crm.git("count-objects", "-v", at=crm.folder / "origin"),
        )

    @pytest.mark.proof
    def test_only_files_of_deals_and_members_are_written_whatever_was_handed_over(self, crm):
        self.read(crm, self.block(self.CALL))
        base, tree = crm.git("rev-parse", "HEAD"), crm.git("rev-parse", "HEAD^{tree}")
        env = {"GH_TOKEN": "t", "NUMBER": "12", "MAIN": "main", "BASE": base, "TREE": tree}
        script = step("propose", "Write the branch and open the pull request", "issue.yml")
        file = crm.temp / "issue/proposal.json"
        sound = json.loads(file.read_text())
        for path in (
            ".github/workflows/a.yaml", "playbook/team.yaml", "deals/../playbook/team.yaml", "deals/.git/a.yaml", "deals", "/deals/a.yaml", "deals/a.py",
        ):  # fmt: skip
            file.write_text(json.dumps(sound | {"files": [*sound["files"], {"path": path, "content": "x"}]}))
            assert crm.run(script, env).code != 0, path
        file.write_text(json.dumps(sound | {"files": []}))
        assert crm.run(script, env).code != 0
        assert crm.calls("gh") == []
        file.write_text(json.dumps(sound))
        assert crm.run(script, env).code == 0

    @pytest.fixture(scope="class")
    @classmethod
    def proposal(cls, tmp_path_factory: pytest.TempPathFactory, begun: Path) -> Path:
        """What the step that reads the issue hands over to the step that proposes it."""
        crm = made_ready(Runner(tmp_path_factory.mktemp("proposal")), begun)
        assert cls().read(crm, cls().block(cls.CALL)).code == 0
        return crm.temp / "issue"

    @pytest.mark.parametrize("case", CASES)
    @pytest.mark.parametrize("name", ["NUMBER", "BASE", "TREE"])
    @pytest.mark.proof
    def test_nothing_from_outside_is_part_of_a_command(self, quick, proposal, name, case):
        shutil.copytree(proposal, quick.temp / "issue")
        env = {"GH_TOKEN": "t", "NUMBER": "12", "MAIN": "main", "BASE": "a" * 40, "TREE": "a" * 40}
        script = step("propose", "Write the branch and open the pull request", "issue.yml")
        ran = quick.run(script, env | {name: hostile(quick.folder)[case]})
        assert ran.code != 0
        assert quick.calls("gh") == []
        assert ran.commands == []
        assert not (quick.folder / "ran").exists()

    @pytest.mark.proof
    def test_a_list_that_is_there_already_proposes_nothing(self, crm):
        self.sent(crm, self.block(self.CALL))
        crm.git("pull", "--quiet", str(crm.folder / "origin"), "salesops/issue-12")
        answer = self.sent(crm, self.block(self.CALL))
        assert "**There already.**" in answer
        assert len(self.hub(crm)["pulls"]) == 1

    @pytest.mark.proof
    def test_an_issue_that_could_not_be_proposed_says_where_the_reason_is(self, crm):
        self.read(crm, self.block(self.CALL))
        env = {"GH_TOKEN": "t", "NUMBER": "12", "GITHUB_RUN_ID": "5", "PROPOSED": "yes", "LINK": "", "SAID": ""}
        crm.run(step("answer", "Create or update the answer", "issue.yml"), env)
        [comment] = self.hub(crm)["comments"]
        assert "[the log says why](https://github.com/our-org/sales/actions/runs/5)" in comment["body"]


class TestTheAgendaOfAWeek:
    """The review of a week from end to end: the real salesops, the shell of the workflow, and the same GitHub."""

    MARK = "<!-- salesops review 2026-11-23 -->"

    @pytest.fixture
    def crm(self, runner: Runner, begun: Path) -> Runner:
        """A clone of a new repository, with the real salesops where the workflow installs it."""
        made_ready(runner, begun)
        installed = runner.temp / "salesops/bin/salesops"
        installed.unlink()
        installed.symlink_to(running.COMMAND)
        return runner

    def printed(self, crm: Runner, day: str = "2026-11-23") -> str:
        ran = crm.run(step("agenda", "Print the agenda", "review.yml"), {"SALESOPS_AS_OF": day})
        assert (ran.code, ran.commands) == (0, []), ran.out
        return (crm.temp / "review/agenda.md").read_text(encoding="utf-8")

    def open(self, crm: Runner, agenda: str | None = None) -> Ran:
        file = crm.temp / "review/agenda.md"
        file.parent.mkdir(exist_ok=True)
        if agenda is not None:
            file.write_text(agenda, encoding="utf-8")
        ran = crm.run(step("open", "Open the issue of the week", "review.yml"), {"GH_TOKEN": "t"})
        assert not list(crm.folder.rglob("ran"))
        return ran

    def issues(self, crm: Runner) -> list[dict[str, Any]]:
        file = crm.folder / "hub.json"
        return json.loads(file.read_text()).get("issues", []) if file.exists() else []

    def test_the_agenda_of_a_monday_becomes_an_issue(self, crm):
        agenda = self.printed(crm)
        assert agenda.startswith(f"{self.MARK}\n## Weekly review of Monday 2026-11-23\n")
        assert self.open(crm).code == 0
        [issue] = self.issues(crm)
        assert (issue["title"], issue["body"]) == ("Weekly review, week of 2026-11-23", agenda)

    @pytest.mark.proof
    def test_once_a_week_however_often_it_runs_and_what_the_team_wrote_into_it_stays(self, crm):
        for day in ("2026-11-23", "2026-11-23", "2026-11-25"):
            self.printed(crm, day)
            ran = self.open(crm)
            assert (ran.code, ran.commands) == (0, []), ran.out
        assert len(self.issues(crm)) == 1
        self.printed(crm, "2026-11-30")
        self.open(crm)
        assert sorted(issue["title"][-10:] for issue in self.issues(crm)) == ["2026-11-23", "2026-11-30"]

    @pytest.mark.proof
    def test_the_issue_of_somebody_else_keeps_none_away(self, crm):
        mallory = {"number": 5, "user": {"login": "mallory", "type": "User"}, "body": self.MARK}
        nothing = {"number": 6, "user": {"login": "github-actions[bot]", "type": "Bot"}, "body": None}
        (crm.folder / "hub.json").write_text(json.dumps({"pulls": [], "comments": [], "issues": [mallory, nothing]}))
        assert self.open(crm, f"{self.MARK}\n## Agenda\n").code == 0
        assert len(self.issues(crm)) == 3

    @pytest.mark.parametrize(
        "agenda",
        ["", "## Agenda\n", "<!-- salesops review $(touch ran) -->\n", "<!-- salesops review 2026-11-23 -->x\n", MARK + "\n" + "x" * 65_000],
        ids=["nothing", "no mark", "a command", "more on the line", "too long"],
    )  # fmt: skip
    @pytest.mark.proof
    def test_what_is_no_agenda_is_never_opened(self, crm, agenda):
        assert self.open(crm, agenda).code != 0
        assert self.issues(crm) == []

    @pytest.mark.proof
    def test_text_from_a_record_is_never_a_command_nor_markup(self, crm):
        deal = crm.work / "deals/example-university-first.yaml"
        bad = "'::error::smuggled <img src=x onerror=alert(1)> [x](javascript:alert(1)) @mallory $(touch ran) `x`'"
        member = crm.work / "members/example-university.yaml"
        member.write_text(re.sub(r"(?m)^name: .*$", f"name: {bad}", member.read_text()), encoding="utf-8")
        assert deal.exists()
        agenda = self.printed(crm)
        assert "smuggled" in agenda
        assert "<img" not in agenda
        assert "@mallory" not in agenda
        assert "[x](" not in agenda.replace("\\[x\\](", "")
        ran = self.open(crm)
        assert (ran.code, ran.commands) == (0, []), ran.out


class TestTheRenewals:
    """Renewals that are due from end to end: the real salesops, the shell of the workflow, and the same GitHub."""

    DAY = "2026-11-20"
    WON = """
title: General Membership
member: example-university
type: new business
tier: {tier}
owner: sam
stages:
  - {stage}: 2026-01-05
  - closed won: 2026-02-01
imported: {{from: old, date: 2026-03-01}}
contract: {{signed: 2026-02-01, start: 2026-02-01, end: 2027-01-31, mrr: 100 USD}}
"""

    @pytest.fixture
    def crm(self, runner: Runner, begun: Path) -> Runner:
        made_ready(runner, begun)
        installed = runner.temp / "salesops/bin/salesops"
        installed.unlink()
        installed.symlink_to(running.COMMAND)
        first = yaml.safe_load((runner.work / "deals/example-university-first.yaml").read_text(encoding="utf-8"))
        text = self.WON.format(tier=first["tier"], stage=next(iter(first["stages"][0])))
        (runner.work / "deals/one.yaml").write_text(text, encoding="utf-8")
        (runner.work / "deals/two.yaml").write_text(
            text.replace("2027-01-31", "2028-01-31").replace("mrr: 100", "mrr: 90"), encoding="utf-8"
        )
        runner.git("add", "--all")
        runner.git("commit", "--quiet", "--message", "Two contracts")
        runner.git("push", "--quiet", str(runner.folder / "origin"), "HEAD:main")
        return runner

    def propose(self, crm: Runner) -> Ran:
        due = crm.run(step("due", "Say what is due", "renewals.yml"), {"SALESOPS_AS_OF": self.DAY})
        assert (due.code, due.commands) == (0, []), due.out
        outputs = dict(line.split("=", 1) for line in due.outputs.split())
        ran = crm.run(
            step("propose", "Open each pull request once", "renewals.yml"),
            {"GH_TOKEN": "t", "MAIN": "main", "BASE": outputs["base"], "TREE": outputs["tree"]},
        )
        assert (ran.code, ran.commands) == (0, []), ran.out
        return ran

    def pulls(self, crm: Runner) -> list[dict[str, Any]]:
        return json.loads((crm.folder / "hub.json").read_text())["pulls"]

    @pytest.mark.proof
    def test_the_contract_that_ends_within_180_days_is_proposed_once(self, crm):
        for _ in range(2):
            ran = self.propose(crm)
        assert "one was proposed before." in ran.out
        [pull] = self.pulls(crm)
        assert (pull["title"], pull["head"]) == ("Begin the renewal of one", "salesops/renewal-of-one")
        written = crm.git(
            "--git-dir", str(crm.folder / "origin"), "show", "salesops/renewal-of-one:deals/one-renewal-2027.yaml"
        )
        assert "renews: one" in written

    @pytest.mark.proof
    def test_a_renewal_that_would_be_refused_holds_up_no_other(self, crm):
        text = (crm.work / "deals/one.yaml").read_text(encoding="utf-8")
        tier = yaml.safe_load(text)["tier"]
        torn = text.replace(f"tier: {tier}", "tier: sold-no-more").replace("2027-01-31", "2026-12-31")
        (crm.work / "deals/first.yaml").write_text(torn, encoding="utf-8")
        crm.git("add", "--all")
        crm.git("commit", "--quiet", "--message", "A tier that is sold no more")
        crm.git("push", "--quiet", str(crm.folder / "origin"), "HEAD:main")
        self.propose(crm)
        assert [pull["title"] for pull in self.pulls(crm)] == ["Begin the renewal of one"]


class TestTheHandOff:
    """Issues for delivery from end to end: the real salesops, the shell of the workflow, and the same GitHub."""

    DAY = "2026-11-20"
    WON = TestTheRenewals.WON.replace(
        "mrr: 100 USD", 'mrr: 100 USD, entity: Sponsor, agreement: "https://sign.example/a"'
    )
    ORDER = "order: {created: 2026-02-03, hubs: [{name: teaching}, {name: 'a \\ $(touch ran) <b> @mallory'}]}\n"

    @pytest.fixture
    def crm(self, runner: Runner, begun: Path) -> Runner:
        made_ready(runner, begun)
        installed = runner.temp / "salesops/bin/salesops"
        installed.unlink()
        installed.symlink_to(running.COMMAND)
        first = yaml.safe_load((runner.work / "deals/example-university-first.yaml").read_text(encoding="utf-8"))
        text = self.WON.format(tier=first["tier"], stage=next(iter(first["stages"][0])))
        member = runner.work / "members/example-university.yaml"
        member.write_text(
            "name: Example University\nkind: university\ncountry: CA\n"
            "contacts: [{id: a-smith, email: a@c.example, decides: true}]\n",
            encoding="utf-8",
        )
        (runner.work / "deals/one.yaml").write_text(text + self.ORDER, encoding="utf-8")
        (runner.work / "deals/two.yaml").write_text(text.replace("mrr: 100", "mrr: 90"), encoding="utf-8")
        self.team(runner, "https://github.com/our-org/infrastructure")
        return runner

    def team(self, crm: Runner, repository: str) -> None:
        """The team says where delivery works, and everything is on main."""
        file = crm.work / "playbook/team.yaml"
        text = re.sub(r"(?m)^delivery:.*\n(?: .*\n)*", "", file.read_text(encoding="utf-8"))
        file.write_text(f"{text}delivery: {{repository: '{repository}', labels: [hub]}}\n", encoding="utf-8")
        crm.git("add", "--all")
        crm.git("commit", "--quiet", "--message", "A contract and its order")
        crm.git("push", "--quiet", "--force", str(crm.folder / "origin"), "HEAD:main")

    def ready(self, crm: Runner) -> dict[str, str]:
        shutil.rmtree(crm.temp / "handoffs", ignore_errors=True)
        ran = crm.run(step("ready", "Say what is ready", "handoff.yml"), {"SALESOPS_AS_OF": self.DAY})
        assert (ran.code, ran.commands) == (0, []), ran.out
        return dict(line.split("=", 1) for line in ran.outputs.split())

    def opened(self, crm: Runner, *, token: bool = True, **env: str) -> Ran:
        for name in ("opened", "there-our-org-infrastructure.json"):
            shutil.rmtree(crm.temp / name, ignore_errors=True)
            (crm.temp / name).unlink(missing_ok=True)
        ran = crm.run(
            step("open", "Open each issue once", "handoff.yml"),
            {"GH_TOKEN": "t", "HAS_TOKEN": str(token).lower(), **env},
        )
        assert ran.commands == [], ran.out
        assert not list(crm.folder.rglob("ran"))
        return ran

    def propose(self, crm: Runner, outputs: Mapping[str, str]) -> Ran:
        env = {"GH_TOKEN": "t", "MAIN": "main", "BASE": outputs["base"], "TREE": outputs["tree"]}
        ran = crm.run(step("open", "Propose each record once", "handoff.yml"), env)
        assert (ran.code, ran.commands) == (0, []), ran.out
        return ran

    def known(self, crm: Runner, what: str) -> list[dict[str, Any]]:
        file = crm.folder / "hub.json"
        return json.loads(file.read_text()).get(what, []) if file.exists() else []

    @pytest.mark.proof
    def test_each_hub_gets_its_issue_once_and_the_record_is_proposed_once(self, crm):
        for _ in range(2):
            outputs = self.ready(crm)
            assert self.opened(crm).code == 0
            ran = self.propose(crm, outputs)
        assert "one was proposed before." in ran.out
        issues = self.known(crm, "issues")
        assert [issue["labels"] for issue in issues] == [["hub"], ["hub"]]
        assert issues[1]["title"] == "New hub: teaching for Example University"
        assert "| Contract | https://sign.example/a | |" in issues[1]["body"]
        [pull] = self.known(crm, "pulls")
        assert pull["title"] == "Note the issues of delivery for one"
        written = yaml.safe_load(
            crm.git("--git-dir", str(crm.folder / "origin"), "show", f"{pull['head']}:deals/one.yaml")
        )
        addresses = [issue["html_url"] for issue in reversed(issues)]
        assert [hub["issue"] for hub in written["order"]["hubs"]] == written["order"]["issues"] == addresses
        crm.git("fetch", "--quiet", str(crm.folder / "origin"), pull["head"])
        crm.git("merge", "--quiet", "FETCH_HEAD")
        assert self.ready(crm)["count"] == "0"

    @pytest.mark.proof
    def test_what_was_interrupted_goes_on_where_it_was(self, crm):
        outputs = self.ready(crm)
        assert self.opened(crm, REFUSES="2").code != 0
        assert len(self.known(crm, "issues")) == 1
        assert self.opened(crm).code == 0
        self.propose(crm, outputs)
        assert len(self.known(crm, "issues")) == 2
        assert len(self.known(crm, "pulls")) == 1

    @pytest.mark.proof
    def test_text_of_a_record_is_no_command_no_markup_and_nobody_is_called(self, crm):
        self.ready(crm)
        self.opened(crm)
        issues = self.known(crm, "issues")
        assert not any("<b>" in issue["body"] for issue in issues), "a title is plain text, a body is not"
        assert "@mallory" not in json.dumps(issues)

    @pytest.mark.proof
    def test_the_mark_of_a_stranger_is_no_issue_of_ours(self, crm):
        self.ready(crm)
        [deal] = [json.loads(file.read_text()) for file in (crm.temp / "handoffs").iterdir()]
        body = "".join(issue["mark"] for issue in deal["issues"])
        mallory = {
            "user": {"type": "User"},
            "author_association": "NONE",
            "html_url": "https://github.com/our-org/infrastructure/issues/5",
        }
        (crm.folder / "hub.json").write_text(
            json.dumps({"pulls": [], "comments": [], "issues": [{**mallory, "body": body}]})
        )
        self.opened(crm)
        assert len(self.known(crm, "issues")) == 3

    @pytest.mark.proof
    def test_without_a_token_for_another_repository_it_says_what_to_do_and_opens_nothing(self, crm):
        self.ready(crm)
        ran = self.opened(crm, token=False)
        assert (ran.code, self.known(crm, "issues")) == (0, [])
        assert "the secret DELIVERY_TOKEN, or run salesops handoff one --issues" in ran.out
        self.team(crm, "https://github.com/our-org/sales")
        self.ready(crm)
        assert self.opened(crm, token=False).code == 0
        assert len(self.known(crm, "issues")) == 2, "the token of this repository opens issues here"

    @pytest.mark.proof
    @pytest.mark.parametrize("where", ["https://elsewhere.example/our-org/infrastructure", "https://github.com/our-org/..", "https://github.com/a/b/c", "https://github.com/our-org/x?y"])  # fmt: skip
    def test_nothing_is_opened_but_in_a_repository_on_this_github(self, crm, where):
        self.team(crm, where)
        self.ready(crm)
        ran = self.opened(crm)
        assert (ran.code, self.known(crm, "issues")) == (0, [])
        assert "one waits: playbook/team.yaml names no repository on this GitHub" in ran.out

    @pytest.mark.proof
    @pytest.mark.parametrize(
        "path", [".github/workflows/x.yml", "deals/../x.yaml", "playbook/team.yaml", "deals/.x.yaml"]
    )
    def test_nothing_but_a_deal_is_ever_written(self, crm, path):
        outputs = self.ready(crm)
        self.opened(crm)
        file = crm.temp / "opened/one.json"
        record = json.loads(file.read_text())
        record["files"][0]["path"] = path
        file.write_text(json.dumps(record))
        env = {"GH_TOKEN": "t", "MAIN": "main", "BASE": outputs["base"], "TREE": outputs["tree"]}
        assert crm.run(step("open", "Propose each record once", "handoff.yml"), env).code != 0
        assert self.known(crm, "pulls") == []


# ── GitLab ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def gitlab() -> dict[str, Any]:
    """The file that the guide tells people to take."""
    [block] = re.findall(r"(?s)```yaml\n(.*?)```", (GUIDES / "gitlab.md").read_text(encoding="utf-8"))
    return yaml.load(block, yaml.BaseLoader)


def scripts(gitlab: Mapping[str, Any]) -> Iterator[str]:
    for job in gitlab.values():
        if isinstance(job, dict):
            yield from (line for part in ("before_script", "script", "after_script") for line in job.get(part, ()))


def test_on_gitlab_no_value_is_taken_apart_by_the_shell(gitlab):
    for line in scripts(gitlab):
        assert "$" not in re.sub(r'"[^"`]*"', "", line), line
        assert not re.search(r"\$\(|`", line), line


def test_on_gitlab_the_whole_history_is_there_to_compare_with(gitlab):
    assert gitlab["variables"]["GIT_DEPTH"] == "0"
    assert '--against="$CI_MERGE_REQUEST_DIFF_BASE_SHA"' in " ".join(gitlab["records"]["script"])
    assert '--against="$CI_COMMIT_BEFORE_SHA" --exact' in " ".join(gitlab["main"]["script"])


def test_on_gitlab_the_report_is_kept_whether_or_not_the_check_is_green(gitlab):
    assert gitlab["records"]["artifacts"]["when"] == "always"
    assert gitlab["records"]["artifacts"]["paths"] == ["report.md"]


def test_on_gitlab_only_the_default_branch_is_published_and_only_where_somebody_said_so(gitlab):
    [rule] = gitlab["pages"]["rules"]
    assert rule["if"] == '$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH && $SALESOPS_PAGES == "public"'
    assert gitlab["pages"]["needs"] == ["site"]
    assert gitlab["site"]["needs"] == ["main"]
    assert "before_script" not in gitlab["pages"]


def test_on_gitlab_packages_are_installed_by_their_hash_too(gitlab):
    assert any("--require-hashes -r requirements.txt" in line for line in gitlab[".salesops"]["before_script"])


@pytest.mark.parametrize(("before", "words"), [("0" * 40, []), ("a" * 40, [f"--against={'a' * 40}", "--exact"])])
def test_on_gitlab_a_push_is_compared_with_what_was_there_before(gitlab, runner, before, words):
    script = gitlab["main"]["script"][0].replace("/opt/salesops/", f"{runner.temp}/salesops/")
    assert runner.run(script, {"CI_COMMIT_BEFORE_SHA": before}).code == 0
    assert runner.calls("salesops") == [["check", "--format", "text", *words]]
