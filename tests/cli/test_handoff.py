"""From the signature to the end of the service: the hand-off step by step, issues opened once each, invoices month by month, and a renewal."""

from __future__ import annotations

import json
import re
import sys
from base64 import urlsafe_b64encode
from datetime import date
from html import unescape

import pytest
import yaml

from salesops.site.pages import every_page

TODAY = date(2026, 11, 20)
STATE = {
    "catalogue": "2026-03",
    "hubs": [{"name": "teaching", "storage": "10 GB"}, {"name": "research", "storage": "1 TB"}],
}
LINK = f"https://configure.example/?state={urlsafe_b64encode(json.dumps(STATE).encode()).decode().rstrip('=')}"
CONTRACT = 'contract: {signed: 2026-02-02, start: 2026-03-01, end: 2027-02-28, mrr: 1000 USD, one_off: 500 USD, entity: Sponsor, agreement: "https://docs.example/a"}'
WON = f"""
stages: [enrichment: 2026-01-05, closed won: 2026-02-02]
imported: {{from: old, date: 2026-02-03}}
value: {{mrr: 1000 USD, one_off: 500 USD, months: 12}}
next: null
agreed: 2026-01-28
{CONTRACT}
"""
GH = """#!%s
# GitHub's program as far as issues go: it keeps them in a file, and breaks when it is told to.
import json, os, sys
from pathlib import Path
file = Path(os.environ["ISSUES"])
issues = json.loads(file.read_text()) if file.exists() else []
words = sys.argv[1:]
if words[0] == "api":
    assert words[-1] == "repos/our-org/infrastructure/issues?state=all&per_page=100", words
    for each in issues:
        print(json.dumps({"url": each["url"], "body": each["body"], "who": each.get("who", "MEMBER"), "bot": False}))
else:
    assert "--repo=our-org/infrastructure" in words, words
    said = dict(word[2:].split("=", 1) for word in words[2:])
    if len(issues) + 1 == int(os.environ.get("REFUSES", 0)):
        sys.exit("HTTP 502: Bad gateway")
    issues.append({"url": f"https://github.com/our-org/infrastructure/issues/{len(issues) + 1}", "body": said["body"], "title": said["title"]})
    file.write_text(json.dumps(issues))
    if len(issues) == int(os.environ.get("DIES", 0)):
        sys.exit(1)
    print(issues[-1]["url"])
"""


@pytest.fixture
def won(repo, tmp_path, monkeypatch):
    """A repository with a deal that was just won, and GitHub's program beside it."""
    (repo.root / "deals/cascadia-2025.yaml").unlink()
    repo.deal(WON)
    repo.member(
        "vendor_setup: {status: not needed}\ncontacts: [{id: a-smith, name: Ada Smith, email: a@c.example, decides: true}]\n"
    )
    team = (repo.root / "playbook/team.yaml").read_text()
    repo.write(
        "playbook/team.yaml",
        team
        + "delivery: {repository: https://github.com/our-org/infrastructure, labels: [hub]}\nsponsor: {name: Sponsor, email: operations@sponsor.example}\n",
    )
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/gh").write_text(GH % sys.executable)
    (tmp_path / "bin/gh").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
    monkeypatch.setenv("ISSUES", str(tmp_path / "issues.json"))
    return repo


def issues(tmp_path):
    file = tmp_path / "issues.json"
    return json.loads(file.read_text()) if file.exists() else []


def record(repo, path="deals/acme.yaml"):
    return yaml.load((repo.root / path).read_text(), yaml.BaseLoader)


def steps(repo):
    return [step["done"] for step in json.loads(repo.run("handoff", "acme", "--format", "json").out)["steps"]]


def shown(repo, path):
    """A page of the site as of the day, as text without its marks."""
    body = next(str(page.body) for page in every_page(repo.book().on(TODAY)) if page.path == path)
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", body)))


