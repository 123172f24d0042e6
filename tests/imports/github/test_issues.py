"""Issues of GitHub become leads: titles, answers to forms, labels over time; what is no lead is named."""

from __future__ import annotations

import json
from datetime import date
from functools import partial

import pytest
from tabling import adds_up, reasons

from salesops.checks import check_book
from salesops.problems import errors
from salesops.store.load import load

TODAY = date(2026, 11, 20)
ANSWERS = {"tier": "general", "missing": "april"}


@pytest.fixture
def bring(repo, brought):
    """Import issues with the answers of a person."""
    repo.write(
        "playbook/team.yaml",
        (repo.root / "playbook/team.yaml")
        .read_text(encoding="utf-8")
        .replace("name: Jim,", "name: Jim, github: Jim-H,"),
    )
    return brought("github", "issues.json")


def issue(number=1, title="[Elm University / Ann Lee] - [A hub]", **more):
    """An issue as gh prints it."""
    return {
        "number": number,
        "title": title,
        "body": "",
        "labels": [],
        "createdAt": "2026-01-05T09:00:00Z",
        "closedAt": None,
        "url": f"https://github.com/org/leads/issues/{number}",
        "author": {"login": "octo"},
        "assignees": [{"login": "jim-h"}],
        "state": "OPEN",
    } | more


def file(*issues):
    """A file of issues."""
    return json.dumps(issues).encode()


def label(name, day, event="labeled"):
    """A label that was put on an issue, or taken away."""
    return {"event": event, "created_at": f"{day}T12:00:00Z", "label": {"name": name}}


def test_a_lead_has_its_institution_its_person_its_owner_and_its_issue(bring):
    found = bring.run(file(issue(body="Statistics, 300 students")), answers=ANSWERS)
    assert (found["taken"], found["deals"]["new"], found["members"]["new"]) == (1, 1, 1)
    deal = bring.holds("deals/elm-university-a-hub.yaml")
    assert "title: A hub\nmember: elm-university\ntype: new business\ntier: general\nowner: jim\n" in deal
    assert "stages:\n  - enrichment: 2026-01-05\n" in deal
    assert '- {date: 2026-01-05, kind: note, note: "Statistics, 300 students"}' in deal
    assert "- {kind: issue, url: https://github.com/org/leads/issues/1}" in deal
    assert "contacts:\n  - {id: ann-lee, name: Ann Lee}\n" in bring.holds("members/elm-university.yaml")


def test_a_second_import_changes_no_byte(bring):
    body = "### Hubspot Deal URL\n\nhttps://app.hubspot.com/contacts/7/record/0-3/86933236427?a=9\n"
    raw = file(issue(), issue(2, "[New Hub] [Phase 1] Setup - Ash College", body=body))
    bring.run(raw, answers=ANSWERS)
    assert "hubspot: 86933236427\n" in bring.holds("deals/ash-college-new-hub.yaml")
    before = bring.files()
    found = bring.run(raw, answers=ANSWERS)
    assert found["deals"] == {"new": 0, "unchanged": 2, "updated": 0, "kept": 0}
    assert bring.files() == before


def test_what_came_in_is_read_without_a_complaint(bring):
    bring.run(file(issue(), issue(2, "[Ash] - B", timeline=[label("discovery", "2026-02-02")])), answers=ANSWERS)
    book, problems = load(bring.repo.root)
    assert problems == []
    assert list(errors(check_book(book, TODAY))) == []


def test_issues_that_are_no_leads_are_named_and_every_issue_is_counted(bring):
    raw = file(
        issue(),
        issue(2, "Fix the docs"),
        issue(3, "[New Hub] [Phase 1] Cloud Account Setup - {{community_name}}"),
        {"number": 4},
        "five",
    )
    found = bring.run(raw, answers=ANSWERS, code=1)
    assert adds_up(found)
    assert found["became"] == {"taken": 1, "rejected": 3, "asked": 0, "skipped": 1}
    assert [row for row, *_ in reasons(found)] == [3, 4, 5]
    assert reasons(found, "skipped")[0][3] == "Fix the docs"


