"""An issue that was made from a form: what people answered comes back, what the form says does not."""

from __future__ import annotations

import pytest

from salesops.imports.github.forms import form_in
from salesops.records.yaml_reader import read

PHASE = """\
### Status of this phase

READY

### Required information

This phase is for a dedicated cluster.

| Question | Answer | Notes |
| :--- | :--- | :--- |
| Cloud Provider | `AWS/GCP` | |
| Name of cloud account | `elm-1` | ask Ann \\| Bo |
| Will we pay for cloud costs? | `Yes/No` | not known |
| Have the [contacts](https://airtable.example) been added? | Yes | |
| Community Representative(s) | @ann, bo@elm.example | |

Available runbooks:
- https://docs.example/runbooks

### Are we three weeks early?

- [x] Yes
- [ ] No

### Task list

- [ ] Was all the info filled in above?
- [ ]

### Anything else

_No response_
"""


def test_every_answer_comes_back_under_its_label_and_no_placeholder_does():
    form = form_in(PHASE)
    assert form.text == ""
    assert form.answers == {
        "Status of this phase": "READY",
        "Name of cloud account": "elm-1",
        "Name of cloud account (notes)": "ask Ann | Bo",
        "Will we pay for cloud costs? (notes)": "not known",
        "Have the contacts been added?": "Yes",
        "Community Representative(s)": "@ann, bo@elm.example",
        "Are we three weeks early?": "Yes",
    }


def test_a_body_without_labels_is_text_and_so_is_what_comes_before_the_first():
    assert form_in("We want a hub.\n\n## Not a label").text == "We want a hub.\n\n## Not a label"
    assert form_in("Hello\r\n### A\r\nb").text == "Hello"


def test_a_label_within_code_is_no_label_and_a_label_twice_is_kept_twice():
    form = form_in("### A\n\n```\n### B\nno\n```\n### A\n\nagain")
    assert form.answers == {"A": "```\n### B\nno\n```", "A (2)": "again"}


def test_many_answers_to_one_label_are_all_kept_and_read_at_once():
    found = form_in("### A\nx\n" * 50_000).answers
    assert (len(found), found["A (50000)"]) == (50_000, "x")
    assert form_in("### A\n1\n### A (2)\n2\n### A\n3").answers == {"A": "1", "A (2)": "2\n\n3"}


def test_what_the_template_says_between_comment_marks_is_no_answer():
    assert form_in("### A\n<!-- say it -->\n### B\n<!-- open").answers == {"B": "<!-- open"}


@pytest.mark.parametrize(
    "body",
    [
        "<!--" * 50_000,
        "### " + "# " * 50_000,
        "| Question | Answer |\n" + "|" * 100_000,
        "[" * 100_000,
        "### A\n" * 100_000,
    ],
)
def test_a_body_that_means_harm_is_read_at_once(body):
    assert form_in(body).answers == {}


def test_every_label_of_the_users_own_forms_comes_back(data):
    """Each of the forms is filled in as GitHub writes it down; the answers come back, the forms' own words do not."""
    for name in ("03_new-hub_phase-1.yaml", "07_event-hub.yaml"):
        raw = (data / "github_issue_forms" / name).read_bytes()
        document, problems = read(name, raw)
        assert document, problems
        fields = [field for field in document.data["body"] if field["type"] != "markdown"]
        labels = [field["attributes"]["label"].strip() for field in fields]
        body = "\n".join(f"### {label}\n\nanswer {at}\n" for at, label in enumerate(labels))
        assert form_in(body).answers == {label: f"answer {at}" for at, label in enumerate(labels)}
        empty = "\n".join(
            f"### {field['attributes']['label'].strip()}\n\n{field['attributes'].get('value', '_No response_')}\n"
            for field in fields
        )
        assert form_in(empty).answers == {}
