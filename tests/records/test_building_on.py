"""A process version that says only what differs is as whole as the one that it builds on."""

from __future__ import annotations

import json
import re

import pytest

from salesops.records.building_on import line_of, whole
from salesops.records.json_schema import schema_of

V4 = """\
version: v4
in_force: 2026-12-01
from: v3
changelog: Outreach asks what we learned.
"""


@pytest.fixture
def version(repo):
    """Writes v4, which builds on v3, with these lines; gives it as the book has it."""

    def written(lines: str = ""):
        repo.write("playbook/process/v4.yaml", V4 + lines)
        assert repo.said() == []
        return repo.book().versions["v4"]

    return written


def test_a_version_that_says_nothing_else_is_the_one_that_it_builds_on(version, repo):
    v4, v3 = version(), repo.book().versions["v3"]
    assert (v4.version, str(v4.in_force), v4.from_, v4.source) == ("v4", "2026-12-01", "v3", None)
    own = ("version", "in_force", "changelog", "source", "from_")
    assert {name for name in type(v4).model_fields if getattr(v4, name) != getattr(v3, name)} == set(own)


def test_keys_are_merged_and_lists_are_replaced(version, repo):
    v4 = version("""stages:
  outreach: {learning: Who answered?, activities: [Write]}
red_lines: []
tiers: {premier: {min_hubs: 12}}
""")
    v3 = repo.book().versions["v3"]
    assert (v4.stages["outreach"].learning, v4.stages["outreach"].activities) == ("Who answered?", ("Write",))
    assert v4.stages["outreach"].exits == v3.stages["outreach"].exits
    assert (v4.tiers["premier"].min_hubs, v4.tiers["premier"].name, v4.red_lines) == (12, "Premier Membership", ())


def test_a_new_stage_stands_behind_the_one_that_is_written_before_it(version):
    v4 = version("""stages:
  outreach: {exits: [{to: pilot, when: They try it}, {to: closed lost, when: Silence}]}
  pilot: {title: Pilot, exits: [{to: discovery, when: They like it}, {to: closed lost, when: They do not}]}
""")
    assert list(v4.stages)[:4] == ["enrichment", "outreach", "pilot", "discovery"]


def test_what_it_leaves_out_is_named_by_its_path(version):
    v4 = version("""without: [stages.renewals, tiers.premier]
starts: {existing business: proposal}
""")
    assert "renewals" not in v4.stages
    assert list(v4.tiers) == ["general"]


def test_a_key_without_a_value_says_nothing_as_everywhere(version, repo):
    assert version("red_lines:\n").red_lines == repo.book().versions["v3"].red_lines


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("from: v2", ["playbook/process/v4.yaml:3 there is no process version 'v2': known: v3"]),
        (
            "from: v4",
            ["playbook/process/v4.yaml:3 the versions build on each other: v4 from v4: let one of them be whole"],
        ),
        (
            "from: v3\nwithout: [stages.limbo]",
            [
                "playbook/process/v4.yaml:4 version v3 has no 'stages.limbo' that could be left out: write the path, such as stages.outreach"
            ],
        ),
    ],
)
def test_whoever_builds_on_what_is_not_there_is_told_so(repo, lines, said):
    repo.write("playbook/process/v4.yaml", V4.replace("from: v3", lines))
    found = repo.problems()
    assert {problem.code for problem in found} == {"process-from-unknown"}
    assert [f"{each.place.path}:{each.place.line} {each.message}: {each.help}" for each in found] == said


def test_two_versions_that_build_on_each_other_are_both_told(repo):
    repo.write("playbook/process/v4.yaml", V4.replace("from: v3", "from: v5"))
    repo.write(
        "playbook/process/v5.yaml", V4.replace("v4", "v5").replace("from: v3", "from: v4").replace("12-01", "12-02")
    )
    assert [code for code in repo.said() if "from-unknown" in code] == [
        "playbook/process/v4.yaml:3 process-from-unknown",
        "playbook/process/v5.yaml:3 process-from-unknown",
    ]


def test_a_version_on_one_that_cannot_be_read_is_not_blamed_and_counts_nothing(repo):
    repo.write("playbook/process/v4.yaml", V4)
    repo.write("playbook/process/v3.yaml", "version: [")
    assert {problem.place.path for problem in repo.problems()} == {"playbook/process/v3.yaml"}
    assert ("process", "v4") in repo.book().broken


def test_a_mistake_in_what_it_says_itself_has_its_place(repo):
    repo.write("playbook/process/v4.yaml", V4 + "stages:\n  outreach:\n    probability: ten\n")
    (found,) = repo.problems()
    assert (found.place.path, found.place.line, found.field) == (
        "playbook/process/v4.yaml",
        7,
        "stages.outreach.probability",
    )


def test_a_longer_line_ends_at_the_version_that_is_whole():
    written = {"v3": {"tiers": {"a": {}}}, "v4": {"from": "v3"}, "v5": {"from": "v4", "tiers": {"b": {}}}}
    assert line_of("v5", written) == ["v5", "v4", "v3"]
    assert whole("v5", written) == {"from": "v4", "tiers": {"a": {}, "b": {}}}


def test_its_schema_asks_a_version_that_builds_on_another_for_less():
    schema = schema_of("process")
    assert schema["required"] == ["version", "in_force", "changelog"]
    assert schema["if"]["required"] == ["from"]
    assert schema["else"]["required"] == ["tiers", "starts", "stages"]
    assert schema["else"]["properties"]["stages"]["additionalProperties"]["required"] == ["title"]
    assert not re.search(r'"Stage": {[^{}]*"required"', json.dumps(schema))
