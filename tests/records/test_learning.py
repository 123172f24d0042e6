"""When an experiment ends: in words, or in numbers that can be counted."""

import pytest

from salesops.records.json_schema import schema_of


@pytest.mark.parametrize(
    ("stop", "said"),
    [
        ("20 attempts in each variant", "20 attempts in each variant"),
        ("{each_variant: 20}", "20 attempts in each variant"),
        ("{until: 2026-06-30}", "on 2026-06-30"),
        ("{each_variant: 20, until: 2026-06-30}", "20 attempts in each variant or on 2026-06-30"),
    ],
)
def test_an_experiment_says_when_it_ends(repo, stop, said):
    experiment = f"hypothesis: Names help.\nvariants: [plain, named]\nstatus: running\nstop: {stop}\n"
    repo.write("playbook/experiments/subject-lines.yaml", experiment)
    assert repo.said() == []
    assert str(repo.book().experiments["subject-lines"].stop) == said


@pytest.mark.parametrize(
    ("stop", "found"),
    [
        ("{each_variant: twenty}", "not-a-number"),
        ("{every_variant: 20}", "unknown-key"),
        ("{until: soon}", "not-a-date"),
        ("[20]", "wrong-shape"),
        ("{}", "value-missing"),
    ],
)
def test_what_cannot_be_counted_is_refused_at_its_place(repo, stop, found):
    experiment = f"hypothesis: Names help.\nvariants: [plain, named]\nstatus: running\nstop: {stop}\n"
    repo.write("playbook/experiments/subject-lines.yaml", experiment)
    assert repo.said() == [f"playbook/experiments/subject-lines.yaml:4 {found}"]


def test_editors_offer_both_forms():
    stop = schema_of("experiment")["properties"]["stop"]
    assert "string" in str(stop)
    assert "each_variant" in str(schema_of("experiment"))