def test_labels_over_time_become_stages_and_forbidden_moves_are_reported(bring):
    timeline = [
        label("status: discovery", "2026-02-02"),
        label("service:hub", "2026-02-02"),
        label("outreach", "2026-01-12"),
        label("enrichment", "2026-03-02"),
    ]
    found = bring.run(file(issue(timeline=timeline)), answers=ANSWERS)
    assert (
        "stages:\n  - enrichment: 2026-01-05\n  - outreach: 2026-01-12\n  - discovery: 2026-02-02\n  - enrichment: 2026-03-02\n"
        in bring.holds("deals/elm-university-a-hub.yaml")
    )
    assert [value for *_, value in reasons(found, "notes")] == ["discovery to enrichment on 2026-03-02"]


def test_a_label_that_moves_a_deal_is_a_move_and_not_a_difference_for_ever(bring):
    first = [label("outreach", "2026-01-12"), label("not urgent", "2026-01-12")]
    bring.run(file(issue(timeline=first, labels=[{"name": "outreach"}, {"name": "not urgent"}])), answers=ANSWERS)
    later = [*first, label("discovery", "2026-02-02"), label("outreach", "2026-02-02", "unlabeled")]
    raw = file(issue(timeline=later, labels=[{"name": "discovery"}, {"name": "not urgent"}]))
    found = bring.run(raw, "--update", answers=ANSWERS)
    assert (found["deals"]["updated"], found["updated"][0]["asked"]) == (1, [])
    deal = load(bring.repo.root)[0].deals["elm-university-a-hub"]
    assert [move.stage for move in deal.stages] == ["enrichment", "outreach", "discovery"]
    assert deal.x["github"]["labels"] == ["not urgent"]


def test_moves_of_one_day_keep_their_order_in_a_request_of_several_issues(bring):
    timeline = [label("outreach", "2026-02-02"), label("discovery", "2026-02-02")]
    raw = file(
        issue(1, "[New Hub] [Phase 1] Setup - Ash", timeline=timeline),
        issue(2, "[New Hub] [Phase 2] DNS - Ash", timeline=timeline, createdAt="2026-02-05T09:00:00Z"),
    )
    bring.run(raw, answers=ANSWERS)
    moves = load(bring.repo.root)[0].deals["ash-new-hub"].stages
    assert [move.stage for move in moves] == ["enrichment", "outreach", "discovery"]


def test_a_day_is_that_of_the_team(bring):
    team = bring.holds("playbook/team.yaml").replace("UTC", "America/Vancouver")
    bring.repo.write("playbook/team.yaml", team)
    late = [{"event": "labeled", "created_at": "2026-02-03T02:00:00Z", "label": {"name": "outreach"}}]
    bring.run(file(issue(timeline=late)), answers=ANSWERS)
    assert "  - outreach: 2026-02-02\n" in bring.holds("deals/elm-university-a-hub.yaml")


def test_the_present_stage_is_never_guessed(bring):
    raw = file(
        issue(1, "[A] - since when", labels=[{"name": "discovery"}]),
        issue(2, "[B] - how did it end", state="CLOSED", closedAt="2026-05-05T00:00:00Z"),
        issue(
            3,
            "[C] - where is it now",
            timeline=[label("outreach", "2026-02-02"), label("outreach", "2026-02-03", "unlabeled")],
        ),
        issue(
            4,
            "[D] - lost",
            state="CLOSED",
            closedAt="2026-05-05T00:00:00Z",
            timeline=[label("closed lost", "2026-05-04")],
        ),
    )
    found = bring.run(raw, answers=ANSWERS, code=1)
    assert [(row, value) for row, _, _, value in reasons(found, "asked")] == [
        (1, "discovery"),
        (2, "last in enrichment"),
        (3, "outreach"),
    ]
    assert found["written"][-1] == "deals/d-lost.yaml"
    assert adds_up(found)


def test_a_label_that_the_mapping_does_not_know_is_asked_about(bring):
    mapping = bring.run(file(issue()), answers=ANSWERS) and bring.holds("../ready.yaml")
    found = bring.run(file(issue(2, "[Ash] - B", timeline=[label("somewhere", "2026-02-02")])), map=mapping, code=1)
    assert [value for *_, value in reasons(found, "asked")] == ["somewhere"]


