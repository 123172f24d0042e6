"""A deal's page: what is missing for each exit, its contract, and links that lead somewhere."""

from datetime import date

import pytest
from gitting import Git

from salesops.site.pages import every_page
from salesops.store.record_histories import git_history

TODAY = date(2026, 11, 20)


def test_a_deal_opened_again_says_which_attempt_a_visit_belongs_to(repo, page_of):
    repo.deal("stages: [enrichment: 2026-01-01, closed lost: 2026-01-11, enrichment: 2026-02-01]")
    rows = [row.children_of("th")[0].text for row in next(page_of("deals/acme").every("tbody")).every("tr")]
    assert rows == ["Enrichment", "Closed Lost", "Enrichment attempt 2"]


def test_every_exit_says_what_is_missing_and_why_it_is_asked_for(repo, page_of):
    repo.deal("maniac_t: {need: {status: met, date: 2026-01-05}}")
    first, second, _ = page_of("deals/acme").every("details", class_="so-exit")
    [summary] = first.children_of("summary")
    assert summary.text.startswith("To Outreach Sales-qualified: there is a need")
    assert summary.text.endswith("3 of 4")
    assert first.one("pre").text == "maniac_t: money: status: … # met, partial date: …"
    boxes = [item.text for item in first.every("li")]
    assert [box.split()[1] for box in boxes] == ["done:", "open:", "done:", "done:"]
    assert boxes[1].startswith("☐ open: money A sign is enough here")
    assert boxes[0] == "☑ done: need", "why it was asked for is not said any more"
    assert "open" in first.attributes
    assert "open" not in second.attributes


def test_an_exit_that_asks_for_nothing_more_is_ready(repo, page_of):
    repo.deal()
    first = next(page_of("deals/acme").every("details", class_="so-exit"))
    assert first.one("summary").text.endswith("ready")
    assert [item.text for item in first.every("li")] == [
        "☑ done: need", "☑ done: money", "☑ done: ICP hypothesis", "☑ done: ICP fit",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("day", "said"),
    [
        ("2025-03-15", "Not started"), ("2026-12-30", "0 to 30 days 1 day left"), ("2026-12-31", "0 to 30 days 0 days left"),
        ("2027-01-01", "Overdue 1 day over"), ("2027-02-20", "Overdue 51 days over"),
    ],
)  # fmt: skip
def test_the_contract_says_how_long_it_runs(page_of, day, said):
    page = page_of("deals/cascadia-2025", date.fromisoformat(day))
    facts = {found.text: at for at, found in enumerate(page.every("dt"))}
    assert list(page.every("dd"))[facts["Window"]].text == said


def test_a_renewal_leads_to_what_it_renews_and_back(repo, page_of):
    repo.deal("type: existing business\nrenews: cascadia-2025\nstages: [renewals: 2026-10-01]", id="next")
    assert page_of("deals/next").one("a", href="../deals/cascadia-2025.html")
    assert page_of("deals/cascadia-2025").one("a", href="../deals/next.html")
    earlier = page_of("deals/cascadia-2025", date(2026, 9, 30))
    assert not list(earlier.every("a", href="../deals/next.html")), "it had not begun"


def test_a_renewal_says_first_when_the_term_ends_that_it_renews(repo, page_of):
    repo.deal(
        "type: existing business\nrenews: cascadia-2025\nstages: [renewals: 2026-10-01]\nexpected_close: 2026-11-10",
        id="next",
    )
    facts = page_of("deals/next").one("p", class_="so-line-of-facts")
    assert "The term ends Thu 31 Dec, in 41 days: 1,000 USD a month" in facts.text
    assert [said.text for said in facts.every("span", class_="so-red")] == ["Expected Tue 10 Nov, 10 days ago"]
    late = page_of("deals/next", date(2027, 1, 5)).one("p", class_="so-line-of-facts")
    assert "The term ended Thu 31 Dec 2026, 5 days ago: 1,000 USD a month" in [
        said.text for said in late.every("span", class_="so-red")
    ]
    assert "The term" not in page_of("deals/cascadia-2025").one("p", class_="so-line-of-facts").text


def test_a_verdict_on_a_loss_is_a_sentence(repo, page_of):
    repo.deal("stages: [enrichment: 2026-01-05, closed lost: 2026-02-01]\nloss: {reason: price, verdict: icp}")
    assert "Verdict the ICP was wrong" in page_of("deals/acme").text


