"""A sound deal in each stage, to start the example of a new check from: `salesops check` has nothing to say of any."""

from pathlib import Path

import pytest

from salesops.store.load import load

SOUND = Path(__file__).parent / "sound"


def test_there_is_one_for_each_stage_of_the_process(home):
    newest = load(home)[0].processes[-1]
    assert sorted(file.stem for file in SOUND.iterdir()) == sorted(stage.replace(" ", "-") for stage in newest.stages)


@pytest.mark.parametrize("file", sorted(SOUND.iterdir()), ids=lambda file: file.stem)
def test_it_is_in_its_stage_and_without_a_finding(repo, file):
    repo.write("deals/acme.yaml", file.read_bytes())
    assert [str(problem) for problem in repo.problems()] == []
    assert repo.book().deals["acme"].stages[-1].stage == file.stem.replace("-", " ")
