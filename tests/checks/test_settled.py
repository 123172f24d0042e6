"""What was said of days gone by holds: every field of every kind is altered in a second state, and the model says what must come of it."""

from __future__ import annotations

import json
from copy import deepcopy

import pytest
from altering import FIELDS, LOST, NAMED, RATE, RECORDS, SIGNED, TODAY, as_yaml, older_versions, two_states, verdict

from salesops.changes.compare import Comparison
from salesops.checks import check_past
from salesops.records.kinds import KINDS
from salesops.records.record import past_of


@pytest.mark.parametrize("kind", KINDS)
def test_every_field_says_what_holds_of_it_once_it_was_said(kind):
    for name, field in KINDS[kind].model.model_fields.items():
        assert past_of(field) is not None, f"{kind}.{name}: say what a later change of it is: past=Past.…"


@pytest.fixture
def found(repo, sound):
    """The codes that compare, found in the second state of a file against the first."""
    for other, text in older_versions(sound["process"]).items():
        repo.write(other, text)

    def codes(path: str, before: str, after: str) -> set[str]:
        repo.write(path, before)
        earlier = repo.book()
        repo.write(path, after)
        now = repo.book()
        assert not earlier.broken | now.broken, "both states have to be records that can be read"
        return {each.code for each in check_past(Comparison(earlier, now), TODAY)}

    return codes


@pytest.mark.parametrize(("kind", "name"), FIELDS)
def test_a_field_that_is_altered_gives_the_verdict_of_the_model(found, kind, name):
    wanted = verdict(kind, name)
    assert found(*two_states(kind, name)) == ({wanted} if wanted else set())


@pytest.mark.parametrize(
    ("kind", "name"), [param for param in FIELDS if param.values[0] not in ("removed", "corrections")]
)
def test_nothing_is_said_of_a_record_that_says_the_same(found, kind, name):
    path, before, _ = two_states(kind, name)
    assert found(path, before, before) == set()


@pytest.mark.parametrize(
    ("path", "before", "after", "codes"),
    [
        ("playbook/rates.yaml", [RATE], [RATE, {**RATE, "date": "2025-06-01"}], {SIGNED}),
        ("playbook/rates.yaml", [RATE], [RATE, {**RATE, "date": "2026-11-20"}], set()),
        ("playbook/rates.yaml", [RATE], [], {SIGNED}),
    ],
    ids=["put in for a day gone by", "of today", "gone"],
)
def test_rates_of_days_gone_by_hold(found, path, before, after, codes):
    assert found(path, as_yaml({"rates": before}), as_yaml({"rates": after})) == codes


def test_an_invoice_may_go_on_once_it_was_sent(found):
    path, fields = RECORDS["member"]
    before = {key: pair[0] for key, pair in fields.items()}
    paid = [{**before["invoices"][0], "certified": "2026-06-02"}]
    assert found(path, as_yaml(before), as_yaml({**before, "invoices": paid})) == set()
    assert found(path, as_yaml(before), as_yaml({**before, "invoices": []})) == {SIGNED}


def test_an_action_of_a_review_may_be_done(found):
    path, fields = RECORDS["review"]
    before = {key: pair[0] for key, pair in fields.items()}
    done = [{**before["actions"][0], "done": "true"}]
    assert found(path, as_yaml(before), as_yaml({**before, "actions": done})) == set()


def test_what_a_hypothesis_claims_changes_with_its_version(found):
    path, fields = RECORDS["icp"]
    before = {key: pair[0] for key, pair in fields.items()}
    assert found(path, as_yaml(before), as_yaml({**before, "claim": "They rent.", "version": "2"})) == set()


