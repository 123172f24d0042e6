"""What is said of a change: the sentence that a sales person would say, once, with nothing of anybody's address."""

from __future__ import annotations

import re

import pytest

from salesops.changes.rendering import as_markdown, as_text

STAGES = "stages: [enrichment: 2026-01-05{}]\n"
WON = "contract: {signed: 2026-03-02, start: 2026-04-01, end: 2027-03-31, mrr: 1250 USD, entity: Us, agreement: 'https://x.example/a'}\n"
LOSS = "loss: {reason: price, learning: Too dear, verdict: icp, playbook: none needed}\n"
VALUE = "value: {mrr: 1250 USD, one_off: 2000 USD, months: 12}\n"


def answer(letter, status="met", note="Yes"):
    return f"  {letter}: {{status: {status}, date: 2026-02-04, note: {note}}}\n"


# ── a deal ────────────────────────────────────────────────────────────────────────────────────────────────────────────

MOVES = [
    ("", ", outreach: 2026-01-19", "Enrichment → Outreach on 19 January, 1,250 USD a month, 2 of 7 MANIAC-T answers"),
    (
        "",
        ", closed lost: 2026-01-19]\n" + LOSS + "x: [",
        "Enrichment → Closed Lost on 19 January, 1,250 USD a month, reason: price (wrong fit); learned: Too dear",
    ),
    (
        ", proposal: 2026-02-09",
        ", proposal: 2026-02-09, closed won: 2026-03-02]\n" + WON + "x: [",
        "Proposal → Closed Won on 2 March, 1,250 USD a month, from 1 April to 31 March 2027",
    ),
    (
        ", closed lost: 2026-01-19",
        ", closed lost: 2026-01-19, outreach: 2026-03-02]\nreopened: [{date: 2026-03-02, why: They called}]\nx: [",
        "Closed Lost → Outreach on 2 March, 1,250 USD a month, 2 of 7 MANIAC-T answers (They called)",
    ),
    (
        ", discovery: 2026-02-09",
        ", discovery: 2026-02-09, outreach: 2026-03-02]\nmoved_back: [{date: 2026-03-02, why: Too early}]\nx: [",
        "Discovery → Outreach on 2 March, 1,250 USD a month, 2 of 7 MANIAC-T answers (Too early)",
    ),
    (
        "",
        ", outreach: 2025-12-30",
        "Enrichment → Outreach on 30 December 2025, 1,250 USD a month, 2 of 7 MANIAC-T answers",
    ),
]
KINDS = ["moved", "lost", "won", "reopened", "moved", "moved"]


@pytest.mark.parametrize(("before", "after", "sentence", "kind"), [(*m, k) for m, k in zip(MOVES, KINDS, strict=True)])
def test_a_move_says_from_where_to_where_when_and_what_it_is_worth(story, before, after, sentence, kind):
    story.repo.deal(STAGES.format(before))
    story.begins()
    text = STAGES.format(after).replace("x: []", "")
    story.repo.deal(text)
    assert (story.kinds, story.said) == ([kind], [sentence])
    (move,) = story.changes
    assert move.sentence == f"{move.who}: {sentence}"


def test_two_moves_in_one_change_are_two_sentences_and_the_amount_is_said_once(story):
    story.repo.deal(STAGES.format(", outreach: 2026-01-19, discovery: 2026-02-02"))
    assert story.said == [
        "Enrichment → Outreach on 19 January",
        "Outreach → Discovery on 2 February, 1,250 USD a month, 2 of 7 MANIAC-T answers",
    ]


def test_a_price_that_is_named_with_the_move_is_said_with_it_and_only_there(story):
    story.repo.deal("value: {}\n")
    story.begins()
    story.repo.deal(VALUE + STAGES.format(", outreach: 2026-01-19"))
    assert story.said == [
        "Enrichment → Outreach on 19 January, 1,250 USD a month for 12 months, 2,000 USD one-off, 2 of 7 MANIAC-T answers"
    ]


def test_a_contract_that_was_signed_on_another_day_than_the_deal_closed_is_said(story):
    story.repo.deal(STAGES.format(", closed won: 2026-03-04") + WON)
    assert story.said == [
        "Enrichment → Closed Won on 4 March, 1,250 USD a month, from 1 April to 31 March 2027",
        "contract signed on 2 March, from 1 April to 31 March 2027, 1,250 USD a month",
    ]


