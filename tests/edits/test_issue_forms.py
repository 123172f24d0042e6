"""The forms for issues: made by a command, and read as the very command that they stand for."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from salesops.edits.issue_forms import answers_in, as_file, as_words, form_in, forms
from salesops.store.load import load

HOME = Path(__file__).parents[2]
BOOK = load(HOME, ("team", "process"))[0]
FORMS = {form.name: form for form in forms(BOOK.processes[-1], BOOK.team)}


def filled(name: str, **said: str) -> str:
    """A form as GitHub renders it; what is not said was left open."""
    fields = FORMS[name].fields
    assert {key.replace("_", " ") for key in said} <= {asked.label for asked in fields}
    texts = [said.get(asked.label.replace(" ", "_"), "_No response_") for asked in fields]
    return "\n\n".join(f"### {asked.label}\n\n{text}" for asked, text in zip(fields, texts, strict=True)) + "\n"


@pytest.mark.parametrize("form", FORMS.values(), ids=lambda form: form.name)
def test_the_forms_of_this_repository_are_those_that_the_command_makes(repo, form):
    ran = repo.run("-C", str(HOME), "schema", "--issue-forms", "-o", str(repo.root / "forms"))
    assert ran.code == 0
    made = (repo.root / f"forms/{form.name}.yml").read_text(encoding="utf-8")
    assert (HOME / f".github/ISSUE_TEMPLATE/{form.name}.yml").read_text(encoding="utf-8") == made
    assert made == as_file(form)


@pytest.mark.parametrize("form", FORMS.values(), ids=lambda form: form.name)
def test_a_form_is_one_that_github_takes(form):
    said = yaml.safe_load(as_file(form))
    assert said["labels"] == ["salesops"]
    assert 0 < len(said["body"]) <= 8
    labels = [asked["attributes"]["label"] for asked in said["body"]]
    assert len(set(labels)) == len(labels)
    for asked in said["body"]:
        assert asked["type"] in ("input", "textarea", "dropdown")
        options = asked["attributes"].get("options", [])
        assert (asked["type"] == "dropdown") is bool(options)
        assert all(isinstance(option, str) and option != "None" for option in options)
        assert len(set(options)) == len(options)


@pytest.fixture
def sent(repo):
    """Send a form; how it ended, its answer, and the file as it would be."""
    repo.deal("activity:\n  - {date: 2026-01-06, kind: note, note: Begun}\n")

    def send(body: str, written: str = "2026-11-20T12:00:00Z"):
        issue = {"number": 12, "body": body, "user": {"login": "octocat", "id": 5}, "author_association": "OWNER"}
        event = repo.write("../event.json", json.dumps({"issue": issue | {"created_at": written}}))
        ran = repo.run("from-issue", str(event), "-o", str(repo.root.parent / "out"))
        proposal = repo.root.parent / "out/proposal.json"
        found = json.loads(proposal.read_text())["files"] if proposal.exists() else []
        text = "".join(f"# {file['path']}\n{file['content']}" for file in found)
        return ran, (repo.root.parent / "out/answer.md").read_text(encoding="utf-8"), text

    return send


CALL = {"Deal": "acme", "What_it_was": "call", "What_came_of_it": "spoke"}


def test_a_form_says_what_the_command_says_byte_for_byte(repo, sent):
    words = 'Wants it "in CAD": a, b #1 — and\n\n### a letter'
    said = CALL | {"What_happened": words, "With": "smith", "When": "thu", "Next_step": "Send both, tue"}
    ran, answer, text = sent(filled("log", **said).replace("\n", "\r\n"))
    assert ran.code == 0, answer
    command = ["log", "acme", "call", words, "--outcome", "spoke", "--with", "smith", "--date", "thu"]
    assert repo.run(*command, "--next", "Send both, tue").code == 0
    assert (repo.root / "deals/acme.yaml").read_text(encoding="utf-8") == text.split("\n", 1)[1]


LEAD = {"Institution": "Pinecrest College", "What_it_is": "educational organisation", "Country": "canada", "Which_tier": "general", "Whom_do_you_know": "dean", "What_happened": "Met at the fair, wants a demo", "Next_step": "Send slides, fri"}  # fmt: skip


def test_a_lead_is_a_deal_and_its_institution(repo, sent):
    ran, answer, text = sent(filled("lead", **LEAD, Who_leads_it="april"))
    assert ran.code == 0, answer
    words = [
        "new",
        "deal",
        "Pinecrest College",
        "--kind",
        "edu",
        "--country",
        "canada",
        "--tier",
        "general",
        "--with",
        "dean",
    ]
    more = ["--happened", "Met at the fair, wants a demo", "--next", "Send slides, fri", "--owner", "april"]
    assert repo.run(*words, *more).code == 0
    made = ("members/pinecrest-college.yaml", "deals/pinecrest-college-general.yaml")
    assert text == "".join(f"# {path}\n{(repo.root / path).read_text(encoding='utf-8')}" for path in made)


def test_whoever_sends_a_lead_leads_the_deal_unless_somebody_else_is_named(repo, sent):
    assert "--owner" not in sent(filled("lead", **LEAD))[1]
    assert "Who leads it:" in sent(filled("lead", **LEAD))[1]
    team = repo.root / "playbook/team.yaml"
    team.write_text(team.read_text().replace("{name: April,", "{name: April, github: Octocat,"))
    assert "\nowner: april\n" in sent(filled("lead", **LEAD))[2]


def test_a_move_brings_what_the_process_asks_for(repo, sent):
    said = {"Deal": "acme", "To_which_stage": "outreach", "When": "2026-11-19", "Next_step": "Write to the dean, fri"}
    ran, answer, text = sent(
        filled("move", **said, What_the_process_asks_for="priority=hot\nexpected_close=3 mar 2027")
    )
    assert ran.code == 0, answer
    command = ["move", "acme", "outreach", "--date", "2026-11-19", "--next", "Write to the dean, fri"]
    assert repo.run(*command, "--set", "priority=hot", "--set", "expected_close=3 mar 2027").code == 0
    assert (repo.root / "deals/acme.yaml").read_text(encoding="utf-8") == text.split("\n", 1)[1]


def test_a_move_that_lacks_something_is_told_what(repo, sent):
    repo.deal("icp: {hypothesis: teaching-led, version: 1}\n")
    ran, answer, text = sent(filled("move", Deal="acme", To_which_stage="outreach"))
    assert (ran.code, text) == (1, "")
    assert "- What the process asks for: icp.fit=" in answer.replace("\\", "")
    assert "Go without:" in answer


def test_a_meeting_says_what_became_of_it(sent):
    said = {"Deal": "acme", "What_it_was": "meeting", "What_came_of_it": "no-show", "What_it_was_about": "other"}
    assert "{date: 2026-11-20, kind: meeting, about: other, status: no-show}" in sent(filled("log", **said))[2]


def test_a_day_is_meant_from_when_the_issue_was_written(sent):
    text = sent(filled("log", **CALL, When="yesterday"), "2026-11-18T23:00:00Z")[2]
    assert "{date: 2026-11-17, kind: call, outcome: spoke}" in text


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (filled("log", What_it_was="call"), "'Deal' was left open."),
        (filled("log", Deal="acme", What_it_was="call"), "What came of it:"),
        (filled("log", **CALL | {"Deal": "nobody"}), "there is no deal 'nobody'"),
        (filled("log", **CALL | {"Deal": "--help"}), "there is no deal '--help'"),
        (filled("log", **CALL, When="3/4"), "When:"),
        (filled("log", **CALL, What_happened="### Deal"), "stands in it more than once"),
        (filled("log", **CALL, What_happened="```salesops\nsalesops: 1\n```"), "send two issues"),
    ],
)
def test_what_a_form_lacks_is_said_by_its_labels(sent, body, says):
    ran, answer, text = sent(body)
    assert (ran.code, text) == (1, "")
    assert "**Nothing was changed" in answer
    assert says in answer.replace("\\", "")


def test_what_was_typed_is_never_an_option(repo):
    body = filled("log", Deal="--dry-run", What_it_was="--as-of=2020-01-01", What_happened="--yes", With="--help")
    form = form_in(body, FORMS.values())
    said = answers_in(form, body)
    assert as_words(form, said) == ["log", "--yes", "--with=--help", "--", "--dry-run", "--as-of=2020-01-01", "--yes"]


def test_a_text_without_all_the_headings_is_no_form():
    assert form_in("### Deal\n\nacme\n", FORMS.values()) is None
    assert form_in("Hello\n\n" + filled("log", **CALL), FORMS.values()) is None
    assert form_in("", FORMS.values()) is None