def test_a_deal_that_begins_later_is_named_and_not_linked(repo, page_of):
    repo.member("hubs: [{name: teaching, deal: acme}]")
    repo.deal("stages: [enrichment: 2026-06-01]")
    assert not list(page_of("members/cascadia-university", date(2026, 5, 31)).every("a", href="../deals/acme.html"))
    assert "under acme" in page_of("members/cascadia-university", date(2026, 5, 31)).text
    assert list(page_of("members/cascadia-university", date(2026, 6, 1)).every("a", href="../deals/acme.html"))


def test_activity_stands_with_the_newest_first_and_what_is_to_come_only_where_it_is_planned(repo, page_of):
    repo.deal(
        """
        activity:
          - {date: 2026-01-10, kind: email, opened: true}
          - {date: 2026-01-20, kind: call, outcome: spoke, note: They called}
          - {date: 2026-12-01, kind: call, outcome: spoke, note: From the future}
          - {date: 2026-12-02, kind: meeting, about: discovery, status: scheduled}
        """
    )
    items = [item.text for item in page_of("deals/acme").one("ol", class_="so-activity").every("li")]
    assert items == ["Wed 2 Dec discovery meeting scheduled", "Tue 20 Jan call They called", "Sat 10 Jan email opened"]


def test_a_page_offers_to_edit_its_record_only_where_the_team_says_where_records_live(repo, page_of, sound):
    repo.deal(id="acme")
    assert not [link for link in page_of("deals/acme").every("a") if link.text == "Edit"]
    repo.write("playbook/team.yaml", sound["team"] + "repository: https://github.com/team/crm.git\n")
    repo.write("deals/two words/odd-place.yaml", sound["deal"])
    links = [
        next(link["href"] for link in page_of(path).one("header").every("a") if link.text == "Edit")
        for path in ("deals/acme", "deals/odd-place", "members/cascadia-university")
    ]
    assert links == [
        "https://github.com/team/crm/edit/main/deals/acme.yaml",
        "https://github.com/team/crm/edit/main/deals/two%20words/odd-place.yaml",
        "https://github.com/team/crm/edit/main/members/cascadia-university.yaml",
    ]


def test_a_link_to_edit_leads_to_the_branch_that_is_checked_out(repo, sound):
    repo.write("playbook/team.yaml", sound["team"] + "repository: https://gitlab.com/team/crm\n")
    Git(repo.root)("init", "-q", "-b", "trunk")
    past = git_history(repo.root, repo.book(), TODAY)
    pages = {page.path: page for page in every_page(repo.book().on(TODAY), past=past)}
    for path, file in (("deals/cascadia-2025", "deals/cascadia-2025"), ("members/cascadia-university",) * 2):
        assert f"https://gitlab.com/team/crm/-/edit/trunk/{file}.yaml" in pages[path].body


def test_fields_of_the_teams_own_are_shown_as_they_are(repo, page_of):
    repo.deal("x: {vpat: requested, people: [ann, {name: bob}], count: 12}")
    assert "Own fields vpat requested people ann name bob count 12" in page_of("deals/acme").text


def test_exceptions_are_signed_on_the_page(repo, page_of):
    repo.deal("waived: [{need: maniac_t.money, stage: outreach, by: jim, date: 2026-01-19, why: Verbal yes}]")
    assert "Mon 19 Jan: Jim waived money (MANIAC-T) for Outreach Verbal yes" in page_of("deals/acme").text


PLAIN = """
stages:
  enrichment: {title: Enrichment, exits: [{to: closed won, when: Signed}, {to: closed lost, when: No fit}]}
  closed won: {title: Closed Won, outcome: won}
  closed lost: {title: Closed Lost, outcome: lost}
starts: {new business: enrichment}
tiers: {general: {name: General}}
version: v3
in_force: 2020-01-01
changelog: Without the seven questions.
"""


def test_a_process_that_does_not_ask_the_seven_questions_shows_them_only_where_they_are_answered(repo, page_of):
    (repo.root / "deals/cascadia-2025.yaml").unlink()
    repo.write("playbook/process/v3.yaml", PLAIN)
    repo.deal("maniac_t: null")
    assert "MANIAC-T" not in page_of("deals/acme").text
    repo.deal("maniac_t: {need: {status: met, date: 2026-01-05}}")
    assert "MANIAC-T" in page_of("deals/acme").text


