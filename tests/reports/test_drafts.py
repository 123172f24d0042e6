"""Documents from a template and the facts of a deal: what is known stands there, what is not stays a gap that nobody can miss."""

from __future__ import annotations

from datetime import date

import pytest

from salesops.records.contract import Hub
from salesops.reports.drafts import NoSuchField, draft, fill_in
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


def test_what_is_worked_out_asks_for_what_it_is_worked_out_from(made):
    found = made("{{ contract.mrr }} a month, {{ contract.yearly }} a year")
    assert found.text == "[TO FILL IN: MRR (contract)] a month, [TO FILL IN: MRR (contract)] a year"
    assert found.gaps == ("contract.mrr",)


def test_what_nobody_said_is_a_visible_gap_and_is_listed_once(made):
    found = made("From {{ contract.start }} to {{ contract.end }}; {{ contract.start }} {{ delivery_owner.name }}")
    assert found.text.startswith("From [TO FILL IN: start (contract)] to [TO FILL IN: end (contract)]")
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
        == "teaching: [TO FILL IN: storage (hub)]"
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
        "Cascadia University ([TO FILL IN: country (member)])",
        ("member.country",),
    )


def test_a_record_as_a_whole_is_no_fact_and_the_message_says_what_to_write(made):
    with pytest.raises(NoSuchField, match=r"member\.name"):
        made("{{ member }}")


AGREEMENT = "contract: {entity: %s, mrr: 1250 USD, start: 2026-04-01, end: %s, agreement: 'https://sign.example/a_b'}"


def test_an_agreement_has_both_addresses_and_a_place_to_sign(repo):
    repo.deal(AGREEMENT % ("Sponsor", "2027-03-31"))
    member = repo.root / "members/cascadia-university.yaml"
    team = repo.root / "playbook/team.yaml"

    def drawn():
        return draft(repo.book().on(ON), "acme", template_text(repo.root, "agreement@1"))

    assert {"member.address", "entity.address", "member.billing_address"} <= set(drawn().gaps)
    member.write_text(member.read_text() + "address: 1 Campus Way, Bellingham\n")
    team.write_text(team.read_text() + "sponsor: {name: Sponsor, address: 12 Harbour Street}\naddress: 9 Own Street\n")
    text = drawn().text
    assert "- Member: Cascadia University, 1 Campus Way, Bellingham\n" in text
    assert "- Provider: Sponsor, 12 Harbour Street, for Test\n" in text
    assert "- Invoices go to: Cascadia University, 1 Campus Way, Bellingham\n" in text
    assert "1,250.00 USD a month, 15,000.00 USD a year" in text
    assert "| Signature | ____" in text
    member.write_text(member.read_text() + "billing_address: PO Box 12\n")
    assert "- Invoices go to: Cascadia University, PO Box 12\n" in drawn().text


@pytest.mark.parametrize(("entity", "address"), [("Test", "9 Own Street"), ("Somebody Else", None), ("null", None)])
def test_no_address_stands_beside_a_name_that_it_does_not_belong_to(repo, entity, address):
    repo.deal(AGREEMENT % (entity, "open"))
    team = repo.root / "playbook/team.yaml"
    team.write_text(team.read_text() + "sponsor: {name: Sponsor, address: 12 Harbour Street}\naddress: 9 Own Street\n")
    found = draft(repo.book().on(ON), "acme", "{{ entity.address }}; last day: {{ contract.end }}")
    said = address or "[TO FILL IN: address (entity)]"
    assert found.text == f"{said}; last day: none; it runs until one of the two ends it"


def test_a_document_reads_well_where_nobody_renders_it(made):
    told = "discovery: {jobs: [R&D on sign_on, '~300 students at $5 (5 < 6)', 'Ask a.smith@c.example'], requirements: ['+1', '_it_ <b>']}"
    assert made("{{ discovery.jobs }}", told).text == (
        "- R&D on sign_on\n- ~300 students at $5 (5 < 6)\n- Ask a.smith@c.example"
    )
    assert made("{{ discovery.requirements }}", told).text == "- +1\n- \\_it\\_ &lt;b>"


def test_a_link_of_a_record_stays_a_link_and_one_in_a_text_becomes_none(made):
    told = AGREEMENT % ("Sponsor", "open") + "\ntitle: see https://evil.example"
    assert made("{{ contract.agreement }}", told).text == "https://sign.example/a_b"
    assert "https://evil" not in made("{{ title }}", told).text


def test_a_text_of_several_lines_keeps_them_and_within_a_sentence_is_one(made):
    told = "contract:\n  service_levels: |\n    99.5% in term time\n    An answer within a day\n"
    assert made("{{ contract.service_levels }}", told).text == "99.5% in term time\nAn answer within a day"
    assert made("| {{ contract.service_levels }} |", told).text == "| 99.5% in term time, An answer within a day |"


def test_each_gap_has_its_way_out(repo):
    repo.deal()
    asked = [
        "contract.start",
        "contract.mrr",
        "member.address",
        "team.sponsor.email",
        "hub.storage",
        "value_proposition",
    ]
    assert list(fill_in(repo.book().on(ON), "acme", asked)) == [
        ("start (contract)", "salesops set acme contract.start VALUE"),
        ("MRR (contract)", "salesops set acme contract.mrr VALUE"),
        ("address (member)", "salesops set cascadia-university address VALUE"),
        ("email (team sponsor)", "write it in playbook/team.yaml"),
        ("storage (hub)", "salesops edit acme"),
        ("value proposition", "salesops set acme value_proposition VALUE"),
    ]


def test_the_agreement_says_what_usage_costs_by_the_price_list_of_the_contract(repo):
    repo.write(
        "playbook/prices/2026-01.yaml",
        "since: 2026-01-01\nusage: [{to: 10, fee: 10.00 USD}, {to: 1000, fee: 2.50 USD}]\n",
    )
    repo.write("playbook/prices/flat.yaml", "since: 2026-01-01\n")
    repo.deal("contract: {prices: 2026-01}")
    found = draft(repo.book().on(ON), "acme", "Usage: {{ prices.usage }}")
    assert (
        found.text
        == "Usage: by price list 2026-01, 10.00 USD each for active users 1 to 10, 2.50 USD each for active users 11 to 1,000, nothing for more of them"
    )
    repo.deal("contract: {prices: flat}")
    assert draft(repo.book().on(ON), "acme", "{{ prices.usage }}").text == "- by price list flat\n- none"
    repo.deal("contract: {prices: gone}")
    assert draft(repo.book().on(ON), "acme", "{{ prices.usage }}").gaps == ("contract.prices",)


def test_delivery_is_told_who_will_use_a_hub(repo):
    repo.deal()
    assert draft(repo.book().on(ON), "acme", "{{ communities }}").gaps == ("member.communities",)
    repo.member("communities: [{name: Biology, users: 1280}, {name: Arts}]\n")
    assert draft(repo.book().on(ON), "acme", "By {{ communities }}").text == "By Biology (1,280 users), Arts"
