"""``salesops check``: how it ends, what it prints where, and that it never ends in a traceback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest
from gitting import Git

SOUND = "2 deals, 1 member checked: no problems\n"


@pytest.fixture
def sound(repo):
    repo.deal()
    return repo


@pytest.fixture
def advised(repo):
    """One warning: the next step is overdue."""
    repo.deal("next: {action: Call, due: 2026-11-19}")
    return repo


@pytest.fixture
def broken(repo):
    """One error, in deals/acme.yaml, and one in deals/2026/beta.yaml."""
    repo.deal("owner: nobody")
    repo.deal("owner: nobody", "2026/beta")
    return repo


# How it ends


def test_sound_records_end_with_0(sound):
    ran = sound.run("check")
    assert (ran.code, ran.out, ran.err) == (0, SOUND, "")


def test_errors_end_with_1(broken):
    ran = broken.run("check")
    assert ran.code == 1
    assert "deals/acme.yaml:1:8: error[person-unknown] owner: 'nobody' is not in playbook/team.yaml" in ran.out
    assert ran.out.endswith("3 deals, 1 member checked: 2 errors in 2 files\n")


def test_warnings_advise_and_strict_lets_them_fail(advised):
    ran = advised.run("check")
    assert (ran.code, "warning[next-step-overdue]" in ran.out) == (0, True)
    assert advised.run("check", "--strict").code == 1


def test_strict_changes_nothing_where_all_is_sound(sound):
    assert sound.run("check", "--strict").code == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["check", "--no-such-option"], "No such option"),
        (["check", "--format", "xml"], "is not one of"),
        (["check", "--as-of", "soon"], "'soon' is not a day"),
        (["check", "--as-of", "2026-02-30"], "not a date in the calendar"),
        (["check", "--as-of", "1026-11-20"], "not between 1990 and 2100"),
        (["check", "deals/no-such.yaml"], "'deals/no-such.yaml' does not exist"),
        (["check", "/etc"], "not in this repository"),
        (["check", ".."], "not in this repository"),
        (["-C", "no-such-folder", "check"], "is not a folder"),
        (["-C", "deals/cascadia-2025.yaml", "check"], "is not a folder"),
        (["chekc"], "there is no command 'chekc'; did you mean 'check'?"),
    ],
)
def test_a_wrong_call_ends_with_2_and_a_sentence(repo, words, said):
    ran = repo.run(*words)
    assert ran.code == 2
    assert ran.out == ""
    assert said in ran.err
    assert "Traceback" not in ran.err


def test_outside_a_repository_it_says_so(repo):
    ran = repo.run("-C", repo.root.anchor, "check")
    assert ran.code == 2
    assert "no playbook/team.yaml here or above" in ran.err
    assert "not a salesops repository" in ran.err


def test_a_folder_with_a_hostile_name_is_named_harmlessly(repo, tmp_path):
    folder = tmp_path / "a\n::error::b\x1b[2K"
    folder.mkdir()
    ran = repo.run("-C", str(folder), "check")
    assert ran.code == 2
    assert "\x1b" not in ran.err
    assert not any(line.startswith("::") for line in ran.err.splitlines())


def test_what_cannot_be_read_ends_with_3_and_no_verdict(repo, monkeypatch):
    def failing(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("salesops.store.load.read_bytes", failing)
    ran = repo.run("check")
    assert ran.code == 3
    assert ran.out == ""
    assert ran.err == "salesops: error: Permission denied\n"


def test_a_fault_of_ours_ends_with_70_and_one_sentence(repo, monkeypatch):
    def failing(*_):
        raise ZeroDivisionError("secret value 1,250,000 USD")

    monkeypatch.setattr("salesops.cli.actions.check.checked", failing)
    ran = repo.run("check")
    assert ran.code == 70
    assert "this is a bug in salesops" in ran.err
    assert ran.err.count("\n") == 1
    assert "secret" not in ran.err


def test_stopping_it_ends_with_130(repo, monkeypatch):
    def stopped(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("salesops.cli.actions.check.checked", stopped)
    ran = repo.run("check")
    assert (ran.code, ran.out, ran.err.strip()) == (130, "", "stopped")


# The day


class Clock(datetime):
    """Noon on 20 November 2026."""

    @classmethod
    def now(cls, tz=None):
        return cls(2026, 11, 20, 12, tzinfo=tz)


@pytest.fixture
def grown(repo, monkeypatch):
    """A deal with two moves and a call in January, and a call on a day that has not come."""
    monkeypatch.setattr("salesops.cli.day.datetime", Clock)
    repo.deal(
        """
        stages: [enrichment: 2026-01-05, outreach: 2026-01-12]
        activity: [{date: 2026-01-13, kind: call, outcome: spoke}, {date: 2026-12-24, kind: call, outcome: spoke}]
        """
    )
    return repo


def test_on_a_day_gone_by_what_came_later_is_one_line(grown):
    ran = grown.run("check", "--as-of", "2026-01-10")
    assert "move-in-future" not in ran.out
    assert "2 later facts left out, dated after 2026-01-10\n2 deals, 1 member checked: 1 error in 1 file\n" in ran.out
    told = json.loads(grown.run("check", "--as-of", "2026-01-10", "--format", "json").out)
    assert told["later"] == 2
    assert [problem["field"] for problem in told["problems"]] == ["activity.1.date"]


def test_what_has_not_happened_yet_stays_an_error_whatever_the_day(grown):
    for day in ("2026-01-10", "2026-11-20"):
        assert "2026-12-24 is after the day of the check" in grown.run("check", "--as-of", day).out
    today = grown.run("check", "--as-of", "2026-11-20", "--format", "json")
    assert json.loads(today.out)["later"] == 0
    assert grown.run("check", "--as-of", "2026-12-24").code == 0


def test_a_sound_record_is_sound_on_every_day_it_has_seen(grown):
    grown.deal("stages: [enrichment: 2026-01-05, outreach: 2026-01-12]")
    for style in ("text", "concise", "github", "markdown"):
        ran = grown.run("check", "--as-of", "2026-01-10", "--format", style)
        assert ran.code == 0
        assert "1 later fact left out, dated after 2026-01-10" in ran.out + ran.err


def test_the_day_is_given_by_the_option_before_the_environment(advised):
    assert advised.run("check", "--strict", SALESOPS_AS_OF="2026-11-19").code == 0
    assert advised.run("check", "--strict", "--as-of", "2026-11-20", SALESOPS_AS_OF="2026-11-19").code == 1
    assert advised.run("check", SALESOPS_AS_OF="yesterday").code == 2


def test_without_a_day_it_is_today_in_the_teams_zone(repo):
    """There is always a zone where the clock on the wall shows another day than in a second one."""
    repo.deal()
    days = set()
    for zone in ("Pacific/Kiritimati", "Etc/GMT+12"):
        repo.write("playbook/team.yaml", repo.root.joinpath("playbook/team.yaml").read_text().replace("UTC", zone))
        ran = repo.run("check", "--format", "json", SALESOPS_AS_OF="")
        days.add(json.loads(ran.out)["as_of"])
        repo.write("playbook/team.yaml", repo.root.joinpath("playbook/team.yaml").read_text().replace(zone, "UTC"))
    assert len(days) == 2


# Parts of the repository


@pytest.mark.parametrize(
    ("paths", "named"),
    [
        (["deals/acme.yaml"], {"deals/acme.yaml"}),
        (["deals/2026"], {"deals/2026/beta.yaml"}),
        (["deals"], {"deals/acme.yaml", "deals/2026/beta.yaml"}),
        (["deals/"], {"deals/acme.yaml", "deals/2026/beta.yaml"}),
        (["."], {"deals/acme.yaml", "deals/2026/beta.yaml"}),
        (["members", "deals/acme.yaml"], {"deals/acme.yaml"}),
        (["members"], set()),
        (["playbook/../deals/acme.yaml"], {"deals/acme.yaml"}),
    ],
)
def test_a_path_narrows_what_is_reported(broken, paths, named):
    ran = broken.run("check", "--format", "json", *paths)
    assert {problem["path"] for problem in json.loads(ran.out)["problems"]} == named
    assert ran.code == bool(named)


def test_a_path_is_no_mere_beginning_of_a_name(broken):
    broken.deal("owner: nobody", "acme-2")
    broken.write("deals/acme/inside.yaml", "owner: [")
    ran = broken.run("check", "--format", "json", "deals/acme")
    assert [problem["path"] for problem in json.loads(ran.out)["problems"]] == ["deals/acme/inside.yaml"]


def test_paths_count_from_where_one_stands(broken):
    ran = broken.run("-C", "deals/2026", "check", "--format", "json", "beta.yaml")
    assert [problem["path"] for problem in json.loads(ran.out)["problems"]] == ["deals/2026/beta.yaml"]
    ran = broken.run("-C", "deals/2026", "check", "--format", "json")
    assert len(json.loads(ran.out)["problems"]) == 2


# What a change brings


@pytest.fixture
def waiting(repo):
    """Two warnings on a deal that is committed; the branch `change` starts here."""
    repo.deal("next: {action: Call, due: 2026-11-19}\nexpected_close: 2026-11-01")
    git = Git(repo.root)
    git.begin()
    git.branch()
    return repo


def test_what_was_there_before_a_change_is_one_line(waiting):
    waiting.deal("owner: nobody", "beta")
    ran = waiting.run("check", "--against", "main")
    assert ran.code == 1
    assert ran.out.startswith("deals/beta.yaml:1:8: error[person-unknown]")
    assert "next-step-overdue" not in ran.out
    *_, before, tally = ran.out.splitlines()
    assert before == "2 problems were there before; salesops check shows them"
    assert tally.startswith("3 deals, 1 member checked: 1 error in 1 file; compared with ")


def test_a_change_that_brings_nothing_says_so_and_ends_as_the_check_does(waiting):
    waiting.deal("owner: nobody", "beta")
    git = Git(waiting.root)
    git.commit()
    git.branch("next")
    waiting.deal("expected_close: 2027-05-01", "gamma")
    ran = waiting.run("check", "--against", "change")
    assert ran.code == 1, "an error is an error, whoever brought it"
    assert ran.out.startswith("3 problems were there before, 1 error among them; salesops check shows them\n4 deals")
    assert "no new problems; compared with" in ran.out


def test_a_problem_is_known_again_on_another_line_and_in_a_renamed_file(waiting):
    deal = waiting.root / "deals/acme.yaml"
    waiting.write("deals/2026/acme-general.yaml", "# From the fair\n" + deal.read_text())
    deal.unlink()
    for style in ("text", "github", "markdown", "concise"):
        ran = waiting.run("check", "--against", "main", "--format", style)
        said = (ran.out + ran.err).replace("\\", "")
        assert "deals/acme.yaml is now deals/2026/acme-general.yaml\n" in said
        assert "2 problems were there before; salesops check shows them\n" in said


def test_a_second_problem_of_the_same_kind_is_new(waiting):
    waiting.deal(
        """
        next: {action: Call, due: 2026-11-19}
        expected_close: 2026-11-01
        activity: [{date: 2026-02-02, kind: meeting, about: other, status: scheduled}]
        """
    )
    ran = waiting.run("check", "--against", "main")
    assert "meeting-overdue" in ran.out
    assert "2 problems were there before" in ran.out


def test_machines_are_told_which_problems_are_new(waiting):
    waiting.deal("owner: nobody", "beta")
    told = json.loads(waiting.run("check", "--against", "main", "--format", "json").out)
    assert told["before"] == 2
    assert told["against"]["renamed"] == []
    assert [(problem["code"], problem["new"]) for problem in told["problems"]] == [
        ("next-step-overdue", False),
        ("close-date-passed", False),
        ("person-unknown", True),
    ]


def test_a_file_that_could_not_be_read_before_is_no_news(waiting):
    waiting.write("deals/gamma.yaml", "title: Gamma\nnonsense: 1\n")
    git = Git(waiting.root)
    git.commit()
    git.branch("next")
    waiting.deal("owner: nobody", "beta")
    out = waiting.run("check", "--against", "change").out
    assert "gamma" not in out
    assert "beta" in out


# Formats


def test_json_is_what_the_manual_says(advised):
    ran = advised.run("check", "--format", "json")
    told = json.loads(ran.out)
    (problem,) = told.pop("problems")
    assert told == {"schema_version": 1, "as_of": "2026-11-20", "checked": {"deals": 2, "members": 1}, "later": 0}
    assert list(problem) == ["code", "severity", "path", "line", "column", "field", "message", "why", "help", "fix"]
    assert (problem["code"], problem["severity"], problem["field"]) == ("next-step-overdue", "warning", "next.due")
    assert (problem["path"], problem["line"], problem["column"]) == ("deals/acme.yaml", 1, 27)
    assert ran.err == ""


def test_json_of_nothing_is_json_too(sound):
    assert json.loads(sound.run("check", "--format", "json").out)["problems"] == []


def test_concise_prints_one_line_each_and_the_tally_apart(broken):
    ran = broken.run("check", "--format", "concise")
    assert ran.out.count("\n") == 2
    assert all(line.startswith("deals/") for line in ran.out.splitlines())
    assert ran.err == "3 deals, 1 member checked: 2 errors in 2 files\n"


def test_github_prints_annotations(broken):
    lines = broken.run("check", "--format", "github").out.splitlines()
    assert [line.startswith("::error file=deals/") for line in lines] == [True, True, False]


def test_inside_github_actions_annotations_are_the_rule(broken):
    assert broken.run("check", GITHUB_ACTIONS="true").out.startswith("::error ")
    assert not broken.run("check", "--format", "text", GITHUB_ACTIONS="true").out.startswith("::")
    assert broken.run("check", SALESOPS_FORMAT="json").out.startswith("{")
    assert broken.run("check", "--format", "concise", SALESOPS_FORMAT="json").out.startswith("deals/")


def test_a_format_that_is_set_for_other_commands_is_no_hindrance(broken):
    """`history` has atom, `diff` has markdown: one setting serves all."""
    assert broken.run("check", SALESOPS_FORMAT="atom").out == broken.run("check").out
    assert broken.run("check", "--format", "atom").code == 2


@pytest.mark.parametrize("format", ["text", "concise", "github", "json"])
def test_keys_and_values_forge_no_command_and_reveal_no_secret(repo, format):
    secret = "ghp_" + "a1B2" * 9
    repo.deal(f"""
        tier: "::stop-commands::x"
        owner: "##[add-mask]x"
        type: "new business\\n::error file=deals/a.yaml,line=1::pwned"
        "x\\r\\n::error::pwned": 1
        "::error::": 1
        renews: "{secret}"
    """)
    ran = repo.run("check", "--format", format)
    assert ran.code == 1
    assert secret not in ran.out
    assert "[secret]" in ran.out
    commands = [line for line in ran.out.splitlines() if line.lstrip().startswith("::") or "##[" in line]
    ours = [line for line in commands if line.startswith("::error file=deals/acme.yaml,line=")]
    assert commands == ours
    assert len(ours) == (6 if format == "github" else 0)


@pytest.mark.parametrize("format", ["text", "concise", "github", "json"])
def test_every_format_ends_alike(broken, advised, format):
    assert advised.run("check", "--format", format).code == 1


# Colour


@pytest.mark.parametrize(
    ("words", "env", "coloured"),
    [
        ([], {}, False),
        (["--color", "always"], {}, True),
        (["--color", "always"], {"NO_COLOR": "1"}, True),
        (["--color", "never"], {"FORCE_COLOR": "1"}, False),
        ([], {"FORCE_COLOR": "1"}, True),
        ([], {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        ([], {"NO_COLOR": "1"}, False),
    ],
)
def test_colour_is_for_terminals_or_on_demand(broken, words, env, coloured):
    assert ("\x1b[" in broken.run(*words, "check", **env).out) is coloured


@pytest.mark.parametrize("format", ["json", "concise"])
def test_what_machines_read_is_never_coloured(broken, format):
    assert "\x1b[" not in broken.run("--color", "always", "check", "--format", format).out


# As a process


def test_the_installed_command_says_the_same(broken):
    inside, outside = broken.run("check"), broken.spawn("check")
    assert (outside.returncode, outside.stdout, outside.stderr) == (inside.code, inside.out, inside.err)


def test_a_reader_that_goes_away_ends_it_quietly(repo):
    for number in range(300):
        repo.deal("owner: nobody\ntier: gold", f"d{number}")
    command = [str(Path(sys.executable).parent / "salesops"), "check", "--as-of", "2026-11-20"]
    with subprocess.Popen(command, cwd=repo.root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        assert running.stdout
        assert running.stderr
        assert running.stdout.readline().startswith("deals/d0.yaml")
        running.stdout.close()
        assert running.stderr.read() == ""
    assert running.returncode == 141, "neither fine nor a finding"


def test_the_output_is_the_same_under_any_hash_seed_zone_and_locale(repo):
    repo.deal("owner: nobody\ntitle: [Université 東京]")
    settings = (
        {"PYTHONHASHSEED": "1", "TZ": "UTC", "LC_ALL": "C.UTF-8"},
        {"PYTHONHASHSEED": "2", "TZ": "Asia/Tokyo", "LC_ALL": "tr_TR.UTF-8"},
        {"LC_ALL": "C", "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"},
    )
    ran = [repo.spawn("check", env=env) for env in settings]
    assert {one.stderr for one in ran} == {""}
    assert len({one.stdout for one in ran}) == 1
    assert "Université 東京" in ran[0].stdout


@pytest.mark.parametrize("words", ["--help", "check --help", "--version"])
def test_help_is_quick_because_it_loads_nothing_heavy(words):
    program = (
        "import sys; sys.argv = ['salesops', *sys.argv[1:]]\n"
        "from salesops.cli import main\n"
        "try: main()\n"
        "except SystemExit as end: code = end.code\n"
        "heavy = {'pydantic', 'yaml', 'jinja2', 'mkdocs', 'babel'} & set(sys.modules)\n"
        "print(sorted(heavy), file=sys.stderr); sys.exit(code)"
    )
    ran = subprocess.run(
        [sys.executable, "-I", "-c", program, *words.split()],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ,
    )
    assert ran.stderr == "[]\n"
    assert ran.stdout


def test_code_lying_in_the_repository_is_not_run(sound):
    """The console script does not look for modules in the folder where it is called."""
    for name in ("yaml.py", "pydantic.py", "sitecustomize.py", "click.py"):
        sound.write(name, "raise SystemExit('pwned')\n")
    ran = sound.spawn("check")
    assert (ran.returncode, ran.stdout) == (0, SOUND)


def test_a_deal_is_checked_by_its_id_or_a_part_of_its_name(broken):
    for named in ("acme", "acm"):
        ran = broken.run("check", named)
        assert ran.code == 1
        assert "deals/acme.yaml:1:8: error[person-unknown]" in ran.out
        assert "beta" not in ran.out
    assert broken.run("check", "cascadia-2025").out.endswith("no problems in deals/cascadia-2025.yaml\n")


def test_a_name_that_fits_nothing_or_several_is_a_wrong_call(broken):
    nothing = broken.run("check", "zzz")
    assert (nothing.code, "there is no deal or member of that name" in nothing.err) == (2, True)
    broken.deal("", "acme-two")
    several = broken.run("check", "acm")
    assert (several.code, "fits 2; which one?" in several.err) == (2, True)


# What the team has to decide

BUSY = "red_lines: [{id: busy, metric: open-deals, above: 0, means: More than we can look after}]"
DECISION = "date: 2026-11-20\nanswers: busy\nverdict: hold\nwhy: Two more weeks\n"


@pytest.fixture
def crossed(repo):
    """A red line that is crossed on the day of the tests, and that nobody answered."""
    repo.process(BUSY)
    repo.deal()
    return repo


def test_a_crossed_red_line_is_an_error_until_somebody_decides(crossed):
    ran = crossed.run("check")
    assert (ran.code, "error[red-line-unanswered]" in ran.out) == (1, True)
    assert "salesops new decision busy" in ran.out
    crossed.write("playbook/decisions/2026-11-busy.yaml", DECISION)
    assert crossed.run("check").out == SOUND


def test_a_decision_asks_again_after_its_until(crossed):
    crossed.write("playbook/decisions/2026-11-busy.yaml", DECISION + "until: 2026-12-04\n")
    assert "red-line-unanswered" not in crossed.run("check", "--as-of", "2026-12-04").out
    assert "red-line-unanswered" in crossed.run("check", "--as-of", "2026-12-05").out


def test_a_crossed_red_line_keeps_nobody_from_merging_and_the_site_from_nobody(crossed):
    Git(crossed.root).begin()
    for words in (("--against", "HEAD"), ("--for-site",)):
        ran = crossed.run("check", *words)
        assert (ran.code, "red-line-unanswered" in ran.out + ran.err) == (0, words == ("--for-site",))
    assert crossed.run("check", "--against", "HEAD", "--exact").code == 1
    assert crossed.run("log", "acme", "note", "They called", "--yes").code == 0