def handed(repo):
    """What the page of the deal says of each of the six steps."""
    body = next(str(page.body) for page in every_page(repo.book().on(TODAY)) if page.path == "deals/acme")
    listed = body.split('<ol class="so-handoff">')[1].split("</ol>")[0]
    return [">done: " in step for step in listed.split("<li")[1:]]


def done(ran):
    assert ran.code == 0, ran.out + ran.err
    return ran


def test_a_deal_that_is_not_won_has_no_hand_off(repo):
    repo.deal()
    ran = repo.run("handoff", "acme")
    assert (ran.code, "acme is not won" in ran.err) == (1, True)


def test_the_order_opens_once_contract_price_and_member_are_right(won):
    won.deal(WON.replace(", entity: Sponsor", "").replace("mrr: 1000 USD, one_off", "mrr: 900 USD, one_off", 1))
    ran = won.run("handoff", "acme", "--order", LINK)
    assert ran.code == 1
    assert "entity (contract)  " in ran.err
    assert "salesops set acme contract.entity VALUE" in ran.err
    assert "900" in ran.err, "the contract and the expected value do not agree, and nothing says why"
    assert "order" not in record(won)


def test_an_order_keeps_the_link_a_copy_of_what_it_says_and_its_hubs(won):
    done(won.run("handoff", "acme", "--order", LINK, "--date", "2026-02-04"))
    order = record(won)["order"]
    assert order["configurator"] == LINK
    assert order["frozen"] == {"date": "2026-02-04", **STATE}
    assert (order["hubs"], order["created"]) == (STATE["hubs"], "2026-02-04")
    assert steps(won)[:4] == [True, True, True, False]
    other = LINK.replace("state=", "state=x")
    assert won.run("handoff", "acme", "--order", other).code == 2, "a link that nobody can read is refused"


def test_hubs_that_were_typed_stay_and_each_difference_is_a_finding(won):
    won.deal(WON + "order: {hubs: [{name: teaching, storage: 20 GB}]}\n")
    done(won.run("handoff", "acme", "--order", LINK))
    assert record(won)["order"]["hubs"] == [{"name": "teaching", "storage": "20 GB"}]
    found = [problem.message for problem in won.problems() if problem.code == "order-differs"]
    assert len(found) == 2
    assert not steps(won)[2]


def test_the_issues_are_printed_first_and_nothing_is_opened(won, tmp_path):
    done(won.run("handoff", "acme", "--order", LINK))
    ran = done(won.run("handoff", "acme", "--issues", "--dry-run"))
    assert "New hub: teaching for Cascadia University" in ran.out
    assert "| Storage | 10 GB | |" in ran.out
    assert "| Contract | https://docs.example/a | |" in ran.out
    assert "[TO FILL IN: environment (hub)]" in ran.out
    assert issues(tmp_path) == []


@pytest.mark.parametrize(
    "breaks",
    [{"REFUSES": "2"}, {"DIES": "1"}, {"DIES": "2"}],
    ids=["refused", "died after the first", "died after the second"],
)
def test_an_interrupted_run_run_again_opens_each_issue_exactly_once(won, tmp_path, breaks):
    done(won.run("handoff", "acme", "--order", LINK))
    assert won.run("handoff", "acme", "--issues", **breaks).code != 0
    done(won.run("handoff", "acme", "--issues"))
    done(won.run("handoff", "acme", "--issues"))
    assert [issue["title"].split(" for ")[0] for issue in issues(tmp_path)] == [
        "New hub: teaching",
        "New hub: research",
    ]
    order = record(won)["order"]
    assert order["issues"] == [issue["url"] for issue in issues(tmp_path)] == [hub["issue"] for hub in order["hubs"]]


def test_text_of_a_record_in_an_issue_is_text(won, tmp_path):
    won.member(
        'name: "<img src=x> @mallory [x](javascript:alert(1)) <!-- salesops acme/teaching -->"\ncontacts: [{id: a-smith, email: a@c.example}]\n'
    )
    done(won.run("handoff", "acme", "--order", LINK))
    done(won.run("handoff", "acme", "--issues"))
    for issue in issues(tmp_path):
        assert "<img" not in issue["body"]
        assert "@mallory" not in issue["body"] + issue["title"]
        assert issue["body"].count("<!-- salesops ") == 1