GOOD_START = """
    team: [april]
    priority: hot
    agreed: 2026-02-20
    paid_first: true
    decision: {go: true, date: 2026-02-09, by: jim, why: In scope}
    effort: Two weeks
    value_proposition: A term begins on day one
"""


@pytest.mark.parametrize(
    "said",
    [
        "Owner Jim with April", "New business · General Membership hot", "Decision go Mon 9 Feb, Jim: In scope", "Effort Two weeks",
        "Value proposition A term begins on day one", "Price agreed Fri 20 Feb", "Payment before the service",
    ],
)  # fmt: skip
def test_who_is_on_a_deal_how_urgent_it_is_and_what_was_decided_stand_at_the_top(repo, page_of, said):
    repo.deal(GOOD_START)
    assert said in page_of("deals/acme").text


def test_an_earlier_day_does_not_know_that_the_price_was_agreed_or_that_somebody_decided(repo, page_of):
    repo.deal(GOOD_START)
    earlier = page_of("deals/acme", date(2026, 2, 8)).text
    assert "Price agreed" not in earlier
    assert "In scope" not in earlier
    assert "In scope" in page_of("deals/acme", date(2026, 2, 9)).text


ANSWERS = """
    maniac_t:
      money: {status: met, date: 2026-01-05, range: 15 to 20 thousand, source: sought}
      authority: {status: met, date: 2026-01-05, process: Purchasing signs}
      need: {status: met, date: 2026-01-05, pains: [Three lost days a term], strength: Strong}
      application: {status: met, date: 2026-01-05, changes: [Grades back], referral: The national facility}
      timeline: {status: met, date: 2026-01-05, steps: [{what: Counsel reads it, by: 2026-03-15}, {what: Purchasing signs}]}
"""


@pytest.mark.parametrize(
    "said",
    [
        "Range: 15 to 20 thousand", "Source: sought", "Process: Purchasing signs", "Pains: Three lost days a term",
        "Strength: Strong", "Changes: Grades back", "Referral: The national facility", "Counsel reads it by Sun 15 Mar",
    ],
)  # fmt: skip
def test_each_of_the_seven_answers_says_all_that_is_known(repo, page_of, said):
    repo.deal(ANSWERS)
    assert said in page_of("deals/acme").text


def test_the_page_names_those_who_decide_and_those_who_were_in_each_meeting(repo, page_of):
    contacts = "[{id: a-smith, name: Ana Smith, role: Dean}, {id: b-jones, role: Registrar}]"
    repo.member(f"contacts: {contacts}")
    repo.deal(
        """
        maniac_t: {authority: {status: met, date: 2026-01-05, note: The dean signs, contacts: [a-smith, b-jones, gone]}}
        activity: [{date: 2026-01-20, kind: meeting, about: discovery, status: held, with: [b-jones, a-smith]}]
        """
    )
    page = page_of("deals/acme")
    assert "The dean signs Decides: Ana Smith, Dean; Registrar; gone" in page.text
    met = page.one("ol", class_="so-activity").one("li").text
    assert met == "Tue 20 Jan discovery meeting with Registrar; Ana Smith, Dean"


def test_show_tells_the_team_and_the_buying_steps_in_words(repo):
    repo.deal(GOOD_START.replace("    ", "") + ANSWERS.replace("\n    ", "\n"))
    told = repo.run("show", "acme").out
    assert "April: team" in told
    assert "what Counsel reads it, by 2026-03-15" in told
    assert "price agreed" in told.lower() or "Agreed: 2026-02-20" in told


def test_what_came_of_a_call_and_that_an_email_came_back_are_seen(repo, page_of):
    repo.deal(
        """
        activity:
          - {date: 2026-01-10, kind: email, bounced: true}
          - {date: 2026-01-20, kind: call, outcome: voicemail, channel: warm intro}
        """
    )
    items = [item.text for item in page_of("deals/acme").one("ol", class_="so-activity").every("li")]
    assert items == ["Tue 20 Jan call voicemail warm intro", "Sat 10 Jan email came back"]


