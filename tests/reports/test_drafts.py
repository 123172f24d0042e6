"""Documents from a template and the facts of a deal: what is known stands there, what is not stays a gap that nobody can miss."""

from __future__ import annotations

from datetime import date

import pytest

from salesops.records.contract import Hub
from salesops.reports.drafts import NoSuchField, draft
from salesops.store.templates import newest, own_templates, template_text

ON = date(2026, 11, 20)


@pytest.fixture
def made(repo):
    def fill(template, fragment="", hub=None):
        repo.deal(fragment)
        return draft(repo.book().on(ON), "acme", template, hub=hub)

    return fill


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("{{ title }}", "General Membership"), ("{{ deal.title }}", "General Membership"), ("{{ member.name }}", "Cascadia University"),
        ("{{ value.mrr }}", "1,250.00 USD"), ("{{ owner.name }}", "Jim"), ("{{ today }} {{ id }}", "2026-11-20 acme"),
        ("{{ maniac_t.need.note }}", "Their server died"), ("{{ team.organisation }}", "Test"), ("{{title}}", "General Membership"),
    ],
)  # fmt: skip
def test_a_blank_holds_what_the_records_say(made, template, text):
    found = made(template)
    assert (found.text, found.gaps) == (text, ())


def test_what_nobody_said_is_a_visible_gap_and_is_listed_once(made):
    found = made("From {{ contract.start }} to {{ contract.end }}; {{ contract.start }} {{ delivery_owner.name }}")
    assert found.text.startswith("From [TO FILL IN: contract.start] to [TO FILL IN: contract.end]")
    assert found.gaps == ("contract.start", "contract.end", "delivery_owner.name")


@pytest.mark.parametrize("path", ["contrat.start", "contract.begin", "member.nam", "hub.disk", "owner"])
def test_a_path_that_no_record_has_is_refused_whatever_the_deal_says(made, path):
    with pytest.raises(NoSuchField, match="there is no"):
        made(f"{{{{ {path} }}}}")


def test_a_list_alone_on_its_line_is_a_list_and_within_a_sentence_is_words(made):
    told = "discovery: {jobs: [Teach, Publish], requirements: [Sign-on]}"
    assert made("They want:\n\n{{ discovery.jobs }}\n", told).text == "They want:\n\n- Teach\n- Publish\n"
    assert made("They want {{ discovery.jobs }}.", told).text == "They want Teach, Publish."
    assert made("{{ discovery.requirements }}", told).text == "- Sign-on"


def test_what_people_wrote_stays_text(made):
    bad = made("{{ title }}", 'title: "[x](javascript:alert(1)) <img src=x> @mallory {{ contract.start }}"').text
    assert "[x](" not in bad
    assert "<img" not in bad
    assert "@mallory" not in bad
    assert "TO FILL IN" not in bad, "a blank in a record is no blank"


def test_the_hub_of_an_issue(made):
    assert (
        made("{{ hub.name }}: {{ hub.storage }}", hub=Hub(name="teaching")).text
        == "teaching: [TO FILL IN: hub.storage]"
    )


def test_every_template_that_comes_with_the_program_can_be_drawn_up(repo, made):
    for name in own_templates():
        text = template_text(repo.root, name)
        assert made(text, hub=Hub(name="teaching")).title


def test_a_name_without_a_version_means_the_newest_and_the_team_goes_before_the_program(repo):
    assert newest(frozenset({"proposal@2", "proposal@10", "agreement@3"}), "proposal") == "proposal@10"
    assert newest(frozenset({"proposal@2"}), "propose") is None
    repo.write("playbook/templates/sub/proposal@1.md", "Ours")
    assert template_text(repo.root, "proposal@1") == "Ours"
    assert template_text(repo.root, "../../pyproject") is None


def test_a_word_for_what_nobody_knows_is_a_gap(repo):
    repo.deal()
    file = repo.root / "members/cascadia-university.yaml"
    file.write_text(file.read_text().replace("country: US", "country: unknown"))
    found = draft(repo.book().on(ON), "acme", "{{ member.name }} ({{ member.country }})")
    assert (found.text, found.gaps) == (
        "Cascadia University ([TO FILL IN: member.country])",
        ("member.country",),
    )


def test_a_record_as_a_whole_is_no_fact_and_the_message_says_what_to_write(made):
    with pytest.raises(NoSuchField, match=r"member\.name"):
        made("{{ member }}")