@pytest.mark.samples(3)
@pytest.mark.parametrize("breaks", [{}, {"DIES": "1"}, {"DIES": "2"}], ids=["at once", "died once", "died later"])
@pytest.mark.parametrize(
    "names",
    [("a b", "a-b"), ("--> <b>bold</b>", "<!-- x"), ("off/teaching", "Übung 講義"), ("z" * 300, "z" * 300 + "y")],
    ids=["alike", "markup", "a slash and letters of the world", "long"],
)
def test_whatever_a_hub_is_called_it_has_one_issue_of_its_own(won, tmp_path, names, breaks):
    hubs = "".join(f"  - {{name: {json.dumps(name)}}}\n" for name in names)
    won.deal(f"{WON}order:\n  created: 2026-02-04\n  hubs:\n{hubs.replace('  -', '    -')}")
    for _ in range(2):
        won.run("handoff", "acme", "--issues", **breaks)
        breaks = {}
    done(won.run("handoff", "acme", "--issues"))
    assert [issue["url"] for issue in issues(tmp_path)] == [hub["issue"] for hub in record(won)["order"]["hubs"]]
    for issue in issues(tmp_path):
        assert issue["body"].count("-->") == issue["body"].count("<!--") == 1
        assert "<b>" not in issue["body"]


def test_two_hubs_of_one_name_are_told_apart_before_any_issue_is_opened(won, tmp_path):
    won.deal(WON + "order: {created: 2026-02-04, hubs: [{name: teaching}, {name: teaching, storage: 1 TB}]}\n")
    ran = won.run("handoff", "acme", "--issues")
    assert (ran.code, "two hubs 'teaching'" in ran.err, issues(tmp_path)) == (1, True, [])


def test_an_address_reaches_a_hub_that_is_listed_already(won):
    done(won.run("handoff", "acme", "--order", LINK))
    done(won.run("handoff", "acme", "--in-use", "2026-03-02"))
    done(won.run("handoff", "acme", "--in-use", "2026-03-02", "--url", "research=https://research.example"))
    done(won.run("handoff", "acme", "--in-use", "2026-03-02", "--url", "research=https://other.example"))
    hubs = record(won, "members/cascadia-university.yaml")["hubs"]
    assert [hub.get("url") for hub in hubs] == [None, "https://other.example"]
    assert won.run("handoff", "acme", "--in-use", "2026-03-02", "--url", "research=javascript:x").code == 1


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("--in-use 2026-01-15", "before the signature of 2026-02-02"),
        ("--in-use 2026-05-02 --ended 2026-06-01", "two steps"),
        ("--ended 2026-03-15", "in use since 2026-03-20, after 2026-03-15"),
    ],
)
def test_days_that_cannot_be_are_refused_and_nothing_is_written(won, words, says):
    done(won.run("handoff", "acme", "--order", LINK))
    if "--in-use" not in words:
        done(won.run("handoff", "acme", "--in-use", "2026-03-20"))
    before = record(won), record(won, "members/cascadia-university.yaml")
    ran = won.run("handoff", "acme", *words.split())
    assert (ran.code, says in ran.err) == (2, True), ran.err
    assert (record(won), record(won, "members/cascadia-university.yaml")) == before


def test_a_day_that_is_corrected_is_corrected_at_the_hubs_that_say_it_too(won):
    done(won.run("handoff", "acme", "--order", LINK))
    done(won.run("handoff", "acme", "--in-use", "2026-03-02"))
    member = (won.root / "members/cascadia-university.yaml").read_text()
    assert member.count("2026-03-02") == 2
    won.write("members/cascadia-university.yaml", member.replace("2026-03-02", "2026-03-09", 1))
    done(won.run("handoff", "acme", "--in-use", "2026-03-03"))
    hubs = record(won, "members/cascadia-university.yaml")["hubs"]
    assert [hub["since"] for hub in hubs] == ["2026-03-09", "2026-03-03"], "what somebody wrote for one hub stays"