def test_the_issues_of_one_request_for_a_hub_are_one_lead(bring):
    raw = file(
        issue(
            2,
            "[New Hub] [Phase 2] DNS - Ash College",
            createdAt="2026-02-05T09:00:00Z",
            body="### Domain\n\nash.example",
        ),
        issue(
            1,
            "[New Hub] [Phase 1] Setup - Ash College",
            body="### Cloud Provider\n\nAWS",
            state="CLOSED",
            closedAt="2026-03-01T00:00:00Z",
        ),
    )
    found = bring.run(raw, answers=ANSWERS)
    assert (found["taken"], found["deals"]["new"]) == (2, 1)
    deal = bring.holds("deals/ash-college-new-hub.yaml")
    assert "  - enrichment: 2026-01-05\n" in deal
    assert "phase 2: {Domain: ash.example}" in deal
    assert "phase 1: {Cloud Provider: AWS}" in deal
    assert deal.count("kind: issue") == 2


def deals(bring):
    """The ids and titles of the deals that came of issues."""
    found = load(bring.repo.root)[0].deals.items()
    return {deal_id: deal.title for deal_id, deal in found if any(link.kind == "issue" for link in deal.links)}


def test_an_issue_with_another_title_is_the_same_deal(bring):
    bring.run(file(issue()), answers=ANSWERS)
    newer = file(issue(title="[Elm University / Ann Lee] - [Hubs for all]"))
    found = bring.run(newer, answers=ANSWERS)
    assert (found["deals"]["new"], found["deals"]["kept"], found["gone"]) == (0, 1, [])
    assert deals(bring) == {"elm-university-a-hub": "A hub"}, "without --update nothing is changed"
    found = bring.run(newer, "--update", answers=ANSWERS)
    assert deals(bring) == {"elm-university-a-hub": "Hubs for all"}
    before = bring.files()
    assert bring.run(newer, "--update", answers=ANSWERS)["written"] == []
    assert bring.files() == before


def test_a_title_that_both_changed_is_asked(bring):
    bring.run(file(issue()), answers=ANSWERS)
    path = "deals/elm-university-a-hub.yaml"
    bring.repo.write(path, bring.holds(path).replace("title: A hub", "title: Our hub").encode())
    found = bring.run(file(issue(title="[Elm University / Ann Lee] - Their hub")), "--update", answers=ANSWERS, code=1)
    assert found["kept"][0]["asked"] == [{"field": "title", "record": "Our hub", "table": "Their hub"}]
    assert deals(bring) == {"elm-university-a-hub": "Our hub"}


def test_an_issue_that_names_another_organisation_is_the_same_deal_of_another_member(bring):
    bring.run(file(issue()), answers=ANSWERS)
    found = bring.run(file(issue(title="[Oak College / Ann Lee] - [A hub]")), "--update", answers=ANSWERS)
    assert (found["deals"], found["members"]["new"]) == ({"new": 0, "unchanged": 0, "updated": 1, "kept": 0}, 1)
    assert load(bring.repo.root)[0].deals["elm-university-a-hub"].member == "oak-college"


def test_a_deal_of_an_earlier_import_is_found_with_a_mapping_of_that_time_and_without_a_memory(bring):
    mapping = bring.run(file(issue()), answers=ANSWERS) and bring.holds("../ready.yaml")
    earlier = mapping.replace("  key: links.issue\n", "")
    assert earlier != mapping
    bring.forget()
    found = bring.run(file(issue(title="[Elm University / Ann Lee] - Hubs")), "--update", map=earlier, code=1)
    assert found["kept"][0]["asked"] == [{"field": "title", "record": "A hub", "table": "Hubs"}]
    assert deals(bring) == {"elm-university-a-hub": "A hub"}


def test_a_deal_is_found_whatever_its_file_is_called_by_now(bring):
    bring.run(file(issue()), answers=ANSWERS)
    old = bring.repo.root / "deals/elm-university-a-hub.yaml"
    old.rename(old.with_name("elm.yaml"))
    newer = file(issue(title="[Elm University] - Hubs", url="https://github.com/Org/leads/issues/1/"))
    bring.run(newer, "--update", answers=ANSWERS, code=1)
    assert [*deals(bring)] == ["elm"]