EDITS = [
    ("", "value: {mrr: 1600 USD}", "priced", "expected 1,600 USD a month, was 1,250 USD"),
    ("", "value: {mrr: 1250 CAD}", "priced", "expected 1,250 CAD a month, was 1,250 USD"),
    ("", "value: {mrr: 412.50 USD}", "priced", "expected 412.50 USD a month, was 1,250 USD"),
    ("", "value: null", "priced", "no expected amount any more, was 1,250 USD a month"),
    ("value: null", VALUE, "priced", "expected 1,250 USD a month for 12 months, 2,000 USD one-off"),
    (VALUE, "value: {mrr: 1250 USD, one_off: 2000 USD, months: 1}", "priced", "expected for 1 month, was 12 months"),
    (VALUE, "value: {mrr: 1250 USD, months: 12}", "priced", "expected nothing one-off, was 2,000 USD"),
    ("", "expected_close: 2027-01-15", "expected close", "expected close 15 January 2027"),
    (
        "expected_close: 2026-12-31",
        "expected_close: 2027-01-01",
        "expected close",
        "expected close 1 January 2027, was 31 December (1 day later)",
    ),
    (
        "expected_close: 2026-12-31",
        "expected_close: 2026-12-01",
        "expected close",
        "expected close 1 December, was 31 December (30 days earlier)",
    ),
    ("expected_close: 2026-12-31", "", "expected close", "no expected close, was 31 December"),
    ("", "owner: april", "owner", "owner April, was Jim"),
    ("", "next: {action: Send it, due: 2026-12-01, owner: april}", "next step", "next: Send it by 1 December (April)"),
    (
        "next: {action: Send it, due: 2026-12-01, owner: april}",
        "next: {action: Call them, due: 2026-12-04}",
        "next step",
        "next: Call them by 4 December (Jim, was April)",
    ),
    (
        "next: {action: Send it, due: 2026-12-01, owner: jim}",
        "next: {action: Call them, due: 2026-12-04}",
        "next step",
        "next: Call them by 4 December",
    ),
    ("", "next: null", "next step", "no next step any more"),
    (
        "",
        "probability: {value: 60%, date: 2026-03-05, why: The dean agreed}",
        "probability",
        "chance 60%: The dean agreed",
    ),
    (
        "",
        "parked: [{since: 2026-11-01, until: 2027-02-01, why: Budget freeze}]",
        "parked",
        "parked from 1 November until 1 February 2027: Budget freeze",
    ),
    (
        "",
        "parked: [{since: 2026-11-01, why: Budget freeze}]",
        "parked",
        "parked from 1 November, with no return date: Budget freeze",
    ),
    (
        "parked: [{since: 2026-11-01, until: 2027-02-01, why: W}]",
        "parked: [{since: 2026-11-01, until: 2026-11-18, why: W}]",
        "resumed",
        "resumed on 18 November, was parked until 1 February 2027",
    ),
    (
        "parked: [{since: 2026-11-01, why: W}]",
        "parked: [{since: 2026-11-01, until: 2027-03-01, why: W}]",
        "parked",
        "parked until 1 March 2027, was with no return date",
    ),
    (
        "maniac_t:\n" + answer("money", "partial"),
        "maniac_t:\n" + answer("money"),
        "qualified",
        "money met (was partial): Yes; 1 of 7 MANIAC-T answers",
    ),
    (
        "maniac_t:\n" + answer("money"),
        "maniac_t:\n" + answer("money") + answer("impending_event", "unknown") + answer("need"),
        "qualified",
        "need met and impending event unknown; 3 of 7 MANIAC-T answers",
    ),
    (
        "maniac_t:\n" + answer("money") + answer("need"),
        "maniac_t:\n" + answer("money"),
        "qualified",
        "no answer on need any more; 1 of 7 MANIAC-T answers",
    ),
    ("maniac_t:\n" + answer("money"), "maniac_t:\n" + answer("money", note="A levy"), "qualified", "money met: A levy"),
    (
        "maniac_t:\n" + answer("money") + answer("need"),
        "maniac_t:\n" + answer("money", note="A") + answer("need", note="B"),
        "qualified",
        "more on money and need",
    ),
    (
        "",
        "activity: [{date: 2026-02-02, kind: meeting, about: discovery, status: held, note: Went well}]",
        "logged",
        "a discovery meeting on 2 February: Went well",
    ),
    (
        "",
        "activity: [{date: 2026-02-02, kind: email, template: intro@2, replied: 2026-02-04}]",
        "logged",
        "an e-mail (intro@2) on 2 February, answered on 4 February",
    ),
    (
        "",
        "activity: [{date: 2026-02-02, kind: call, about: other, outcome: spoke}]",
        "logged",
        "a call on 2 February",
    ),
    (
        "",
        "learned: [{stage: discovery, date: 2026-02-02, note: They teach on their own servers}]",
        "learned",
        "learned in Discovery on 2 February: They teach on their own servers",
    ),
    (
        "",
        "outlook: [{date: 2026-03-05, says: commit, why: The order is on her desk}]",
        "outlook",
        "outlook on 5 March: commit (The order is on her desk)",
    ),
    (
        "order: {created: 2026-03-30}",
        "order: {created: 2026-03-30, delivery_owner: jim}",
        "order",
        "order: delivery owner Jim",
    ),
    ("team: [april]", "team: [april, jim]", "team", "team also Jim"),
    (
        "activity: [{date: 2026-02-02, kind: meeting, about: discovery, status: scheduled}]",
        "activity: [{date: 2026-02-02, kind: meeting, about: discovery, status: held}]",
        "logged",
        "held: a discovery meeting on 2 February",
    ),
    ("activity: [{date: 2026-02-02, kind: call, outcome: spoke}]", "", "logged", "removed: a call on 2 February"),
    ("", WON, "contract", "contract signed on 2 March, from 1 April to 31 March 2027, 1,250 USD a month"),
    (
        WON,
        WON.replace("1250", "1300").replace("2027-03-31", "2027-06-30"),
        "contract",
        "contract: end 30 June 2027, was 31 March 2027; MRR 1,300 USD, was 1,250 USD",
    ),
    ("", "title: A nursing hub", "title", "title A nursing hub, was General Membership"),
    ("", "icp: {hypothesis: teaching-led, version: 1, fit: false}", "icp", "ICP fit: it does not fit"),
    (
        "discovery: {jobs: [Teach], requirements: [A, B]}",
        "discovery: {jobs: [Teach], requirements: [B, C]}",
        "discovery",
        "discovery: requirements also C and no longer A",
    ),
    (
        "",
        "proposal: {objections: [{about: price, note: Too dear, resolved: false}]}",
        "proposal",
        "proposal: new objection on price (Too dear, not resolved)",
    ),
    (
        "proposal: {objections: [{about: price, note: Too dear, resolved: false}]}",
        "proposal: {objections: [{about: price, note: Too dear, resolved: true}]}",
        "proposal",
        "proposal: objection on price: resolved",
    ),
    ("", "links: [{kind: folder, url: 'https://x.example/?key=1'}]", "links", "new link folder"),
    ("", "x: {asana: '1203'}", "x", "own fields: asana 1203"),
    (
        "",
        "waived: [{need: maniac_t.money, stage: outreach, by: jim, date: 2026-01-19, why: Verbal yes}]",
        "waived",
        "Outreach without MANIAC-T money, signed by Jim: Verbal yes",
    ),
    (
        "",
        "corrections: [{field: contract.end, was: 2027-03-31, by: jim, date: 2026-03-01, why: A slip}]",
        "corrected",
        "correction signed by Jim: contract end said 31 March 2027 (A slip)",
    ),
]


