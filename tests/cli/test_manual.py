"""`explain`, `schema`, `doctor`, `completion`: what a newcomer asks before reading any code."""

from __future__ import annotations

import json

import pytest

from salesops.checks import CHECKS
from salesops.checks.manual import rules
from salesops.cli import COMMANDS
from salesops.metrics import metrics_of
from salesops.records.error_codes import REFUSALS
from salesops.records.field_reference import fields_of, find_fields
from salesops.records.kinds import KINDS


@pytest.mark.parametrize("code", [*CHECKS, *REFUSALS])
def test_every_code_can_be_explained(repo, code):
    ran = repo.run("explain", code)
    assert ran.code == 0
    assert ran.out.startswith(f"{code} (")
    assert "Source: " in ran.out


def test_every_metric_can_be_explained(repo):
    for id, metric in metrics_of(repo.book().processes[-1]).items():
        ran = repo.run("explain", id)
        assert ran.code == 0
        assert ran.out.startswith(f"{metric.title} ({id}), {metric.status}")


def test_a_metric_is_explained_with_its_deals_on_a_day(repo):
    repo.deal()
    ran = repo.run("explain", "open-deals", "--as-of", "2026-02-01")
    assert ran.code == 0
    assert "On 2026-02-01: 1  1 new business\n\nCounted (1)\n  deals/acme.yaml:7: - enrichment: 2026-01-05\n" in ran.out


def test_every_stage_can_be_explained_with_what_it_asks_for(repo):
    for name in repo.book().processes[-1].stages:
        assert repo.run("explain", name).code == 0
    assert "Money (MANIAC-T) is met or partial" in repo.run("explain", "enrichment").out


@pytest.mark.parametrize("kind", KINDS)
def test_every_field_can_be_explained(repo, kind):
    for field in fields_of(kind):
        assert field in list(find_fields(f"{kind}.{field.path}"))
        assert field.description.endswith(".") or field.description.endswith("?")
        assert "a value" not in field.holds.lower(), field.path
    assert repo.run("explain", f"{kind}.{field.path}").code == 0


def test_a_field_is_found_where_its_record_is_called_as_the_list_in_it(repo):
    ran = repo.run("explain", "targets.at_most")
    assert ran.out.startswith("targets.at_most in the targets record (optional)")
    assert repo.run("explain", "targets.targets.at_most").out == ran.out


@pytest.mark.parametrize("kind", KINDS)
def test_no_field_is_explained_by_pointing_to_itself(repo, kind):
    for field in fields_of(kind):
        for other in list(find_fields(field.address))[1:]:
            ran = repo.run("explain", field.address)
            assert f"salesops explain {field.address}\n" not in ran.out
            assert other.description in " ".join(ran.out.split())


def test_days_that_may_be_something_else_say_so(repo):
    assert "or the word open" in repo.run("explain", "contract.end").out
    assert "a quarter" in (told := repo.run("explain", "loss.reengage").out)
    assert "the word never" in told


def test_a_misspelt_name_is_answered_with_the_near_one(repo):
    ran = repo.run("explain", "need-not-mett")
    assert ran.code == 2
    assert "did you mean 'need-not-met'?" in ran.err


def test_codes_are_explained_outside_of_a_repository_too(repo, tmp_path):
    assert repo.run("-C", str(tmp_path), "explain", "not-money").code == 0


def test_the_manual_has_every_code_once():
    assert rules().keys() == CHECKS.keys() | REFUSALS.keys()


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_a_schema_that_describes_every_field(repo, kind):
    schema = json.loads(repo.run("schema", kind).out)
    assert schema["$schema"].endswith("2020-12/schema")
    assert schema["additionalProperties"] is False
    assert set(schema["properties"]) == {field.path for field in fields_of(kind) if field.depth == 0}
    assert all(part.get("description") for part in schema["properties"].values() if "$ref" not in part)


def test_the_schema_of_a_member_offers_the_kinds_that_the_team_has_added(repo, tmp_path):
    team = (repo.root / "playbook/team.yaml").read_text()
    repo.write("playbook/team.yaml", team + "member_kinds: [museum]\n")
    assert "museum" in json.loads(repo.run("schema", "member").out)["properties"]["kind"]["anyOf"][0]["enum"]
    elsewhere = json.loads(repo.run("-C", str(tmp_path), "schema", "member").out)
    assert elsewhere["properties"]["kind"]["anyOf"][0]["enum"][-1] == "unknown"


def test_a_kind_that_does_not_exist_has_no_schema(repo):
    ran = repo.run("schema", "dael")
    assert ran.code == 2
    assert "did you mean 'deal'?" in ran.err


def test_all_schemas_are_written_into_a_folder(repo):
    assert repo.run("schema", "-o", "schemas").code == 0
    assert {file.stem for file in (repo.root / "schemas").iterdir()} == set(KINDS)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_learns_to_complete(repo, shell):
    ran = repo.run("completion", shell)
    assert ran.code == 0
    assert "_SALESOPS_COMPLETE" in ran.out


def test_the_doctor_says_what_to_fix(repo):
    ran = repo.run("doctor")
    assert ran.code == 1
    assert "fix there is no mkdocs.yml: copy the one that salesops init writes" in ran.out
    assert "ok  1 process version" in ran.out


def test_every_command_is_in_the_help_and_on_the_reference_page(repo):
    from salesops.cli.commands_page import described

    listed = repo.run("--help").out
    names = {command.name.split(" ")[0] for command in described()}
    assert names == set(COMMANDS)
    assert [name for name in COMMANDS if name not in listed] == [], listed
    assert all(command.paragraphs[0].endswith(".") for command in described())


def test_the_help_is_there_after_every_command_was_loaded(repo):
    assert repo.run("list").code == 0
    assert repo.run("--help").code == 0


def test_the_doctor_can_be_called_anywhere(repo, tmp_path):
    ran = repo.run("-C", str(tmp_path), "doctor")
    assert ran.code == 1
    assert "ok  Python" in ran.out
    assert "fix this is not a salesops repository: go into one" in ran.out


def test_metrics_are_explained_outside_of_a_repository_too(repo, tmp_path):
    assert repo.run("-C", str(tmp_path), "explain", "win-rate").code == 0
    assert "inside a repository" in repo.run("-C", str(tmp_path), "explain", "outreach-to-heaven").err


def test_what_machines_read_of_the_setup(repo):
    ran = repo.run("doctor", "--format", "json")
    told = json.loads(ran.out)
    assert told["schema_version"] == 1
    assert all(look.keys() == {"ok", "said", "fix"} for look in told["looks"])
    assert ran.code == (0 if all(look["ok"] for look in told["looks"]) else 1)