def test_an_issue_whose_link_somebody_took_out_is_known_by_the_last_import(bring):
    bring.run(file(issue()), answers=ANSWERS)
    path = "deals/elm-university-a-hub.yaml"
    lines = bring.holds(path).splitlines(keepends=True)
    bring.repo.write(
        path, "".join(line for line in lines if "links:" not in line and "kind: issue" not in line).encode()
    )
    bring.run(file(issue(title="[Elm University] - Hubs")), "--update", answers=ANSWERS)
    assert {deal.title for deal in load(bring.repo.root)[0].deals.values()} >= {"Hubs"}
    assert "elm-university-hubs" not in load(bring.repo.root)[0].deals


def test_a_deal_that_was_removed_stays_removed_under_another_title(bring):
    bring.run(file(issue()), answers=ANSWERS)
    (bring.repo.root / "deals/elm-university-a-hub.yaml").unlink()
    removed = "removed:\n  - {kind: deal, id: elm-university-a-hub, date: 2026-11-19, by: jim, why: A test}\n"
    bring.repo.write("playbook/removed.yaml", removed.encode())
    found = bring.run(file(issue(title="[Elm University] - Hubs")), "--update", answers=ANSWERS)
    assert (found["became"]["skipped"], deals(bring)) == (1, {})


def test_a_new_issue_with_the_former_title_of_another_is_another_deal(bring):
    bring.run(file(issue()), answers=ANSWERS)
    newer = file(issue(title="[Elm University / Ann Lee] - Hubs"), issue(2, createdAt="2026-03-05T09:00:00Z"))
    bring.run(newer, "--update", answers=ANSWERS)
    assert deals(bring) == {"elm-university-a-hub": "Hubs", "elm-university-a-hub-2": "A hub"}
    before = bring.files()
    assert bring.run(newer, "--update", answers=ANSWERS)["written"] == []
    assert bring.files() == before


def test_issues_of_two_repositories_with_one_number_are_two_deals(bring):
    other = {"url": "https://github.com/org/others/issues/1", "title": "[Oak College] - Other"}
    bring.run(file(issue(), issue(**other)), answers=ANSWERS)
    assert deals(bring) == {"elm-university-a-hub": "A hub", "oak-college-other": "Other"}
    swapped = file(issue(title="[Elm University] - One"), issue(**other | {"title": "[Oak College] - Two"}))
    bring.run(swapped, "--update", answers=ANSWERS)
    assert deals(bring) == {"elm-university-a-hub": "One", "oak-college-other": "Two"}


def test_an_issue_that_moved_to_another_repository_is_found_by_its_title_and_then_by_its_new_address(bring):
    bring.run(file(issue()), answers=ANSWERS)
    there = "https://github.com/org/others/issues/7"
    bring.run(file(issue(7, url=there)), "--update", answers=ANSWERS)
    bring.run(file(issue(7, "[Elm University / Ann Lee] - Hubs", url=there)), "--update", answers=ANSWERS)
    assert deals(bring) == {"elm-university-a-hub": "Hubs"}


def test_an_issue_that_moved_and_has_another_title_is_asked_until_the_deal_has_the_new_link(bring):
    bring.run(file(issue(), issue(2, "[Oak College] - Other")), answers=ANSWERS)
    there = "https://github.com/org/others/issues/7"
    moved = file(issue(7, "[Elm University / Ann Lee] - Hubs", url=there), issue(2, "[Oak College] - Other"))
    found = bring.run(moved, "--update", answers=ANSWERS, code=1)
    [(row, column, reason, told)] = reasons(found, "asked")
    assert (row, column, told) == (1, "organisation", "elm-university-a-hub")
    assert reason.startswith(
        "names a deal that is new, or one of the same institution and first day whose address is gone"
    )
    assert found["became"] == {"taken": 1, "rejected": 0, "asked": 1, "skipped": 0}
    assert [*deals(bring)] == ["elm-university-a-hub", "oak-college-other"]
    deal = bring.repo.root / "deals/elm-university-a-hub.yaml"
    link = "  - {kind: issue, url: https://github.com/org/leads/issues/1}\n"
    deal.write_text(deal.read_text().replace(link, link + link.replace("leads/issues/1", "others/issues/7")))
    bring.run(moved, "--update", answers=ANSWERS)
    assert deals(bring) == {"elm-university-a-hub": "Hubs", "oak-college-other": "Other"}