@pytest.mark.parametrize(("before", "after", "kind", "sentence"), EDITS, ids=[edit[3][:40] for edit in EDITS])
def test_each_thing_that_happens_to_a_deal_is_one_sentence(story, before, after, kind, sentence):
    story.repo.deal(before)
    story.begins()
    story.repo.deal(after)
    assert (story.kinds, story.said) == ([kind], [sentence])


def test_a_new_deal_says_what_is_sold_where_it_is_and_who_leads_it(story):
    story.repo.member("name: Other College", id="other-college")
    story.begins()
    story.repo.deal("member: other-college\n", id="other")
    assert [change.sentence for change in story.changes] == [
        "Other College: new deal, General Membership (new business), in Enrichment since 5 January, 1,250 USD a month, "
        "2 of 7 MANIAC-T answers, owner Jim"
    ]


def test_a_deal_that_is_removed_says_what_it_was(story):
    (story.repo.root / "deals/acme.yaml").unlink()
    assert (story.kinds, story.said) == (["removed"], ["removed; it was in Enrichment, 1,250 USD a month"])


def test_a_signed_removal_says_who_and_why_and_counts_as_one_removed_record(story):
    (story.repo.root / "deals/acme.yaml").unlink()
    story.repo.write(
        "playbook/removed.yaml", "removed:\n  - {kind: deal, id: acme, date: 2026-11-20, by: jim, why: Twice}\n"
    )
    story.begins()
    story.repo.write(
        "playbook/removed.yaml",
        "removed:\n  - {kind: deal, id: acme, date: 2026-11-20, by: jim, why: Twice}\n"
        "  - {kind: deal, id: old, date: 2026-11-20, by: april, why: A test}\n",
    )
    assert (story.kinds, story.said) == (["removal"], ["April removed the deal old: A test"])