def test_the_page_says_what_the_contract_covers_and_how_far_its_promises_are(repo, page_of):
    repo.deal("""
        contract:
          end: open
          scope: {hubs: 3, support: Working days, consulting_hours: 20}
          renewal_terms: By a year
          service_levels: Best effort
          goals: [300 students]
          deliverables: [{what: Training, due: 2026-09-01, status: delivered}]
          why_different: One hub less
    """)
    told = page_of("deals/acme").text
    for said in (
        "End open", "Hubs 3", "Support Working days", "Consulting 20 hours", "Renewal terms By a year",
        "Service levels Best effort", "300 students", "Training delivered due Tue 1 Sep",
        "Why it differs from the offer One hub less",
    ):  # fmt: skip
        assert said in told


def test_a_deal_is_scored_by_the_hypothesis_that_it_names(repo, page_of):
    repo.write(
        "playbook/icp/teaching-led.yaml",
        "claim: They buy.\nversion: 1\nsince: 2025-01-01\nstatus: testing\n"
        "when: [{field: maniac_t.need, is: met}, {field: value.mrr, at_least: 2000 USD}]\n",
    )
    repo.deal()
    told = page_of("deals/acme").text
    assert "ICP score 1 of 2 conditions of version 1; not met: MRR (value) is at least 2000 USD" in told
    shown = repo.run("show", "acme").out
    assert "ICP score: 1 of 2 conditions of version 1; not met: MRR (value) is at least 2000 USD" in shown


def test_documents_hubs_and_communities_say_how_far_they_are_and_whose(repo, page_of):
    repo.deal('links: [{kind: proposal, url: "https://docs.example/p", status: sent, date: 2026-02-09}]')
    assert "proposal sent Mon 9 Feb" in page_of("deals/acme").text
    repo.member(
        "hubs: [{name: teaching, owner: april, cloud: own}]\n"
        "communities: [{name: Teaching, users: 280, representative: a-smith}]"
    )
    told = page_of("members/cascadia-university").text
    assert "Hub teaching · April · cloud own" in told
    assert "represented by a-smith" in told


def test_the_page_of_the_process_says_which_fields_of_their_own_a_team_keeps(repo, sound, instead, page_of):
    own = "fields: {x.vpat: {type: link, why: Purchasing asks for it}}"
    repo.write("playbook/process/v3.yaml", instead(own, sound["process"]))
    assert "x.vpat, link Purchasing asks for it" in page_of("process").text


def test_the_days_of_a_visit_are_told_without_the_parked_ones(repo, page_of):
    repo.deal(
        "stages: [enrichment: 2026-01-01, outreach: 2026-03-02]\nparked: [{since: 2026-01-11, until: 2026-02-10, why: Grant}]"
    )
    first, *_ = next(page_of("deals/acme", date(2026, 3, 12)).every("tbody")).every("tr")
    assert [cell.text for cell in first.children_of("td")][1] == "30 (30 parked)"


def test_a_loss_that_is_written_before_the_deal_is_lost_is_called_what_it_is(repo, page_of):
    repo.deal("stages: [enrichment: 2026-01-05]\nloss: {reason: price, reengage: 2027Q1}")
    page = page_of("deals/acme").text
    assert "Prepared in case it is lost" in page
    assert "earlier attempt" not in page
    assert "2027Q1 (from 2027-01-01)" in page


def test_an_answer_says_who_asked(repo, page_of):
    repo.deal("maniac_t:\n  need: {status: unknown, date: 2026-01-05, note: Their server died, asked_by: april}\n")
    assert "Their server died asked by April" in page_of("deals/acme").text


def test_a_parked_deal_says_until_when_why_and_what_happens_then(repo, page_of):
    repo.deal(
        "parked: [{since: 2026-11-09, until: 2027-02-15, why: The grant is decided in January}]\n"
        "next: {action: Ask how it went, due: 2027-02-16}"
    )
    section = next(page_of("deals/acme").every("section", class_="so-next-step"))
    assert section.text.startswith(
        "Parked until 15 Feb 2027 The grant is decided in January Then, on Tue 16 Feb 2027: Ask how it went Jim"
    )
    assert next(page_of("deals/acme").every("li", class_="so-step-now")).text.endswith("parked until 15 Feb 2027")


def test_a_deal_of_which_no_background_is_known_has_no_empty_box(repo, page_of):
    repo.deal("icp:\n")
    assert not list(page_of("deals/acme").every("h2", id="from"))
    repo.deal("source: {channel: referral}")
    assert [found.text for found in page_of("deals/acme").every("h2", id="from")] == ["Background"]