def test_one_that_is_another_deal_of_that_day_comes_in_where_the_mapping_says_so(bring):
    bring.run(file(issue()), answers=ANSWERS)
    other = file(issue(7, "[Elm University / Ann Lee] - Hubs"))
    bring.run(other, answers=ANSWERS, code=1)
    mapping = (bring.repo.root.parent / "ready.yaml").read_text()
    bring.run(other, map=f"{mapping}ours: [elm-university-a-hub.links]\n")
    assert deals(bring) == {"elm-university-a-hub": "A hub", "elm-university-hubs": "Hubs"}
    bring.run(file(issue(8, "[Elm University] - Later", createdAt="2026-03-05T09:00:00Z")), answers=ANSWERS)
    assert "elm-university-later" in deals(bring), "of another day nothing is asked"


def test_a_request_whose_issues_name_another_community_is_one_deal_and_takes_its_next_issue(bring):
    def request(name, *phases):
        called = "[New Hub] [Phase {}] Setup - {}"
        days = "2026-01-0{}T09:00:00Z"
        return file(*(issue(at, called.format(at, name), createdAt=days.format(at)) for at in phases))

    bring.run(request("Ash College", 1, 2), answers=ANSWERS)
    bring.run(request("Ash University", 1, 2, 3), "--update", answers=ANSWERS)
    assert [*deals(bring)] == ["ash-college-new-hub"]
    deal = load(bring.repo.root)[0].deals["ash-college-new-hub"]
    assert (deal.member, len(deal.links)) == ("ash-university", 3)
    assert [one.note.rpartition(" - ")[2] for one in deal.activity] == ["Ash University"] * 3


def test_a_request_that_names_its_deal_in_hubspot_is_found_under_another_name_and_not_taken_for_a_stranger(bring):
    body = "### Hubspot Deal URL\n\nhttps://app.hubspot.com/contacts/7/record/0-3/42\n"
    bring.run(file(issue(1, "[New Hub] [Phase 1] Setup - Ash", body=body)), answers=ANSWERS)
    found = bring.run(file(issue(1, "[New Hub] [Phase 1] Setup - Oak", body=body)), "--update", answers=ANSWERS)
    assert (found["deals"]["updated"], found["became"]["skipped"]) == (1, 0)


def test_an_issue_that_two_deals_link_is_asked(bring):
    link = "links:\n  - {kind: issue, url: https://github.com/org/leads/issues/1}\n"
    bring.repo.deal(link, id="one")
    bring.repo.deal(link, id="two")
    found = bring.run(file(issue()), answers=ANSWERS, code=1)
    assert [value for *_, value in reasons(found, "asked")] == ["one, two"]
    assert [*deals(bring)] == ["one", "two"]


def test_an_issue_about_a_deal_on_file_makes_no_second_one(bring):
    bring.repo.deal('x: {hubspot: "42"}\n')
    body = "### Hubspot Deal URL\n\nhttps://app.hubspot.com/contacts/7/record/0-3/42\n"
    found = bring.run(file(issue(1, "[New Hub] [Phase 1] Setup - Ash", body=body)), answers=ANSWERS)
    assert reasons(found, "skipped")[0][3] == "acme: https://github.com/org/leads/issues/1"
    assert found["deals"]["new"] == 0


def test_text_of_strangers_stays_text(bring):
    body = "<script>alert(1)</script> =cmd|' /C calc'!A0 {{ 7*7 }} [x](javascript:alert(1))"
    bring.run(
        file(issue(title="[Elm <b>U</b>] - <img src=x onerror=alert(1)>", body=body, url="javascript:alert(1)")),
        answers=ANSWERS,
    )
    (path,) = [path for path in bring.files() if path.startswith("deals/elm")]
    deal = load(bring.repo.root)[0].deals[path.split("/")[1].removesuffix(".yaml")]
    assert deal.title == "<img src=x onerror=alert(1)>"
    assert deal.activity[0].note == body
    assert deal.links == ()


