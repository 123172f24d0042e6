"""What other programs get from `import salesops`: four functions, an example that runs, and a start that loads nothing."""

import doctest
import pydoc
import re
import subprocess
import sys
from datetime import date

import pytest

import salesops

DAY = date(2026, 11, 20)


def test_the_help_shows_four_functions_and_an_example():
    shown = pydoc.plain(pydoc.render_doc(salesops))
    assert salesops.__all__ == ["check", "diff", "load", "measure"]
    for name in salesops.__all__:
        assert f"\n    {name}(" in shown
    assert ">>> book, problems = salesops.load" in shown


def test_the_example_runs_in_this_repository(home, monkeypatch):
    monkeypatch.chdir(home)
    ran = doctest.testmod(salesops)
    assert ran.attempted > 5
    assert ran.failed == 0


def test_a_folder_below_the_repository_will_do_and_one_outside_is_refused(repo, tmp_path):
    assert list(salesops.load(repo.root / "deals")[0].deals) == ["cascadia-2025"]
    with pytest.raises(FileNotFoundError, match="not a salesops repository"):
        salesops.load(tmp_path)


def test_problems_of_files_and_findings_are_told_apart(repo):
    repo.deal("owner: nobody\nnmae: x\n")
    book, problems = salesops.load(repo.root)
    assert [problem.code for problem in problems] == ["unknown-key"]
    assert [problem.code for problem in salesops.check(book, DAY)] == ["person-unknown"]


def test_named_metrics_are_measured_and_an_unknown_one_is_refused(repo):
    repo.deal()
    book, _ = salesops.load(repo.root)
    assert salesops.measure(book, DAY, ["open-deals"])["open-deals"].included == ("acme",)
    assert set(salesops.measure(book, DAY)) > {"open-deals", "mrr", "win-rate"}
    with pytest.raises(KeyError):
        salesops.measure(book, DAY, ["no-such-metric"])


def test_numbers_can_be_narrowed_as_on_the_command_line(repo):
    repo.deal("source: {channel: conference}")
    repo.deal("owner: april\nstages: [enrichment: 2026-11-02]", id="other")
    book, _ = salesops.load(repo.root)

    def counted(metric, **asked):
        return salesops.measure(book, DAY, [metric], **asked)[metric].included

    assert counted("open-deals", owner="jim") == ("acme",)
    assert counted("open-deals", type="new", tier="general", source="none") == ("other",)
    assert counted("open-deals", type="existing business") == ()
    assert counted("won-value", from_=date(2025, 3, 10), to=date(2025, 3, 10)) == ("cascadia-2025",)
    assert counted("won-value", from_=date(2025, 3, 11)) == ()


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"owner": "jimm"}, "there is no owner 'jimm'; did you mean 'jim'?"),
        ({"type": "renewal"}, "there is no type 'renewal'; known: new business, existing business"),
        ({"from_": date(2026, 2, 1), "to": date(2026, 1, 1)}, "from 2026-02-01 is after to 2026-01-01"),
        ({"from_": date(2026, 11, 21)}, "from 2026-11-21 is after 2026-11-20"),
    ],
)
def test_what_no_deal_can_be_is_refused_in_a_sentence(repo, asked, said):
    with pytest.raises(ValueError, match="^" + re.escape(said) + "$"):
        salesops.measure(repo.book(), DAY, **asked)


def test_two_states_are_told_apart_in_sentences(repo):
    before, _ = salesops.load(repo.root)
    repo.deal("stages: [enrichment: 2026-10-05]")
    after, _ = salesops.load(repo.root)
    (change,) = salesops.diff(before, after, DAY)
    assert change.ref == ("deal", "acme")
    assert change.sentence.startswith("Cascadia University, acme: new deal")


def test_to_import_it_loads_nothing_else():
    code = "import sys, salesops; print(*(name for name in sys.modules if name.startswith(('salesops.', 'pydantic', 'yaml'))))"
    ran = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == ""
