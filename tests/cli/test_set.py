"""``salesops set``: any field by its path, said as people say it, written as records have it."""

from __future__ import annotations

import sys

import pytest
from gitting import Git
from terminal import typed
from underway import held

from salesops.records.record import value_at


@pytest.fixture
def crm(repo):
    repo.deal("discovery: {jobs: [Teach], requirements: [Sign-on]}\nexpected_close: 2027-01-04\n")
    return repo


@pytest.mark.parametrize(
    ("words", "path", "value"),
    [
        (["expected_close", "26 feb 2027"], "expected_close", "2027-02-26"),
        (["expected-close", "+10"], "expected_close", "2026-11-30"),
        (["value", "1450/month", "12"], "value", {"mrr": "1450 USD", "months": "12"}),
        (["value.mrr", "$1,450"], "value.mrr", "1450 USD"),
        (["timeline", "part"], "maniac_t.timeline", {"status": "partial", "date": "2026-11-20"}),
        (["maniac_t.money.status", "unk"], "maniac_t.money", {"status": "unknown", "date": "2026-11-20", "note": "In the budget"}),
        (["maniac_t.money.note", "Costs $5,000: she said"], "maniac_t.money.note", "Costs $5,000: she said"),
        (["owner", "April"], "owner", "april"),
        (["team", "april"], "team", ["april"]),
        (["priority", "h"], "priority", "hot"),
        (["icp.fit", "no"], "icp.fit", "false"),
        (["paid_first", "yes"], "paid_first", "true"),
        (["discovery.jobs", "A", "B, c"], "discovery.jobs", ["A", "B, c"]),
        (["discovery.jobs", "+A", "+B, c"], "discovery.jobs", ["Teach", "A", "B, c"]),
        (["proposal.objections", "price"], "proposal.objections", [{"about": "price"}]),
        (["authority.contacts", "director"], "maniac_t.authority.contacts", None),
        (["next", "Call the dean, mon"], "next", {"action": "Call the dean", "due": "2026-11-23"}),
        (["probability", "70", "--why", "She said so"], "probability", {"value": "70%", "date": "2026-11-20", "why": "She said so"}),
        (["decision", "yes", "--date", "thu"], "decision", {"go": "true", "date": "2026-11-19"}),
        (["links.folder", "https://drive.example/a"], "links", [{"kind": "folder", "url": "https://drive.example/a"}]),
        (["x.vpat", "https://x.example"], "x.vpat", "https://x.example"),
        (["--clear", "expected_close"], "expected_close", None),
    ],
)  # fmt: skip
def test_a_field_is_said_as_people_say_it(crm, words, path, value):
    ran = crm.run("set", "acme", *words)
    assert ran.code == (0 if value is not None or "--clear" in words else 1), ran.out + ran.err
    assert value_at(held(crm), path) == value


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["expectd_close", "thu"], 2, "a deal has no field 'expectd_close'; did you mean 'expected_close'?"),
        (["mrr", "3"], 2, "'mrr' may be value.mrr, contract.mrr"),
        (["expected_close", "3/4"], 2, "'3/4' is 4 mar or 3 apr"),
        (["value.mrr", "much"], 2, "'much' is not an amount"),
        (["owner", "marx"], 2, "there is no 'marx'"),
        (["contract", "thu"], 2, "contract has fields of its own: signed, start"),
        (["stages", "proposal"], 2, "salesops move writes it"),
        (["activity", "a call"], 2, "salesops log writes it"),
        (["activity.9.note", "a call"], 2, "activity is a list of 0"),
        (["probability", "70"], 1, '--why "WORDS"    The reason.'),
        (["title", "A", "--why", "So"], 2, "title has no reason beside it"),
        (["title"], 2, "what does title say? --clear title takes it away"),
        ([], 2, "which field, and what does it say?"),
        (["--clear", "title"], 1, "(field-missing)"),
        (["title", "…"], 2, "placeholder"),
        (["links.folder", "nowhere"], 1, "(not-a-link)"),
    ],
)
def test_what_is_unknown_or_unclear_is_named_and_nothing_is_written(crm, words, code, says):
    before = (crm.root / "deals/acme.yaml").read_bytes()
    ran = crm.run("set", "acme", *words)
    assert (ran.code, (crm.root / "deals/acme.yaml").read_bytes()) == (code, before)
    assert says in ran.out + ran.err