def test_two_deals_of_one_member_are_told_apart(story):
    whos = {change.who for change in (story.repo.deal("owner: april"), story)[1].changes}
    assert whos == {"Cascadia University, acme"}, "both are called General Membership"
    story.repo.deal("title: A nursing hub")
    assert {change.who for change in story.changes} == {"Cascadia University, A nursing hub"}
    (story.repo.root / "deals/cascadia-2025.yaml").unlink()
    assert {change.who for change in story.changes if change.ref[1] == "acme"} == {"Cascadia University"}


def test_a_renamed_deal_is_not_a_new_one(story):
    (story.repo.root / "deals/acme.yaml").rename(story.repo.root / "deals/cascadia-hub.yaml")
    assert (story.kinds, story.said) == (["renamed"], ["renamed to cascadia-hub, was acme"])
    assert story.changes[0].who == "Cascadia University, cascadia-hub"


def test_a_file_in_another_folder_is_the_same_deal(story):
    (story.repo.root / "deals/2026").mkdir()
    (story.repo.root / "deals/acme.yaml").rename(story.repo.root / "deals/2026/acme.yaml")
    assert (story.kinds, story.said) == (["filed"], ["moved to deals/2026, was in deals"])


@pytest.mark.parametrize("what", [b"# a note to self\n", None], ids=["comment", "CRLF"])
def test_comments_and_line_ends_count_for_nothing(story, what):
    file = story.repo.root / "deals/acme.yaml"
    text = file.read_bytes()
    file.write_bytes(text + what if what else text.replace(b"\n", b"\r\n"))
    assert story.said == ["only comments or layout changed"]


# ── the past ──────────────────────────────────────────────────────────────────────────────────────────────────────────

TWO = STAGES.format(", outreach: 2026-01-19")


@pytest.mark.parametrize(
    ("after", "said"),
    [
        (STAGES.format(", outreach: 2026-01-26"), "Outreach on 26 January, was 19 January"),
        (STAGES.format(", discovery: 2026-01-19"), "Discovery on 19 January, was Outreach on 19 January"),
        (STAGES.format(""), "Outreach on 19 January was removed"),
        (
            "stages: [discovery: 2026-01-01, enrichment: 2026-01-05, outreach: 2026-01-19]",
            "Discovery on 1 January was inserted",
        ),
    ],
)
def test_an_edit_of_the_past_is_called_one(story, after, said):
    story.repo.deal(TWO)
    story.begins()
    story.repo.deal(after)
    assert story.said == [f"stage history was edited without a correction: {said}"]
    assert story.kinds == ["past"]


def test_a_correction_says_who_signed_it_and_why(story):
    story.repo.deal(TWO)
    story.begins()
    correction = "corrections: [{field: stages.1, was: 2026-01-19, by: jim, date: 2026-03-01, why: A week off}]\n"
    story.repo.deal(STAGES.format(", outreach: 2026-01-26") + correction)
    assert story.said == [
        "stage history was corrected: Outreach on 26 January, was 19 January",
        "correction signed by Jim (A week off)",
    ]


# ── files that cannot be read ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("path", ["deals/acme.yaml", "members/cascadia-university.yaml", "playbook/process/v3.yaml"])
def test_a_file_that_cannot_be_read_any_more_is_said_and_so_is_its_return(story, path):
    file = story.repo.root / path
    sound = file.read_bytes()
    file.write_bytes(b"]]: {\n")
    assert story.said == ["cannot be read any more: not counted until the file is fixed"]
    assert story.changes[0].who in ("acme", "Cascadia University", "Process v3", "Cascadia University, acme")
    story.begins()
    file.write_bytes(sound)
    assert (story.kinds, story.said) == (["readable"], ["readable again"])