def test_a_newer_file_without_some_answers_is_read_with_the_same_mapping(bring):
    raw = file(issue(1, "[New Hub] [Phase 1] Setup - Ash", body="### Cloud Provider\n\nAWS"))
    mapping = bring.run(raw, answers=ANSWERS) and bring.holds("../ready.yaml")
    assert bring.run(file(issue(2)), map=mapping)["deals"]["new"] == 1
    bring.repo.write("../issues.json", file(issue(3, "[Oak] - B", body="### Budget\n\nnone")))
    ran = bring.repo.run("import", "github", "../issues.json", "--map", "../ready.yaml")
    assert "The mapping says nothing of: form: Budget" in ran.err


def test_what_nobody_said_is_asked_before_anything_is_written(bring):
    before = bring.files()
    raw = file(issue(assignees=[]))
    found = bring.run(raw, code=2)
    assert {problem["field"] for problem in found["problems"]} >= {"deal.tier", "deal.owner.missing"}
    assert bring.files() == before
    bring.repo.write("../issues.json", raw)
    assert "--detect > github.yaml" in bring.repo.run("import", "github", "../issues.json").err


NESTED = b"[" * 100_000
HOSTILE = {
    "nothing": b"",
    "no JSON": b"hello",
    "not a list": b'{"number": 1}',
    "UTF-16": "[]".encode("utf-16"),
    "very deep": NESTED,
    "a number of 5,000 digits": b'[{"title": ' + b"9" * 5000 + b"}]",
    "NaN": b'[{"title": NaN}]',
    "numbers for texts": file(issue(title=1, body=2, labels=3, assignees="x", timeline={"a": 1})),
    "odd parts": file(issue(labels=[1, None, {"name": None}], assignees=[None, {"login": 5}], author=None, timeline=[1, {"event": "labeled"}])),
    "no day": file(issue(createdAt="yesterday")),
    "a lone half of a pair": b'[{"title": "[Elm] - \\ud800", "createdAt": "2026-01-05T09:00:00Z"}]',
    "invisible labels": file(issue(body="### A\u202eb\x07\n\nyes\n### \u200b\n\nno", labels=[{"name": "x\u202ey\x07"}])),
    "controls": file(issue(title="[Elm] - \x1b[31m red", body="a\0b")),
    "a body of 10 MB": file(issue(body="a" * 10_000_000)),
    "a title of 10 MB": file(issue(title="[Elm] - " + "a" * 10_000_000)),
    "a thousand labels": file(issue(body="".join(f"### Label {at}\n\nyes\n" for at in range(1000)))),
    "a label that breaks out": file(issue(body='### "}, {x: y}: # \\\n\nyes\n### ...\n\nno', labels=[{"name": '"}, {x: ? #'}])),
    "labels in scripts": file(issue(body="### 质量\n\nyes\n### 数量\n\nno\n", labels=[{"name": "质量"}])),
    "the same issue a thousand times": file(*[issue()] * 1000),
}  # fmt: skip


@pytest.mark.parametrize("raw", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_file_is_a_message_or_the_right_record(bring, raw):
    before = bring.files()
    bring.repo.write("../issues.json", raw)
    said = bring.repo.run("import", "github", "../issues.json", "--detect")
    assert said.code in (0, 2)
    if said.code == 0:
        run = partial(bring.repo.run, "import", "github", "../issues.json", "--format", "json")
        bring.repo.write(
            "../ready.yaml",
            said.out.replace("tier: ?", "tier: general #").replace("missing: ?", "missing: jim #").encode(),
        )
        ran = run("--map", "../ready.yaml")
        assert ran.code in (0, 1), ran.out
        found = json.loads(ran.out)
        assert found["rows"] == sum(found["became"].values())
        assert "\u202e" not in said.out
    assert load(bring.repo.root)[1] == []
    after = bring.files()
    assert all(after[path] == data for path, data in before.items())
