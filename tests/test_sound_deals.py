"""A sound deal in each stage, to start the example of a new check from: `salesops check` has nothing to say of any."""

import re
from datetime import date
from pathlib import Path

import pytest

from salesops.store.load import load

SOUND = Path(__file__).parent / "sound"
SHARPEST = ["playbook/process/v4.yaml", "salesops/setup/starter/playbook/process/v1.yaml"]
"""The newest version of the demonstration, and what a new repository begins with."""


def test_there_is_one_for_each_stage_of_the_process(home):
    newest = load(home)[0].processes[-1]
    assert sorted(file.stem for file in SOUND.iterdir()) == sorted(stage.replace(" ", "-") for stage in newest.stages)


@pytest.mark.parametrize("file", sorted(SOUND.iterdir()), ids=lambda file: file.stem)
def test_it_is_in_its_stage_and_without_a_finding(repo, file):
    repo.write("deals/acme.yaml", file.read_bytes())
    assert [str(problem) for problem in repo.problems()] == []
    assert repo.book().deals["acme"].stages[-1].stage == file.stem.replace("-", " ")


@pytest.mark.parametrize("path", SHARPEST)
@pytest.mark.parametrize("file", sorted(SOUND.iterdir()), ids=lambda file: file.stem)
def test_it_is_sound_by_the_newest_process_too_and_by_that_of_a_new_repository(repo, home, path, file):
    text = re.sub(r"(?m)^version: .*|^ +(stale_after|idle_after): .*\n", "", (home / path).read_text(encoding="utf-8"))
    repo.write("playbook/process/v5.yaml", "version: v5\n" + re.sub("(?m)^in_force: .*", "in_force: 2026-10-01", text))
    repo.write("deals/acme.yaml", file.read_bytes())
    assert {move.entered >= date(2026, 10, 1) for move in repo.book().deals["acme"].stages} == {True}
    assert [str(problem) for problem in repo.problems()] == []
