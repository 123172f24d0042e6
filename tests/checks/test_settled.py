"""What was said of days gone by holds: every field of every kind is altered in a second state, and the model says what must come of it."""

from __future__ import annotations

import json
from copy import deepcopy
from datetime import date

import pytest

from salesops.changes.compare import Comparison
from salesops.checks import check_past
from salesops.records.kinds import KINDS
from salesops.records.record import Past, past_of

TODAY = date(2026, 11, 20)
SIGNED, NAMED = "past-fact-changed", "past-fact-named"
VERDICTS = {
    Past.FREE: None,
    Past.SIGNED: SIGNED,
    Past.SIGNED_ONCE_CLOSED: SIGNED,
    Past.SIGNED_ONCE_RUNNING: SIGNED,
    Past.SIGNED_ONCE_DONE: SIGNED,
    Past.SIGNED_WHERE_IT_GOES_BACK: SIGNED,
    Past.SIGNED_AFTER_ITS_DAY: SIGNED,
    Past.ENTRIES_SIGNED: SIGNED,
    Past.ENTRIES_SIGNED_ONCE_SENT: SIGNED,
    Past.RATES_SIGNED: SIGNED,
    Past.NEW_VERSION: SIGNED,
    Past.NAMED_ONCE_CLOSED: NAMED,
    Past.LOSSES_NAMED: NAMED,
    Past.ENTRIES_NAMED: NAMED,
    Past.LATE_NAMED: NAMED,
}
OWN = {
    "type": "type-changed",
    "stages": "past-altered",
    "waived": "signature-removed",
    "corrections": "signature-removed",
    "imported": "import-mark-changed",
    "removed": "removal-erased",
}
"""The checks of the fields that have a rule of their own."""
WORDS_OF_A_PROCESS = {"changelog", "source"}

WAIVER = {"need": "maniac_t.money", "stage": "outreach", "by": "jim", "date": "2025-01-13", "why": "Said so"}
CORRECTION = {"field": "tier", "was": "premier", "by": "jim", "date": "2025-02-01", "why": "Mistyped"}
REMOVAL = {"kind": "deal", "id": "twice", "date": "2026-03-01", "by": "jim", "why": "Entered twice"}
FILED = {**CORRECTION, "kind": "rates", "id": "rates"}
RATE = {"date": "2026-01-02", "from": "CAD", "to": "USD", "rate": "0.7312"}
LOST = {"reason": "price", "learning": "Too dear", "verdict": "icp", "reengage": "never", "playbook": "none needed"}