def test_a_new_file_that_cannot_be_read_is_said(story):
    story.repo.write("deals/odd.yaml", "]]: {\n")
    assert story.said == ["a new file that cannot be read: not counted until the file is fixed"]


def test_a_file_with_an_error_says_what_can_be_read_of_it(story):
    story.repo.deal("value: {mrr: lots}")
    assert story.said == [
        "its file has errors: not counted until they are fixed",
        "expected lots a month, was 1,250 USD",
    ]
    story.begins()
    story.repo.deal("value: {mrr: 5 USD}")
    assert story.said[0] == "its file has no errors any more: counted again"


# ── everything else ───────────────────────────────────────────────────────────────────────────────────────────────────

CONTACTS = "contacts:\n  - {id: a-smith, role: Director of Research Computing"
OTHERS = [
    ("member", CONTACTS + ", email: a@b.example}", "contact (Director of Research Computing) changed"),
    (
        "member",
        CONTACTS + "}\n  - {id: n-new, name: Nora New, role: Dean, email: n@x.example}",
        "a new contact (Dean)",
    ),
    ("member", "contacts: []", "contact (Director of Research Computing) removed"),
    ("member", "name: Cascadia State", "name Cascadia State, was Cascadia University"),
    (
        "member",
        "hubs: [{name: nursing, url: 'https://n.example', deal: acme, since: 2026-11-01}]",
        "new hub nursing (deal acme, since 1 November)",
    ),
    (
        "member",
        "health: [{date: 2026-11-19, status: red, active_users: 4050, note: Angry dean}]",
        "new health check of 19 November (red, active users 4,050, Angry dean)",
    ),
    ("member", "communities: [{name: Students, users: 1410}]", "new community Students (users 1,410)"),
    ("member", "country: CA", "country CA, was US"),
    (
        "team",
        "people:\n  jim: {name: Jim, roles: [business development lead]}\n  april: {name: April, roles: [delivery manager]}\n"
        "  nora: {name: Nora, roles: [account manager, chief of staff]}",
        "Nora joins the team as account manager and chief of staff",
    ),
    ("team", "people:\n  jim: {name: Jim, roles: [business development lead]}", "April is no longer in the team"),
    (
        "team",
        "people:\n  jim: {name: Jim, roles: [business development lead]}\n  april: {name: April, roles: [pilot]}",
        "April: roles also pilot and no longer delivery manager",
    ),
    ("team", "currency: CAD", "currency CAD, was USD"),
    ("icp", "status: supported", "status supported, was testing"),
    ("experiment", "result: Twice as many answers", "result: Twice as many answers"),
]
PATHS = {
    "member": "members/cascadia-university.yaml",
    "team": "playbook/team.yaml",
    "icp": "playbook/icp/teaching-led.yaml",
    "experiment": "playbook/experiments/subject-lines.yaml",
}


@pytest.mark.parametrize(("kind", "fragment", "sentence"), OTHERS, ids=[other[2][:40] for other in OTHERS])
def test_each_thing_that_happens_to_a_member_or_the_playbook_is_one_sentence(
    story, sound, instead, kind, fragment, sentence
):
    story.repo.write(PATHS[kind], instead(fragment, sound[kind]))
    assert story.said == [sentence]


def test_an_invoice_is_called_by_its_month(story):
    invoice = "invoices: [{{month: 2026-10, usage: 412.50 USD, paid: {}}}]"
    story.repo.member(invoice.format("null"))
    story.begins()
    story.repo.member(invoice.format("2026-11-18"))
    assert story.said == ["invoice for October: paid 18 November"]


def test_an_invoice_that_is_told_its_deal_is_the_same_invoice(story):
    story.repo.member("invoices: [{month: 2026-10, usage: 412.50 USD}]")
    story.begins()
    story.repo.member("invoices: [{month: 2026-10, deal: cascadia-2025, usage: 412.50 USD}]")
    assert story.said == ["invoice for October: deal cascadia-2025"]


NEW = [
    (
        "playbook/decisions/hold.yaml",
        "date: 2026-11-19\nanswers: outreach-broken\nverdict: hold\nwhy: Two replies came.\n",
        "Decision hold: new: hold, Two replies came.",
    ),
    ("playbook/reviews/2026-11-16.yaml", "owner: jim\nnotes: Quiet.\n", "Review of 16 November: new: Quiet."),
    ("members/new-uni.yaml", "name: New Uni\nkind: university\ncountry: CA\n", "New Uni: new: university, CA"),
]