def test_the_copy_of_an_older_link_goes_with_it(won):
    done(won.run("handoff", "acme", "--order", LINK))
    done(won.run("handoff", "acme", "--order", "https://configure.example/by-mail"))
    order = record(won)["order"]
    assert order["configurator"] == "https://configure.example/by-mail"
    assert "frozen" not in order, "it was no copy of this link"
    assert [hub["name"] for hub in order["hubs"]] == ["teaching", "research"]


def test_the_service_ends_with_the_last_contract_of_a_chain_and_its_hubs_with_it(won, tmp_path):
    done(won.run("handoff", "acme", "--order", LINK))
    done(won.run("handoff", "acme", "--in-use", "2026-03-02"))
    later = WON.replace(
        "signed: 2026-02-02, start: 2026-03-01, end: 2027-02-28",
        "signed: 2026-08-02, start: 2026-11-01, end: 2027-10-31",
    )
    later = later.replace(
        "enrichment: 2026-01-05, closed won: 2026-02-02", "renewals: 2026-07-05, closed won: 2026-08-02"
    ).replace("date: 2026-02-03", "date: 2026-08-03")
    won.deal(f"type: existing business\nrenews: acme\n{later}", "acme-2")
    ran = won.run("handoff", "acme", "--ended", "2026-11-10")
    assert (ran.code, "end the service of that one" in ran.err) == (1, True), ran.err
    done(won.run("handoff", "acme", "--ended", "2026-10-15", "--dry-run"))
    done(won.run("handoff", "acme-2", "--ended", "2026-11-10"))
    assert [hub["until"] for hub in record(won, "members/cascadia-university.yaml")["hubs"]] == ["2026-11-10"] * 2
    assert "next: salesops handoff acme-2 --issues" in done(won.run("handoff", "acme-2")).out
    assert "salesops handoff acme-2 --issues" in shown(won, "deals/acme-2")
    done(won.run("handoff", "acme-2", "--issues"))
    assert [each["title"].startswith("Switch off a hub") for each in issues(tmp_path)] == [True, True]
    assert "--issues" not in done(won.run("handoff", "acme-2")).out


@pytest.mark.parametrize(
    ("was", "now", "way"),
    [
        (", entity: Sponsor", "", "salesops set acme contract.entity VALUE"),
        ("mrr: 1000 USD, one_off: 500 USD, entity", "mrr: 900 USD, one_off: 500 USD, entity", "salesops edit acme"),
        ("member: cascadia-university", "member: nobody-university", "salesops new member"),
    ],
)
def test_the_way_on_is_the_command_that_mends_what_is_missing_first(won, was, now, way):
    file = won.root / "deals/acme.yaml"
    assert was in file.read_text()
    file.write_text(file.read_text().replace(was, now))
    assert f"next: {way}\n" in done(won.run("handoff", "acme")).out
    assert way in shown(won, "deals/acme")


def test_the_mark_of_a_stranger_is_no_issue_of_ours(won, tmp_path):
    done(won.run("handoff", "acme", "--order", LINK))
    forged = {"url": "https://github.com/our-org/infrastructure/issues/99", "title": "x", "who": "NONE"}
    (tmp_path / "issues.json").write_text(json.dumps([{**forged, "body": "<!-- salesops acme/teaching -->"}]))
    done(won.run("handoff", "acme", "--issues"))
    assert not any("/99" in url for url in record(won)["order"]["issues"])
    assert len(issues(tmp_path)) == 3


def test_without_a_repository_of_delivery_it_says_where_to_name_it(won):
    won.write("playbook/team.yaml", (won.root / "playbook/team.yaml").read_text().split("delivery:")[0])
    done(won.run("handoff", "acme", "--order", LINK))
    ran = won.run("handoff", "acme", "--issues")
    assert (ran.code, "delivery: {repository:" in ran.err) == (1, True)