# Of each kind a record that has come as far as it can, and for each field what it says in the second state.
RECORDS: dict[str, tuple[str, dict[str, object]]] = {
    "deal": (
        "deals/past.yaml",
        {
            "title": ("General", "Standard"),
            "member": ("cascadia-university", "other"),
            "type": ("new business", "existing business"),
            "tier": ("general", "premier"),
            "owner": ("jim", "april"),
            "team": (["april"], ["jim"]),
            "priority": ("hot", "low"),
            "decision": ({"go": "true", "date": "2025-01-09"}, {"go": "false", "date": "2025-01-09"}),
            "effort": ("Two weeks", "Three weeks"),
            "value_proposition": ("A term begins on day one", "No more installing"),
            "agreed": ("2025-02-28", "2025-03-01"),
            "paid_first": ("true", "false"),
            "stages": (
                [{"enrichment": "2025-01-06"}, {"outreach": "2025-01-13"}, {"closed lost": "2025-03-10"}],
                [{"enrichment": "2025-01-06"}, {"outreach": "2025-01-14"}, {"closed lost": "2025-03-10"}],
            ),
            "value": ({"mrr": "1000 USD"}, {"mrr": "2000 USD"}),
            "expected_close": ("2025-04-01", "2025-05-01"),
            "probability": (
                {"value": "60%", "date": "2025-01-20", "why": "Hope"},
                {"value": "70%", "date": "2025-01-20", "why": "Hope"},
            ),
            "source": ({"channel": "referral"}, {"channel": "conference"}),
            "next": ({"action": "Call", "due": "2027-01-01"}, {"action": "Write", "due": "2027-01-01"}),
            "parked": (
                [{"since": "2025-01-20", "until": "2025-02-01", "why": "Grant"}],
                [{"since": "2025-01-20", "until": "2025-02-15", "why": "Grant"}],
            ),
            "maniac_t": (
                {"need": {"status": "met", "date": "2025-01-08", "note": "Server died"}},
                {"need": {"status": "partial", "date": "2025-01-08", "note": "Server died"}},
            ),
            "icp": ({"hypothesis": "teaching-led", "fit": "true"}, {"hypothesis": "teaching-led", "fit": "false"}),
            "discovery": ({"jobs": ["Teach"]}, {"jobs": ["Teach", "Research"]}),
            "activity": (
                [{"date": "2025-01-15", "kind": "call", "outcome": "spoke"}],
                [{"date": "2025-01-15", "kind": "call", "outcome": "no answer"}],
            ),
            "proposal": ({"requested": "2025-02-03"}, {"requested": "2025-02-04"}),
            "contract": ({"signed": "2025-03-10", "mrr": "1650 CAD"}, {"signed": "2025-03-10", "mrr": "1700 CAD"}),
            "order": ({"created": "2025-03-12"}, {"created": "2025-03-13"}),
            "win": ({"learning": "The course"}, {"learning": "The dean"}),
            "loss": (LOST, {**LOST, "reason": "timing"}),
            "renewal": ({"intent": "confirmed"}, {"intent": "unsure"}),
            "renews": ("cascadia-2025", "other-deal"),
            "reopened": ([{"date": "2025-02-01", "why": "New budget"}], []),
            "moved_back": ([{"date": "2025-02-01", "why": "No budget"}], []),
            "learned": (
                [{"stage": "enrichment", "date": "2025-01-08", "note": "They teach"}],
                [{"stage": "outreach", "date": "2025-01-08", "note": "They teach"}],
            ),
            "links": ([{"kind": "folder", "url": "https://d.example/a"}], []),
            "waived": ([WAIVER], []),
            "corrections": ([CORRECTION], []),
            "imported": ({"from": "old-crm", "date": "2025-02-01"}, None),
            "x": ({"vpat": "done"}, {"vpat": "open"}),
        },
    ),
    "member": (
        "members/past.yaml",
        {
            "name": ("Past University", "Past College"),
            "kind": ("university", "other"),
            "country": ("US", "CA"),
            "ror": ("https://ror.org/03rmrcq20", None),
            "website": ("https://a.example", "https://b.example"),
            "contacts": ([{"id": "a-smith", "role": "Dean"}], [{"id": "a-smith", "role": "Provost"}]),
            "vendor_setup": ({"status": "done", "date": "2025-03-02"}, {"status": "pending", "date": "2025-03-02"}),
            "communities": ([{"name": "Teaching"}], [{"name": "Research"}]),
            "hubs": ([{"name": "teaching"}], [{"name": "research"}]),
            "health": ([{"date": "2026-05-01", "status": "green"}], [{"date": "2026-05-01", "status": "red"}]),
            "invoices": (
                [{"month": "2026-05", "prepared": "2026-06-01", "sent": "2026-06-01"}],
                [{"month": "2026-05", "prepared": "2026-06-01", "sent": "2026-06-09"}],
            ),
            "links": ([], [{"kind": "folder", "url": "https://d.example/a"}]),
            "x": ({"a": "b"}, {"a": "c"}),
        },
    ),
    "team": (
        "playbook/team.yaml",
        {
            "organisation": ("Us", "We"),
            "time_zone": ("America/Vancouver", "Europe/Berlin"),
            "currency": ("USD", "CAD"),
            "repository": ("https://github.com/a/b", "https://github.com/a/c"),
            "github": ("a", "b"),
            "people": (
                {"jim": {"name": "Jim"}, "april": {"name": "April"}},
                {"jim": {"name": "James"}, "april": {"name": "April"}},
            ),
            "member_kinds": (["museum"], ["museum", "library"]),
        },
    ),
    "icp": (
        "playbook/icp/past.yaml",
        {
            "claim": ("They buy.", "They rent."),
            "version": ("1", "2"),
            "since": ("2025-01-01", "2025-01-02"),
            "predicts": (
                {"conversion": "outreach-to-discovery", "at_least": "30%"},
                {"conversion": "outreach-to-discovery", "at_least": "20%"},
            ),
            "when": ([{"field": "maniac_t.need", "is": "met"}], [{"field": "maniac_t.money", "is": "met"}]),
            "status": ("testing", "supported"),
            "evidence": ([], [{"date": "2026-03-01", "note": "4 of 9"}]),
            "changelog": ([], [{"version": "1", "date": "2025-01-01", "note": "First"}]),
        },
    ),
    "experiment": (
        "playbook/experiments/past.yaml",
        {
            "hypothesis": ("Names help.", "Names hurt."),
            "variants": (["plain", "named"], ["plain"]),
            "cohort": ({"stage": "outreach", "since": "2026-01-15"}, {"stage": "outreach", "since": "2026-02-15"}),
            "measure": ("outreach-to-discovery", "win-rate"),
            "stop": ("20 attempts", "10 attempts"),
            "owner": ("jim", "april"),
            "status": ("done", "running"),
            "result": ("It helped", "It hurt"),
            "learning": ("Use names", "Ask names"),
        },
    ),
    "decision": (
        "playbook/decisions/past.yaml",
        {
            "date": ("2026-04-06", "2026-04-07"),
            "answers": ("outreach-broken", "discovery-broken"),
            "verdict": ("hold", "pivot"),
            "why": ("Too early", "Too late"),
            "until": ("2026-06-01", "2026-07-01"),
        },
    ),
    "review": (
        "playbook/reviews/2026-11-16.yaml",
        {
            "owner": ("jim", "april"),
            "attended": (["jim"], ["jim", "april"]),
            "commit": ("abc1234", "abc1235"),
            "notes": ("Quiet", "Loud"),
            "experiments": (["subject-lines"], []),
            "actions": ([{"action": "Call", "owner": "jim"}], []),
            "links": ([], [{"kind": "folder", "url": "https://d.example/a"}]),
        },
    ),
    "targets": (
        "playbook/targets.yaml",
        {
            "targets": (
                [{"id": "twelve", "metric": "sqd", "at_least": "12", "by": "2026-12-31"}],
                [{"id": "twelve", "metric": "sqd", "at_least": "10", "by": "2026-12-31"}],
            )
        },
    ),
    "removed": ("playbook/removed.yaml", {"removed": ([REMOVAL], [])}),
    "rates": ("playbook/rates.yaml", {"rates": ([RATE], [{**RATE, "rate": "0.8"}])}),
    "corrections": ("playbook/corrections.yaml", {"corrections": ([FILED], [])}),
}
FIELDS = [
    pytest.param(kind, name, id=f"{kind}.{name}")
    for kind in KINDS
    if kind not in ("process", "prices", "outreach")
    for name in (field.alias or name for name, field in KINDS[kind].model.model_fields.items())
]