def test_a_red_line_of_another_form_is_said_in_words(story, sound):
    text = re.sub(
        "(?m)^in_force: .*", "in_force: 2026-12-01", sound["process"].replace("version: v3", "version: v4", 1)
    )
    text = text.replace("below: 15%, after: 20", "wins: 0, in: 20").replace(
        "red_lines:\n",
        "red_lines:\n  - {id: too-slow, metric: days-in-pipeline, above: 120, after: 5, means: Too slow}\n",
    )
    story.repo.write("playbook/process/v4.yaml", text)
    assert story.said[1:] == [
        "new red line too-slow: days-in-pipeline above 120 after 5 or more",
        "red line outreach-broken: outreach-to-discovery none won in 20, was outreach-to-discovery below 15 % after 20 or more",
    ]


@pytest.mark.parametrize(("path", "text", "sentence"), NEW)
def test_a_new_record_says_what_it_is_about(story, path, text, sentence):
    story.repo.write(path, text)
    assert [change.sentence for change in story.changes] == [sentence]


def test_a_new_version_of_the_process_says_what_it_asks_that_the_last_one_did_not(story, sound):
    text = sound["process"].replace("version: v3", "version: v4", 1)
    text = re.sub("(?m)^in_force: .*", "in_force: 2026-12-01", text)
    text = text.replace(
        '          - {field: icp.fit, is: "true"}\n',
        '          - {field: icp.fit, is: "true"}\n          - {field: maniac_t.timeline, is: [met]}\n',
        1,
    )
    text = text.replace("below: 15%", "below: 20%").replace("when: Disqualified", "when: Not for us", 1)
    story.repo.write("playbook/process/v4.yaml", text)
    first, *rest = story.said
    assert first.startswith("new version, in force from 1 December: ")
    assert first.endswith("…"), "the changelog is long"
    assert rest == [
        "Enrichment → Outreach: now also needs MANIAC-T timeline (met)",
        "Enrichment → Closed Lost: when Not for us, was Disqualified",
        "red line outreach-broken: below 20%, was 15%",
    ]


NEXT = "version: v4\nin_force: 2026-12-01\nfrom: v3\nchangelog: Less.\n"


def test_a_version_that_builds_on_another_says_what_differs_and_no_more(story, sound):
    story.repo.write(
        "playbook/process/v4.yaml", NEXT + "stages: {outreach: {learning: Who answered?}}\nred_lines: []\n"
    )
    first, *rest = story.said
    assert first == "new version, in force from 1 December: Less."
    assert [said for said in rest if "red line" not in said] == [
        "Outreach: learned: Who answered?, was Which words, which door and which promise got an answer?"
    ]
    assert len(rest) > 1


@pytest.mark.parametrize(
    ("need", "words"),
    [
        ("{field: maniac_t.need, is: [met], with: [note, evidence]}", "MANIAC-T need (met), with note or evidence"),
        ("{field: icp.note}", "ICP fit note"),
        ("{field: loss.reason, waivable: false}", "loss reason, and nobody can waive it"),
        ("{activity: touch, unanswered: true, at_least: 3}", "3 times an unanswered touch"),
        ("{link: folder}", "a link of kind folder"),
        ("{learned: true}", "the answer to the question of the stage"),
    ],
)
def test_a_new_need_is_said_in_words_whatever_it_asks_for(story, need, words):
    exits = f"[{{to: outreach, when: Yes, needs: [{need}]}}, {{to: closed lost, when: Disqualified}}]"
    story.repo.write("playbook/process/v4.yaml", NEXT + f"stages: {{enrichment: {{exits: {exits}}}}}\n")
    assert f"Enrichment → Outreach: now also needs {words}" in story.said


@pytest.mark.parametrize("more", [False, True], ids=["a title", "more than a title"])
def test_a_stage_with_another_name_is_no_other_process(story, sound, more):
    text = re.sub(
        "(?m)^in_force: .*", "in_force: 2026-12-01", sound["process"].replace("version: v3", "version: v4", 1)
    )
    text = re.sub(r"(?m)^  proposal:$", "  offer:", text).replace("to: proposal", "to: offer")
    text = text.replace("from: proposal", "from: offer").replace("title: Proposal", "title: Offer")
    text = text.replace(": proposal\n", ": offer\n").replace("becomes:\n", "becomes:\n  proposal: offer\n")
    if more:
        text = text.replace("Write the proposal, ", "")
    story.repo.write("playbook/process/v4.yaml", text)
    _, *rest = story.said
    assert "the former stage proposal is now Offer" in rest
    assert not [said for said in rest if "conversion" in said or "exit" in said]
    assert ("Offer: title Offer, was Proposal" in rest) is not more
    assert ("new stage Offer" in rest) is more