def test_a_whole_life_after_the_signature_each_step_once(won, tmp_path):
    """Won, handed off, ordered, issues, in use, six months of invoices, the renewal that is due, switched off."""
    assert steps(won) == handed(won) == [True, False, False, False, False, False]
    done(won.run("handoff", "acme", "--order", LINK, "--date", "2026-02-04"))
    assert won.run("handoff", "acme", "--issues", REFUSES="2").code == 3
    assert handed(won) == [True, True, True, False, False, False]
    assert "missing: an issue for hub 'research'" in shown(won, "deals/acme")
    done(won.run("handoff", "acme", "--issues"))
    assert handed(won) == [True, True, True, True, False, False]
    done(won.run("handoff", "acme", "--owner", "april", "--date", "2026-02-06"))
    done(won.run("handoff", "acme", "--in-use", "2026-03-02", "--url", "teaching=https://teaching.example"))
    assert steps(won) == handed(won) == [True, True, True, True, True, False]
    assert "in use since Mon 2 Mar" in shown(won, "deals/acme")
    hubs = record(won, "members/cascadia-university.yaml")["hubs"]
    assert [(hub["name"], hub["deal"], hub["since"], hub["owner"]) for hub in hubs] == [
        ("teaching", "acme", "2026-03-02", "april"),
        ("research", "acme", "2026-03-02", "april"),
    ]
    assert hubs[0]["url"] == "https://teaching.example"
    assert [hub["issue"] for hub in hubs] == [issue["url"] for issue in issues(tmp_path)]
    metric = json.loads(won.run("metrics", "handoff-lead-time", "--format", "json").out)["metrics"][0]
    assert (metric["n"], metric["mean"]) == (1, 28.0), "from the signature on 2 February to 2 March"

    for month in range(3, 9):
        day = f"2026-{month + 1:02}-02"
        for step in ("prepared", "sent", "certified", "invoiced", "paid"):
            done(won.run("invoices", "--month", f"2026-{month:02}", "--record", step, "--date", day, "--yes"))
            if month == 8:
                assert f"{step} Wed 2 Sep" in shown(won, "invoices").replace("\N{NO-BREAK SPACE}", " "), (
                    "each state on the page"
                )
            again = won.run("invoices", "--month", f"2026-{month:02}", "--record", step, "--date", day, "--yes")
            assert (again.code, "left as it is" in again.err) == (1, True), "each step once"
    written = record(won, "members/cascadia-university.yaml")["invoices"]
    assert [invoice["month"] for invoice in written] == [f"2026-{month:02}" for month in range(3, 9)]
    assert {invoice["tier_confirmed"] for invoice in written} == {"2026-01-28"}, "the day on which the price was agreed"
    march = json.loads(won.run("invoices", "--month", "2026-03", "--format", "json").out)
    assert march["total"] == [{"amount": "1500.00", "currency": "USD"}]
    assert march["states"] == {"paid": 1}
    errors = {problem.code for problem in won.problems() if problem.is_error}
    assert errors <= {"import-mark-unfit"}, "the mark only spares this deal the questions of its first stages"

    assert won.run("renew", "--due").out == "acme  ends 2027-02-28\n"
    done(won.run("renew", "acme", "--yes"))
    assert won.run("renew", "--due").out == ""
    assert "acme-renewal-2027" in str(
        next(page.body for page in every_page(won.book().on(TODAY)) if page.path == "deals/acme")
    )

    done(won.run("handoff", "acme", "--ended", "2026-11-18"))
    assert record(won)["contract"]["service_ended"] == "2026-11-18"
    assert "switched off on Wed 18 Nov" in shown(won, "members/cascadia-university")
    assert {hub["until"] for hub in record(won, "members/cascadia-university.yaml")["hubs"]} == {"2026-11-18"}
    done(won.run("handoff", "acme", "--issues"))
    done(won.run("handoff", "acme", "--issues"))
    assert [issue["title"].split(" of ")[0] for issue in issues(tmp_path)[2:]] == [
        "Switch off a hub: teaching",
        "Switch off a hub: research",
    ]
    assert [link["kind"] for link in record(won)["links"]] == [
        "decommission request: teaching",
        "decommission request: research",
    ]
    assert won.run("invoices", "--month", "2026-11", "--format", "json").out.count('"kind": "membership"') == 1, (
        "until the day before"
    )