@pytest.mark.parametrize(("day", "late"), [("2026-11-13", False), ("2026-11-12", True)])
def test_what_is_told_more_than_a_week_later_is_named(found, day, late):
    path, fields = RECORDS["deal"]
    before = {key: pair[0] for key, pair in fields.items()}
    more = [*before["activity"], {"date": day, "kind": "note", "note": "Heard it at the fair"}]
    assert found(path, as_yaml(before), as_yaml({**before, "activity": more})) == ({NAMED} if late else set())


def test_an_open_deal_is_worked_on_freely(found):
    path, fields = RECORDS["deal"]
    before = {key: pair[0] for key, pair in fields.items()} | {
        "stages": [{"enrichment": "2025-01-06"}],
        "imported": None,
    }
    for name in ("tier", "owner", "contract", "loss", "win", "renews"):
        assert found(path, as_yaml(before), as_yaml({**before, name: fields[name][1]})) == set(), name


def test_a_correction_in_the_playbook_signs_for_any_other_record(repo, found):
    path, fields = RECORDS["decision"]
    before, after = two_states("decision", "verdict")[1:]
    assert found(path, before, after) == {SIGNED}
    repo.write(path, before)
    earlier = repo.book()
    repo.write(path, after)
    entry = {"kind": "decision", "id": "past", "field": "verdict", "was": "hold", "by": "jim", "date": "2026-11-20"}
    repo.write("playbook/corrections.yaml", as_yaml({"corrections": [{**entry, "why": "It was read out wrongly"}]}))
    assert check_past(Comparison(earlier, repo.book()), TODAY) == []
    assert fields["verdict"][0] == "hold"


def two_records(kind: str, **changes: object) -> tuple[str, str, str]:
    """The file of a record, and what it says in two states: the first as ``before`` has it, the second with the changes."""
    path, fields = RECORDS[kind]
    first = {key: deepcopy(pair[0]) for key, pair in fields.items()} | changes.pop("before", {})
    return path, as_yaml(first), as_yaml({**first, **changes})


REOPENED = {
    "stages": [
        {"enrichment": "2025-01-06"},
        {"outreach": "2025-01-13"},
        {"closed lost": "2025-03-10"},
        {"outreach": "2025-06-02"},
    ],
    "imported": None,
}


@pytest.mark.parametrize(
    ("loss", "codes"),
    [
        ({**LOST, "reason": "timing"}, {NAMED}),
        (None, {NAMED}),
        ([LOST, {**LOST, "reason": "timing"}], set()),
        ([{**LOST, "reason": "timing"}, LOST], {NAMED}),
    ],
    ids=["told otherwise", "taken away", "a draft of the next one", "the next one put in its place"],
)
def test_the_first_loss_of_a_deal_that_was_reopened_holds(found, loss, codes):
    assert found(*two_records("deal", before=REOPENED, loss=loss)) == codes


def test_a_draft_of_a_loss_that_has_not_come_is_free(found):
    still_open = {"stages": REOPENED["stages"][:2], "imported": None}
    assert found(*two_records("deal", before=still_open, loss={**LOST, "reason": "timing"})) == set()


def signed(repo, kind: str, entries: list[dict[str, object]], two: tuple[str, str, str]) -> list[str]:
    """What is found where the second state of a record comes with corrections in the playbook."""
    path, before, after = two
    repo.write(path, before)
    earlier = repo.book()
    repo.write(path, after)
    entries = [
        {"kind": kind, "id": "past", "by": "jim", "date": "2026-11-20", "why": "Read out", **each} for each in entries
    ]
    repo.write("playbook/corrections.yaml", as_yaml({"corrections": entries}))
    return [str(each.message) for each in check_past(Comparison(earlier, repo.book()), TODAY) if each.code == SIGNED]


@pytest.mark.parametrize(
    ("field", "was", "holds"),
    [("verdict", "hold", True), ("verdict", "'Hold'", True), ("verdict", "pivot", False), ("why", "Too early", False)],
)
def test_a_correction_counts_where_it_says_what_stood_there(repo, field, was, holds):
    messages = signed(repo, "decision", [{"field": field, "was": was}], two_states("decision", "verdict"))
    assert (not messages) is holds, messages
    if was == "pivot":
        assert messages[0].endswith("the correction of jim says that it was 'pivot'")