def test_a_word_of_a_need_that_is_also_the_name_of_a_renamed_stage_is_no_change(story, sound):
    text = re.sub(
        "(?m)^in_force: .*", "in_force: 2026-12-01", sound["process"].replace("version: v3", "version: v4", 1)
    )
    text = re.sub(r"(?m)^  discovery:$", "  talks:", text).replace("to: discovery", "to: talks")
    text = text.replace("from: discovery", "from: talks").replace("title: Discovery", "title: Talks")
    text = text.replace(": discovery\n", ": talks\n").replace("becomes:\n", "becomes:\n  discovery: talks\n")
    assert "about: discovery" in text
    story.repo.write("playbook/process/v4.yaml", text)
    _, *rest = story.said
    assert "Talks: title Talks, was Discovery" in rest
    assert not [said for said in rest if "meeting" in said or "need" in said]


# ── whose addresses are nobody's business, and long texts ─────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "private",
    [
        "dean@cascadia.example",
        "+1 604 555 0199",
        "(0604) 555-0199",
        "https://drive.example/secret",
        "ghp_" + "a1B2" * 9,
    ],
)
@pytest.mark.parametrize(
    "fragment",
    [
        "next: {{action: 'Write to {0} today', due: 2026-12-01}}",
        "activity: [{{date: 2026-02-02, kind: call, outcome: spoke, note: 'Call {0} back'}}]",
        "title: '{0}'",
        "x: {{asana: '{0}'}}",
        "parked: [{{since: 2026-11-01, why: 'ask {0}'}}]",
        "loss: {{reason: price, learning: 'ask {0}'}}",
    ],
)
def test_no_address_number_or_secret_of_anybody_is_said(story, private, fragment):
    story.repo.deal(fragment.format(private))
    report = story.report()
    assert report.changes
    for printed in ("\n".join(as_text(report)), as_markdown(report)):
        assert private not in printed.replace("&#8203;", "").replace("\\", "")


def test_days_and_amounts_are_no_telephone_numbers(story):
    story.repo.deal("next: {action: 'Call on 2026-12-01 about 1250.00 USD and 2026/27, room 0-12', due: 2026-12-02}")
    assert story.said == ["next: Call on 2026-12-01 about 1250.00 USD and 2026/27, room 0-12 by 2 December"]


def test_long_texts_are_cut(story):
    story.repo.deal(f"next: {{action: {'very ' * 200}long, due: 2026-12-01}}\ntitle: {'x' * 1000}")
    assert all(len(said) < 250 and "…" in said for said in story.said)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("expected_close: [2026-12-01]", "expected_close: [2027-01-01]"),
        ("corrections: []", "corrections: [{field: {a: b}, was: {a: b}, by: [jim], why: {a: b}}]"),
        ("waived: []", "waived: [{need: {a: b}, stage: [x]}, x]"),
        ("next: x", "next: {action: [x], due: {a: b}, owner: [jim]}"),
        ("activity: {a: b}", "activity: {a: {c: d}}"),
        ("stages: [{enrichment: 2026-01-05}]", "stages: [{enrichment: {a: b}}, x, [y], {}]"),
    ],
)
def test_what_has_another_shape_than_it_should_is_told_as_far_as_it_can_be_read(story, before, after):
    story.repo.deal(before + "\n")
    story.begins()
    story.repo.deal(after + "\n")
    assert story.said
    assert not any("{" in said or "[" in said for said in story.said)


def test_a_file_that_could_not_be_read_and_is_gone_is_removed(story):
    file = story.repo.write("deals/odd.yaml", b"\xff\xfe")
    story.begins()
    file.unlink()
    assert [(one.kind, one.sentence) for one in story.changes] == [("removed", "odd: removed; it could not be read")]


def test_the_first_removal_of_all_is_told_like_any_other(story):
    story.repo.write(
        "playbook/removed.yaml", "removed:\n  - {kind: deal, id: acme, date: 2026-11-20, by: jim, why: Twice}\n"
    )
    assert (story.kinds, story.said) == (["removal"], ["Jim removed the deal acme: Twice"])