def as_yaml(record: dict[str, object]) -> str:
    return "".join(f"{key}: {json.dumps(value)}\n" for key, value in record.items() if value is not None)


def two_states(kind: str, name: str) -> tuple[str, str, str]:
    """The file of a record, and what it says before and after one of its fields was altered."""
    path, fields = RECORDS[kind]
    assert name in fields, f"say in RECORDS what {kind}.{name} says before and after"
    before = {key: deepcopy(pair[0]) for key, pair in fields.items()}
    return path, as_yaml(before), as_yaml({**before, name: fields[name][1]})


@pytest.mark.parametrize("kind", KINDS)
def test_every_field_says_what_holds_of_it_once_it_was_said(kind):
    for name, field in KINDS[kind].model.model_fields.items():
        assert past_of(field) is not None, f"{kind}.{name}: say what a later change of it is: past=Past.…"


@pytest.fixture
def found(repo):
    """The codes that compare, found in the second state of a file against the first."""

    def codes(path: str, before: str, after: str) -> set[str]:
        repo.write(path, before)
        earlier = repo.book()
        repo.write(path, after)
        return {each.code for each in check_past(Comparison(earlier, repo.book()), TODAY)}

    return codes


@pytest.mark.parametrize(("kind", "name"), FIELDS)
def test_a_field_that_is_altered_gives_the_verdict_of_the_model(found, kind, name):
    field = next(field for own, field in KINDS[kind].model.model_fields.items() if (field.alias or own) == name)
    past = past_of(field)
    wanted = "correction-erased" if kind == "corrections" else OWN[name] if past is Past.OWN_RULE else VERDICTS[past]
    codes = found(*two_states(kind, name)) - {"changed-there-too"}
    assert (wanted in codes) if wanted else not codes & {SIGNED, NAMED}, codes


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
