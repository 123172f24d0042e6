"""A team's own numbers: the example of the manual is installed and counted, and a broken package is told and stops nothing."""

import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from datetime import date
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from salesops.metrics import Count, Share, measure, own_metric
from salesops.metrics.own import OwnMetricFailed, taken, why_not

PAGE = Path(__file__).parents[2] / "site/contributing/own-metric.md"
DISTRIBUTION = "Metadata-Version: 2.1\nName: our-numbers\nVersion: 1.0\n"


@pytest.fixture(scope="session")
def example(tmp_path_factory):
    """The folder into which the package of the manual is installed."""
    text = PAGE.read_text(encoding="utf-8")
    source, target = tmp_path_factory.mktemp("our-numbers"), tmp_path_factory.mktemp("installed")
    for language, name in (("toml", "pyproject.toml"), ("python", "our_numbers.py")):
        (block,) = re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)
        (source / name).write_text(block, encoding="utf-8")
    pip = [sys.executable, "-m", "pip", "install", "-q", "--no-index", "--no-deps", "--no-build-isolation"]
    built = subprocess.run([*pip, "--target", target, source], capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr
    return target


def spawn(repo, *words, path, **more):
    env = {**os.environ, "SALESOPS_AS_OF": "2026-11-20", "PYTHONPATH": str(path)}
    command = [str(Path(sys.executable).parent / "salesops"), *words]
    return subprocess.run(command, cwd=repo.root, env=env, capture_output=True, text=True, check=False, **more)


def test_the_example_of_the_manual_is_a_number_like_every_other(repo, example):
    repo.deal("source: {channel: referral, referred_by: cascadia-university}\n", id="aspen")
    repo.deal(id="birch")
    ran = spawn(repo, "metrics", "referred-share", "--evidence", "--format", "json", path=example)
    assert ran.returncode == 0, ran.stderr
    [found] = json.loads(ran.stdout)["metrics"]
    assert (found["value"], found["hits"], found["out_of"]) == (0.5, 1, 2)
    assert (found["title"], found["hit"], found["included"]) == ("Referred deals", ["aspen"], ["aspen", "birch"])
    assert "Of the open deals, the share" in spawn(repo, "explain", "referred-share", path=example).stdout


def test_a_red_line_and_a_target_may_name_it(repo, example):
    repo.write(
        "playbook/targets.yaml", "targets: [{id: word, metric: referred-share, at_least: 30%, by: 2026-12-31}]\n"
    )
    assert "target-metric-unknown" not in spawn(repo, "check", path=example).stdout
    assert spawn(repo, "check", path=example).returncode == 0


def test_a_package_that_lies_in_the_folder_of_the_records_is_not_asked(repo, example):
    for file in example.rglob("*"):
        if file.is_file():
            repo.write(str(file.relative_to(example)), file.read_bytes())
    ran = spawn(repo, "metrics", "referred-share", path=".")
    assert ran.returncode == 2
    assert "there is no metric 'referred-share'" in ran.stderr


BROKEN = """
from salesops.metrics import Share, own_metric


@own_metric("broken", "Broken", kind="share", source="Our handbook")
def broken(snapshot):
    \"\"\"A number that stops.\"\"\"
    return Share(hits=1 // 0, out_of=1)
"""


@pytest.fixture
def broken(tmp_path):
    """A folder with an installed package whose metrics are broken, each in its way."""
    (tmp_path / "our_numbers.py").write_text(BROKEN, encoding="utf-8")
    info = tmp_path / "our_numbers-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(DISTRIBUTION, encoding="utf-8")
    entries = "[salesops.metrics]\nbroken = our_numbers:broken\nlost = nowhere:lost\n"
    (info / "entry_points.txt").write_text(entries, encoding="utf-8")
    return tmp_path


def test_a_broken_package_is_named_and_the_other_numbers_are_there(repo, broken):
    ran = spawn(repo, "metrics", path=broken)
    assert ran.returncode == 0
    assert re.search(r"^sqd +\d", ran.stdout, re.MULTILINE)
    assert "Traceback" not in ran.stderr
    assert "the metric 'lost' of the package our-numbers cannot be used: nowhere:lost cannot be loaded" in ran.stderr
    assert "'broken' of the package our-numbers cannot be used: it stopped with ZeroDivisionError" in ran.stderr


def test_the_doctor_says_which_package_to_mend(repo, broken):
    ran = spawn(repo, "doctor", path=broken)
    assert ran.returncode == 1
    assert "the metric 'lost' of the package our-numbers cannot be used" in ran.stdout
    assert "mend the package our-numbers, or uninstall it" in ran.stdout


def test_one_broken_number_alone_is_a_sentence(repo, broken):
    assert "it stopped with" in spawn(repo, "metrics", "broken", "--since", "2026-11-01", path=broken).stderr
    ran = spawn(repo, "explain", "broken", "--as-of", "2026-11-20", path=broken)
    assert ran.returncode == 3
    assert "cannot decide: the metric 'broken' of the package our-numbers cannot be used" in ran.stderr
    assert "Traceback" not in ran.stderr


def entry_of(monkeypatch, found, name="mine"):
    """An entry point that loads this."""
    monkeypatch.setattr(EntryPoint, "load", lambda self: found)
    return EntryPoint(name, "ours:it", "salesops.metrics")


def counting(snapshot):
    """How many."""
    return Count(value=3)


@pytest.mark.parametrize(
    ("found", "why"),
    [
        (counting, "is not made by salesops.metrics.own_metric"),
        (own_metric("other", "Mine", kind="count", source="Ours")(counting), "is called mine, and its id is other"),
        (own_metric("mine", "Mine", kind="gut", source="Ours")(counting), "none of count, share, days, money"),
        (own_metric("mine", "Mine", kind="count", source="Ours")(lambda snapshot: None), "no docstring"),
    ],
)
def test_what_is_no_sound_metric_is_not_taken(monkeypatch, found, why):
    sound, (fault,) = taken([entry_of(monkeypatch, found)])
    assert not sound
    assert why in fault.why


def test_a_number_of_ours_is_not_replaced(monkeypatch):
    mine = own_metric("sqd", "Mine", kind="count", source="Ours")(counting)
    sound, (fault,) = taken([entry_of(monkeypatch, mine, "sqd")])
    assert (sound, fault.why) == ([], "another metric has this id")


def test_what_is_no_reading_of_its_kind_is_not_shown(monkeypatch, demonstration):
    snapshot = demonstration.on(next(iter(demonstration.histories.values())).visits[0].entered)
    mine = own_metric("mine", "Mine", kind="share", source="Ours")(counting)
    (metric,), _ = taken([entry_of(monkeypatch, mine)])
    assert measure(snapshot, [metric]) == {"mine": None}
    assert "it returned Count, which is no reading of the kind share" in why_not(metric, snapshot)
    with pytest.raises(OwnMetricFailed):
        metric.measure(snapshot)


def test_what_is_sound_is_taken_with_the_name_of_its_package(monkeypatch, demonstration):
    mine = own_metric("mine", "Mine", kind="share", source="Ours")(lambda snapshot: Share(hits=1, out_of=2))
    (metric,), broken = taken([entry_of(monkeypatch, replace(mine, definition="Half."))])
    assert (metric.package, metric.subject, broken) == ("unknown", "own", [])
    assert not why_not(metric, demonstration.on(date(2026, 6, 1)))