HARD = [
    "Costs $5,000 a year, she said", "Dean said: call back", "it's", '"quoted"', "# no comment", "a #b", "[x]", "{y}", "- dash",
    "yes", "null", "~", "&a", "*a", "!t", "%", "@", "`", "|", ">", "a: b, c: d", "two\nlines", "tab\there", "trailing ", " leading",
    "é 東京 🙂", "\\n", "\\", "+plus", "a=b", "2026-11-20", "1,200 USD", "x" * 3_000,
]  # fmt: skip


@pytest.mark.samples(11)
@pytest.mark.parametrize("words", HARD)
def test_hard_words_come_back_letter_by_letter(crm, words):
    assert crm.run("set", "--", "acme", "maniac_t.money.note", words).code == 0
    assert crm.run("set", "--", "acme", "discovery.requirements", words if words[0] != "+" else f"+{words}").code == 0
    assert crm.run("move", "acme", "closed lost", "--set", "loss.reason=other", "--set", f"loss.learning={words}",
        "--set", "loss.verdict=icp", "--set", "loss.reengage=never").code == 0  # fmt: skip
    deal = held(crm)
    assert deal["maniac_t"]["money"]["note"] == deal["loss"]["learning"] == words
    assert deal["discovery"]["requirements"][-1] == words


def test_the_same_again_changes_nothing_also_on_another_day(crm):
    assert crm.run("set", "acme", "maniac_t.timeline", "partial").code == 0
    before = (crm.root / "deals/acme.yaml").read_bytes()
    ran = crm.run("set", "acme", "maniac_t.timeline", "partial", "--as-of", "2026-11-25")
    assert (ran.code, (crm.root / "deals/acme.yaml").read_bytes()) == (0, before)
    assert "There already: nothing to write." in ran.out


def test_a_member_is_set_by_its_fields_and_its_contacts_by_their_ids(repo):
    ran = repo.run("set", "cascadia-university", "contacts.a-smith.phone", "+1 604 555 0100")
    assert ran.code == 0
    assert repo.run("set", "cascadia-university", "country", "canada").code == 0
    member = held(repo, "members/cascadia-university.yaml")
    assert (member["contacts"][0]["phone"], member["country"]) == ("+1 604 555 0100", "CA")


def test_of_several_losses_the_last_one_is_meant(repo):
    first = "{reason: price, learning: Too dear, verdict: icp, reengage: never, playbook: none needed}"
    stages = "stages:\n  - enrichment: 2026-01-05\n  - closed lost: 2026-01-19\n"
    repo.deal(f"{stages}loss:\n  - {first}\n")
    assert repo.run("set", "acme", "loss.reason", "timing").code == 0
    assert held(repo)["loss"][0]["reason"] == "timing"


def test_an_answer_of_the_qualification_takes_what_is_known_with_it(repo):
    repo.deal()
    ran = repo.run("set", "acme", "maniac_t.timeline", "partial", "--why", "The board meets in December")
    assert ran.code == 0, ran.err
    assert held(repo)["maniac_t"]["timeline"] == {
        "status": "partial",
        "date": "2026-11-20",
        "note": "The board meets in December",
    }


@pytest.mark.skipif(sys.platform == "win32", reason="a terminal of Unix")
def test_on_a_terminal_an_answer_of_the_qualification_is_asked_how_it_is_known(repo):
    repo.deal()
    Git(repo.root).begin()
    code, _ = typed(repo.root, ["set", "acme", "maniac_t.timeline", "met"], ["Six weeks", "y"])
    assert (code, held(repo)["maniac_t"]["timeline"]["note"]) == (0, "Six weeks")


def test_words_behind_a_value_are_pointed_to_their_option(repo):
    repo.deal()
    ran = repo.run("set", "acme", "maniac_t.money", "partial", "A grant was mentioned")
    assert (ran.code, 'if the rest is the words beside it: partial --why "A grant was mentioned"' in ran.err) == (
        2,
        True,
    )
    assert "--why" not in repo.run("set", "acme", "maniac_t.money", "perhaps", "later").err