def test_what_would_be_opened_is_printed_as_data_with_what_would_be_written_then(won, tmp_path):
    done(won.run("handoff", "acme", "--order", LINK))
    before = (won.root / "deals/acme.yaml").read_text()
    said = json.loads(done(won.run("handoff", "acme", "--issues", "--dry-run", "--format", "json")).out)
    assert (said["deal"], said["repository"], said["labels"]) == (
        "acme",
        "https://github.com/our-org/infrastructure",
        ["hub"],
    )
    assert [issue["hub"] for issue in said["issues"]] == ["teaching", "research"]
    for issue in said["issues"]:
        assert issue["title"] == f"New hub: {issue['hub']} for Cascadia University"
        assert issue["body"].endswith(f"\n\n{issue['mark']}\n")
        assert "hub.environment" in issue["gaps"]
    [file] = said["files"]
    order = yaml.load(file["text"], yaml.BaseLoader)["order"]
    assert (
        order["issues"] == [hub["issue"] for hub in order["hubs"]] == [issue["stands_for"] for issue in said["issues"]]
    )
    assert (won.root / "deals/acme.yaml").read_text() == before
    assert issues(tmp_path) == []
    done(won.run("handoff", "acme", "--issues"))
    assert [issue["body"] for issue in issues(tmp_path)] == [issue["body"] for issue in said["issues"]]
    said = json.loads(done(won.run("handoff", "acme", "--issues", "--dry-run", "--format", "json")).out)
    assert (said["issues"], said["files"]) == ([], [])


def test_a_record_that_holds_a_secret_is_not_handed_on(won):
    done(won.run("handoff", "acme", "--order", LINK))
    file = won.root / "deals/acme.yaml"
    file.write_text(file.read_text() + f"value_proposition: ghp_{'a' * 36}\n")
    ran = won.run("handoff", "acme", "--issues", "--dry-run", "--format", "json")
    assert ran.code == 1
    assert "a" * 36 not in ran.out + ran.err


def test_a_deal_is_ready_once_its_order_is_made_and_agrees_and_until_every_hub_has_its_issue(won):
    def ready():
        return [
            (each["deal"], each["hubs"])
            for each in json.loads(won.run("handoff", "--ready", "--format", "json").out)["ready"]
        ]

    assert ready() == []
    done(won.run("handoff", "acme", "--order", LINK))
    assert ready() == [("acme", ["teaching", "research"])]
    assert done(won.run("handoff", "--ready")).out == "acme  teaching, research\n"
    whole = (won.root / "deals/acme.yaml").read_text()
    (won.root / "deals/acme.yaml").write_text("2 TB".join(whole.rsplit("1 TB", 1)))
    assert ready() == [], "the order is not what the member chose"
    (won.root / "deals/acme.yaml").write_text(whole)
    done(won.run("handoff", "acme", "--issues"))
    assert ready() == []
    done(won.run("handoff", "acme", "--in-use", "2026-03-02"))
    done(won.run("handoff", "acme", "--ended", "2026-11-18"))
    assert ready() == [("acme", ["teaching", "research"])], "they are to be switched off"


@pytest.mark.parametrize("words", [["handoff"], ["handoff", "acme", "--ready"]])
def test_a_hand_off_is_of_one_deal_or_of_those_that_are_ready(won, words):
    ran = won.run(*words)
    assert (ran.code, "or --ready for those whose issues can be opened" in ran.err) == (2, True), ran.err