@pytest.mark.parametrize(
    ("was", "holds"), [("date 2026-01-02, from_ CAD, to USD, rate 0.7312", True), ("0.7312", True), ("0.8", False)]
)
def test_a_correction_of_an_entry_names_it_or_a_part_of_it(repo, was, holds):
    entry = {"id": "rates", "field": "rates.0", "was": was}
    assert (not signed(repo, "rates", [entry], two_states("rates", "rates"))) is holds


@pytest.mark.parametrize(
    ("was", "now", "codes"),
    [
        ("planned", "running", set()),
        ("running", "done", set()),
        ("running", "planned", {SIGNED}),
        ("done", "running", {SIGNED}),
        ("done", "abandoned", {SIGNED}),
    ],
)
def test_an_experiment_goes_on_and_never_back(found, was, now, codes):
    assert found(*two_records("experiment", before={"status": was}, status=now)) == codes


@pytest.mark.parametrize("by", ["2027-03-31", "2026-06-30"])
def test_a_target_whose_day_is_moved_is_named(found, by):
    targets = [{"id": "twelve", "metric": "sqd", "at_least": "12", "by": by}]
    assert found(*two_records("targets", targets=targets)) == {NAMED}


def test_a_review_of_a_day_gone_by_keeps_its_day(repo):
    path, before, _ = two_states("review", "notes")
    repo.write(path, before)
    earlier = repo.book()
    (repo.root / path).unlink()
    repo.write("playbook/reviews/2026-11-23.yaml", before.replace("Quiet", "Loud"))
    found = [each for each in check_past(Comparison(earlier, repo.book()), TODAY) if each.code == SIGNED]
    assert [each.message for each in found] == [
        "the review of 2026-11-16 is said to be of 2026-11-23",
        "this said Quiet in an earlier commit",
    ]
    entry = {"kind": "review", "by": "jim", "date": "2026-11-20", "why": "Typed wrongly"}
    moved = {**entry, "id": "2026-11-23", "field": "id", "was": "2026-11-16"}
    words = {**entry, "id": "2026-11-16", "field": "notes", "was": "Quiet"}
    repo.write("playbook/corrections.yaml", as_yaml({"corrections": [moved, words]}))
    assert [each.code for each in check_past(Comparison(earlier, repo.book()), TODAY) if each.code == SIGNED] == []


@pytest.mark.parametrize("name", ["activity", "maniac_t", "learned"])
def test_what_was_said_is_named_when_it_is_reworded_later(found, name):
    path, fields = RECORDS["deal"]
    before = {key: deepcopy(pair[0]) for key, pair in fields.items()}
    before["activity"] = [{"date": "2025-01-15", "kind": "call", "outcome": "spoke", "note": "They want it"}]
    after = json.loads(
        json.dumps(before)
        .replace("They want it", "They do not")
        .replace("Server died", "Server lives")
        .replace("They teach", "They learn")
    )
    assert found(path, as_yaml(before), as_yaml({**before, name: after[name]})) == {NAMED}


def test_a_planned_meeting_becomes_what_became_of_it(found):
    path, fields = RECORDS["deal"]
    before = {key: deepcopy(pair[0]) for key, pair in fields.items()}
    meeting = {"date": "2026-11-18", "kind": "meeting", "about": "renewal", "status": "scheduled"}
    for status, day, named in [
        ("held", "2026-11-18", set()),
        ("no-show", "2026-11-18", set()),
        ("scheduled", "2026-11-25", set()),
    ]:
        was = {**before, "activity": [meeting]}
        assert (
            found(path, as_yaml(was), as_yaml({**was, "activity": [{**meeting, "status": status, "date": day}]}))
            == named
        )
