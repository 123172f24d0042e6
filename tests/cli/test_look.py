"""The commands to look: list, show, board, metrics; what they print, what machines read, and what they say when they cannot."""

import csv
import io
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

ESCAPES = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f]")
LOOKS = [
    ("list",),
    ("list", "members"),
    ("list", "experiments"),
    ("list", "questions"),
    ("board",),
    ("metrics",),
    ("show", "cascadia-2025"),
    ("show", "cascadia-university"),
]
LOOK_IDS = [" ".join(words) for words in LOOKS]


def rows(out):
    """The cells of a printed table, without its head."""
    return [re.split(r"\s{2,}", line.strip()) for line in out.splitlines()[1:]]


@pytest.fixture
def busy(repo):
    """A repository with a deal in each of several states."""
    repo.member("name: Other University", id="other-university")
    repo.deal("stages: [enrichment: 2026-11-10]", id="fresh")
    repo.deal(
        "stages: [enrichment: 2026-01-05, outreach: 2026-01-19]\nnext: {action: Call the dean, due: 2026-11-19}",
        id="late",
    )
    repo.deal(
        "member: other-university\nowner: april\nstages: [enrichment: 2026-01-05]\nparked: [{since: 2026-02-01, until: 2027-01-01, why: Grant}]\nnext: {action: Ask, due: 2026-03-01}",
        id="waiting",
    )
    repo.deal(
        "type: existing business\nrenews: cascadia-2025\nstages: [renewals: 2026-10-01]\nvalue: {mrr: 10 CAD, one_off: 5.50 USD}",
        id="again",
    )
    repo.deal(
        "stages: [enrichment: 2026-01-05, closed lost: 2026-02-01]\nnext: {action: Nothing, due: 2026-03-01}", id="gone"
    )
    return repo


# list


def test_deals_are_listed_by_stage_the_oldest_first(busy):
    ran = busy.run("list")
    assert ran.code == 0
    assert "cannot be counted" not in ran.err
    assert [row[0] for row in rows(ran.out)] == ["waiting", "fresh", "late", "again", "cascadia-2025", "gone"]
    assert ran.out.splitlines()[0].split() == ["deal", "member", "stage", "days", "owner", "worth", "next", "step"]
    assert rows(ran.out)[0] == [
        "waiting",
        "Other University",
        "enrichment (parked)",
        "27 (292 parked)",
        "april",
        "15,000 USD",
        "2026-03-01 Ask",
    ]
    assert rows(ran.out)[3][5] == "120 CAD + 5.50 USD"
    assert rows(ran.out)[5][-1] == "15,000 USD", "a closed deal has no next step"


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        (["--stage", "enrichment"], ["waiting", "fresh"]),
        (["--owner", "april"], ["waiting"]),
        (["--type", "existing"], ["again"]),
        (["--type", "existing business"], ["again"]),
        (["--type", "new", "--open"], ["waiting", "fresh", "late"]),
        (["--member", "other-university"], ["waiting"]),
        (["--parked"], ["waiting"]),
        (["--overdue"], ["late"]),
        (["--open", "--owner", "jim", "--stage", "outreach"], ["late"]),
        (["--stage", "proposal"], []),
    ],
)
def test_filters_narrow_the_list(busy, filters, found):
    ran = busy.run("list", *filters)
    assert ran.code == 0
    assert [row[0] for row in rows(ran.out)] == found


@pytest.mark.parametrize(
    ("filters", "said"),
    [
        (["--stage", "proposl"], "--stage: there is no 'proposl'; did you mean 'proposal'?"),
        (["--stage", "Closed Wn"], "--stage: there is no 'Closed Wn'; did you mean 'closed won'?"),
        (["--owner", "jimm"], "--owner: there is no 'jimm'; did you mean 'jim'?"),
        (["--owner", "zzz"], "--owner: there is no 'zzz'; known: jim, april"),
        (["--type", "renewal"], "--type: there is no 'renewal'; write new or existing; a renewal is existing"),
        (["--member", "cascadias"], "--member: there is no 'cascadias'; did you mean 'cascadia-university'?"),
        (["members", "--open"], "these filters are for deals, not for members"),
        (["customers"], "'customers'"),
        (["--stage", "\x1b[31mred"], "there is no '\\x1b[31mred'"),
    ],
)
def test_a_filter_that_can_match_nothing_is_called_wrongly(busy, filters, said):
    ran = busy.run("list", *filters)
    assert ran.code == 2
    assert said in ran.err
    assert ran.out == ""
    assert not ESCAPES.search(ran.err)


def test_members_are_listed_with_the_deals_that_had_begun(busy):
    ran = busy.run("list", "members")
    assert rows(ran.out) == [
        ["cascadia-university", "Cascadia University", "university", "US", "5"],
        ["other-university", "Other University", "university", "US", "1"],
    ]
    assert rows(busy.run("list", "members", "--as-of", "2025-12-31").out)[0][-1] == "1"


def test_what_machines_read_of_a_deal(busy):
    told = json.loads(busy.run("list", "--format", "json").out)
    assert (told["schema_version"], told["as_of"]) == (1, "2026-11-20")
    found = {deal["id"]: deal for deal in told["deals"]}
    late, waiting, fresh = found["late"], found["waiting"], found["fresh"]
    assert late["stage"] == "outreach"
    assert (late["since"], late["age"], late["open"], late["parked"]) == ("2026-01-19", 305, True, None)
    assert late["next"] == {"action": "Call the dean", "due": "2026-11-19"}
    assert late["concerns"] == ["the next step was due on 2026-11-19"]
    assert late["missing"][0] == {"to": "discovery", "when": "They engage", "needs": ["at least 1 contact"]}
    assert late["member"] == "cascadia-university", "the record itself stands beside what follows from it"
    assert (late["member_name"], late["owner_name"]) == ("Cascadia University", "Jim")
    assert late["worth"] == [{"amount": "15000.00", "currency": "USD"}]
    assert late["amounts"]["value.mrr"] == {"amount": "1250.00", "currency": "USD"}
    assert [worth["currency"] for worth in found["again"]["worth"]] == ["CAD", "USD"]
    assert waiting["parked"] == "parked until 2027-01-01"
    assert fresh["last_contact"] is None
    assert found["cascadia-2025"]["last_contact"] == "2025-01-27"
    assert found["cascadia-2025"]["next"] is None, "every deal has the same keys"
    assert found["gone"]["unfinished"]
    derived = {"stage", "since", "age", "parked", "open", "next", "missing", "concerns", "last_contact", "unfinished"}
    assert all(derived <= deal.keys() for deal in found.values())


def test_what_machines_read_of_a_member(busy):
    first, second = json.loads(busy.run("list", "members", "--format", "json").out)["members"]
    assert first["id"] == "cascadia-university"
    assert first["name"] == "Cascadia University"
    assert first["deals"] == ["again", "cascadia-2025", "fresh", "gone", "late"]
    assert second["deals"] == ["waiting"]
    earlier = json.loads(busy.run("list", "members", "--format", "json", "--as-of", "2025-12-31").out)["members"]
    assert earlier[0]["deals"] == ["cascadia-2025"]
    alone = json.loads(busy.run("show", "cascadia-university", "--format", "json").out)
    assert alone == {"schema_version": 1, "as_of": "2026-11-20", **first}


def table_of(ran) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(ran.out)))


def test_a_spreadsheet_takes_the_list_with_a_column_for_each_currency(busy):
    found = {row["deal"]: row for row in table_of(busy.run("list", "--format", "csv"))}
    assert found["late"] == {
        "deal": "late", "title": "General Membership", "member": "cascadia-university", "member_name": "Cascadia University",
        "type": "new business", "tier": "general", "owner": "jim", "owner_name": "Jim", "stage": "outreach",
        "since": "2026-01-19", "days": "305", "open": "yes", "parked": "", "next": "Call the dean", "due": "2026-11-19",
        "expected_close": "", "worth_CAD": "", "worth_USD": "15000",
    }  # fmt: skip
    assert (found["again"]["worth_CAD"], found["again"]["worth_USD"]) == ("120", "5.50")
    assert [row["member"] for row in table_of(busy.run("list", "members", "--format", "csv"))] == [
        "cascadia-university",
        "other-university",
    ]


def test_a_title_is_no_formula_in_a_spreadsheet(repo):
    repo.deal("title: '=HYPERLINK(1)'\nnext: {action: '+1 on the phone, \"please\"', due: 2099-01-01}")
    [_, deal] = sorted(table_of(repo.run("list", "--format", "csv")), key=lambda row: row["deal"], reverse=True)
    assert (deal["title"], deal["next"]) == ("'=HYPERLINK(1)", '\'+1 on the phone, "please"')


# show


def test_a_deal_ends_with_what_is_missing_for_each_exit(busy):
    ran = busy.run("show", "late")
    assert ran.code == 0
    assert ran.out.splitlines()[:5] == [
        "General Membership · Cascadia University",
        "Outreach · 305 days, since 2026-01-19 · new business · general · owner Jim",
        "worth 15,000 USD",
        "next: Call the dean, by 2026-11-19",
        "! the next step was due on 2026-11-19",
    ]
    assert "  2026-01-05  enrichment     14 days" in ran.out
    assert "MANIAC-T, 2 of 7 answered" in ran.out
    ways = ran.out[ran.out.index("To discovery") :]
    assert ways.splitlines()[0] == "To discovery (They engage): 1 missing"
    assert "  - at least 1 contact (An opened e-mail is not a conversation" in ways
    assert "  - Reason: unresponsive" in ways
    assert "  - Learned (What the team learned.)\n" in ways


def test_a_need_with_one_answer_says_yes_and_not_true(repo):
    repo.deal("icp: {hypothesis: teaching-led, version: 1}")
    assert "  - Fit (ICP fit): yes (Whether the prospect fits.)\n" in repo.run("show", "acme").out


WHOLE = """
    source: {channel: referral, referred_by: other-university}
    probability: {value: 60%, date: 2026-02-01, why: The dean agreed}
    next: {action: Call the dean, due: 2099-01-01, owner: april}
    activity:
      - {date: 2026-01-13, kind: email, template: intro@2, replied: 2026-01-15}
      - {date: 2026-02-03, kind: meeting, about: discovery, status: held, with: [a-smith], note: "They teach 300 students"}
    proposal: {requested: 2026-02-05, objections: [{about: price, note: Too much for one course, resolved: true}]}
    contract: {signed: 2026-02-20, start: 2026-03-01, end: 2027-02-28, mrr: 1250 USD, entity: Sponsor}
    order: {created: 2026-02-21, delivery_owner: april, hubs: [{name: teaching, storage: 10 GB}]}
    win: {learning: The course decided, signals: [course]}
    loss: {reason: timing, learning: Ask earlier, verdict: execution}
    renewal: {health_checked: 2026-02-01, intent: confirmed}
    renews: cascadia-2025
    waived: [{need: maniac_t.money, stage: outreach, by: jim, date: 2026-01-12, why: Verbal yes}]
    corrections: [{field: stages.1, was: 2026-01-10, by: april, date: 2026-02-02, why: The call was later}]
    links: [{kind: folder, url: "https://drive.example/a"}]
    x: {vpat: {sent: 2026-02-02}, colour: green}
    maniac_t: {authority: {status: met, date: 2026-01-06, note: The dean signs, contacts: [a-smith]}}
"""


def test_a_deal_is_shown_whole(repo):
    repo.deal(WHOLE)
    out = repo.run("show", "acme").out
    for said in (
        "\nMore\n  Last contact: 2026-02-03\n  Renews: cascadia-2025\n",
        "\nPeople\n  Jim: owner\n  April: next step, delivery owner\n"
        "  a-smith: Director of Research Computing, decides, last spoken to on 2026-02-03\n",
        "\nProbability\n  value: 60 %\n",
        "\nSource\n  channel: referral\n  referred by: other-university\n",
        "\nActivity\n  2026-02-03  discovery meeting, held, with a-smith: They teach 300 students\n"
        "  2026-01-13  email, template intro@2, replied 2026-01-15\n",
        "  objections:\n    about price, resolved yes: Too much for one course\n",
        "\nContract\n  signed: 2026-02-20\n  start: 2026-03-01\n  end: 2027-02-28\n  MRR: 1,250 USD\n  entity: Sponsor\n",
        "\nOrder\n  hubs:\n    name teaching, storage 10 GB\n  created: 2026-02-21\n  delivery owner: April\n",
        "\nWin\n  learned: The course decided\n  signals: course\n",
        "\nLoss\n",
        "reason timing",
        "\nRenewal\n  health checked: 2026-02-01\n  intent: confirmed\n",
        "\nWaivers\n  2026-01-12  need maniac_t.money, stage outreach, by Jim: Verbal yes\n",
        "\nCorrections\n  2026-02-02  field stages.1, was 2026-01-10, by April: The call was later\n",
        "\nLinks\n  kind folder, url https://drive.example/a\n",
        "\nOwn fields\n  vpat: sent: 2026-02-02\n  colour: green\n",
        "  authority        met      2026-01-06  The dean signs · contacts a-smith\n",
    ):
        assert said in out, said


def test_a_section_that_holds_nothing_is_not_there(repo):
    repo.deal("stages: [enrichment: 2026-01-05]")
    out = repo.run("show", "acme").out
    assert not {"Contract", "Win", "Loss", "Order", "Waivers", "Activity"} & set(out.splitlines())


def test_on_an_earlier_day_a_deal_shows_what_had_happened_by_then(repo):
    repo.deal(WHOLE)
    out = repo.run("show", "acme", "--as-of", "2026-01-20").out
    assert "They teach 300 students" not in out
    assert "email, template intro@2" in out


def test_what_machines_read_of_the_whole_deal(repo):
    repo.deal(WHOLE)
    told = json.loads(repo.run("show", "acme", "--format", "json").out)
    assert (told["schema_version"], told["as_of"], told["last_contact"]) == (1, "2026-11-20", "2026-02-03")
    assert told["people"][:2] == [
        {"id": "jim", "name": "Jim", "as": ["owner"]},
        {"id": "april", "name": "April", "as": ["next step", "delivery owner"]},
    ]
    assert told["people"][2]["id"] == "a-smith"
    assert {
        "contract",
        "win",
        "loss",
        "activity",
        "proposal",
        "source",
        "waived",
        "corrections",
        "links",
    } <= told.keys()
    assert {"order", "renewal", "renews", "x"} <= told.keys()


def test_a_closed_deal_ends_with_what_it_needs_to_be_complete(busy):
    busy.not_handed_off()
    ran = busy.run("show", "cascadia-2025")
    assert "To be complete (The hubs are up and people work on them): 4 missing" in ran.out
    assert "  - Created (order)" in ran.out
    assert "next:" not in busy.run("show", "gone").out


def test_one_day_is_one_day(repo):
    repo.deal("stages: [enrichment: 2026-11-18, outreach: 2026-11-19]")
    out = repo.run("show", "acme").out
    assert "Outreach · 1 day, since 2026-11-19" in out
    assert "1 days" not in out
    assert "1 days" not in repo.run("show", "cascadia-university").out


def test_a_member_is_shown_with_contacts_and_deals(busy):
    out = busy.run("show", "cascadia-university").out
    assert out.splitlines()[:2] == ["Cascadia University", "university · US"]
    assert "a-smith           Director of Research Computing" in out
    assert re.search(r"late +outreach +305 days +General Membership", out)


@pytest.mark.parametrize(
    ("id", "said"),
    [
        ("cascadia-2024", "there is no deal or member 'cascadia-2024'; did you mean 'cascadia-2025'?"),
        ("nothing-like-it-at-all", "there is no deal or member 'nothing-like-it-at-all'"),
        ("../team", "there is no deal or member '../team'"),
        ("\x1b[2J", "there is no deal or member '\\x1b[2J'"),
    ],
)
def test_an_unknown_id_is_called_wrongly(repo, id, said):
    ran = repo.run("show", id)
    assert ran.code == 2
    assert said in ran.err
    assert not ESCAPES.search(ran.err)


def test_a_deal_is_unknown_before_it_began(repo):
    repo.deal("stages: [enrichment: 2026-06-01]")
    ran = repo.run("show", "acme", "--as-of", "2026-05-31")
    assert ran.code == 2
    assert "the deal 'acme' started after 2026-05-31" in ran.err


def test_a_record_that_cannot_be_read_is_not_called_unknown(repo):
    repo.write("deals/acme.yaml", "title: [\n")
    repo.write("members/other-university.yaml", "name: [\n")
    deal, member = repo.run("show", "acme"), repo.run("show", "other-university")
    assert (deal.code, member.code) == (1, 1)
    assert "the deal 'acme' cannot be shown" in deal.err
    assert "the member 'other-university' cannot be shown" in member.err
    assert deal.out == member.out == ""


# board


def test_the_board_shows_open_deals_by_stage_and_parked_ones_apart(busy):
    out = busy.run("board").out
    assert out.splitlines()[0] == "Enrichment  1 deal, 15,000 USD"
    assert "   305 d  late !  Cascadia University" in out
    assert "Renewals  1 deal, 120 CAD + 5.50 USD" in out
    assert "Discovery  0 deals\n" in out
    assert "          waiting  parked until 2027-01-01\n" in out
    assert out.endswith("! needs attention: salesops show ID says why\n")
    assert "gone" not in out


def test_what_machines_read_of_the_board(busy):
    board = json.loads(busy.run("board", "--format", "json").out)
    assert (board["schema_version"], board["as_of"]) == (1, "2026-11-20")
    assert [(stage["stage"], stage["count"], stage["worth"]) for stage in board["stages"]] == [
        ("enrichment", 1, {"USD": "15000.00"}),
        ("outreach", 1, {"USD": "15000.00"}),
        ("discovery", 0, {}),
        ("renewals", 1, {"CAD": "120.00", "USD": "5.50"}),
        ("proposal", 0, {}),
    ]
    assert [deal["id"] for deal in board["parked"]] == ["waiting"]
    assert board["stages"][1]["deals"][0]["age"] == 305


# metrics


def test_metrics_are_printed_one_a_line_and_planned_ones_read_not_yet(busy, planned):
    found = {row[0]: row[1:] for row in rows(busy.run("metrics").out)}
    assert found["sqd"] == ["2", "1 existing business · 1 new business"]
    assert found[planned] == ["not yet"]
    assert found["outreach-to-discovery"][0] == "1 of 1"


def test_a_metric_by_name_comes_with_its_evidence(busy):
    out = busy.run("metrics", "sqd", "--evidence").out
    assert out.splitlines()[0] == "Sales Qualified Deals (sqd): 2  1 existing business · 1 new business"
    assert "  counted (2): again, late" in out
    assert "left out: waiting" not in out, "it is in no sales qualified stage"
    assert "counted (" in busy.run("metrics", "--evidence").out


def test_a_metric_by_name_says_how_many_deals_were_counted_and_left_out_for_which_reason(busy):
    out = busy.run("metrics", "win-rate").out
    assert out.splitlines()[0].startswith("Win rate (win-rate): 1 of 2")
    assert "\n  counted: 2 deals\n  left out: 3 still open\n  left out: 1 parked until 2027-01-01\n" in out
    assert out.endswith("--evidence names the deals\n")
    assert "late" not in out


def test_machines_are_told_the_deals_only_where_the_evidence_is_asked_for(busy):
    short, long = (
        json.loads(busy.run("metrics", "win-rate", "--format", "json", *more).out)["metrics"][0]
        for more in ([], ["--evidence"])
    )
    assert (short["included_count"], short["excluded_count"]) == (2, {"open": 3, "parked": 1})
    assert long.keys() - short.keys() == {"included", "excluded", "near", "hit", "attempts_counted"}
    assert all(long[key] == value for key, value in short.items())


def test_the_evidence_names_the_near_misses_as_explain_does(busy):
    explained = busy.run("explain", "sqd", "--as-of", "2026-11-20").out
    [found] = json.loads(busy.run("metrics", "sqd", "--evidence", "--format", "json").out)["metrics"]
    near = {left["deal"]: left["why"] for left in found["near"]}
    assert near
    assert not near.keys() & {left["deal"] for left in found["excluded"]}
    text = busy.run("metrics", "sqd", "--evidence").out
    table = busy.run("metrics", "sqd", "--evidence", "--format", "csv").out
    for deal, why in near.items():
        assert why in explained
        assert f"  left out: {deal}: {why}\n" in text
        assert f'sqd,{deal},no,"{why}"' in table or f"sqd,{deal},no,{why}" in table


def test_a_conversion_names_a_deal_once_and_counts_its_attempts_apart(busy):
    busy.deal(
        """
        stages: [enrichment: 2026-01-05, outreach: 2026-01-12, closed lost: 2026-02-02, enrichment: 2026-03-02,
          outreach: 2026-03-09, closed lost: 2026-04-06]
        """,
        id="twice",
    )
    ran = busy.run("metrics", "outreach-to-discovery", "--evidence", "--format", "json")
    [found] = json.loads(ran.out)["metrics"]
    assert found["included"].count("twice") == 1
    assert found["attempts"]["failed"] == 2


def test_what_machines_read_of_metrics(busy, planned):
    words = ("sqd", "win-rate", planned)
    told = json.loads(busy.run("metrics", *words, "--evidence", "--format", "json").out)
    assert {key: told[key] for key in ("schema_version", "as_of", "from", "known")} == {
        "schema_version": 1, "as_of": "2026-11-20", "from": None, "known": None,
    }  # fmt: skip
    sqd, win_rate, idea = told["metrics"]
    assert (sqd["id"], sqd["title"], sqd["status"], sqd["kind"]) == (
        "sqd",
        "Sales Qualified Deals",
        "implemented",
        "count",
    )
    assert (sqd["value"], sqd["split"], sqd["included"]) == (
        2,
        {"existing business": 1, "new business": 1},
        ["again", "late"],
    )
    assert (win_rate["value"], win_rate["hits"], win_rate["out_of"]) == (0.5, 1, 2)
    assert len(win_rate["interval"]) == 2
    assert {"deal", "why", "reason"} == win_rate["excluded"][0].keys()
    assert (idea["status"], idea["value"]) == ("planned", None)


def test_a_spreadsheet_takes_readings_one_a_row_and_money_one_a_currency(busy, planned):
    found = table_of(busy.run("metrics", "win-rate", "pipeline-value", planned, "--format", "csv"))
    assert [(row["metric"], row["value"], row["currency"], row["hits"], row["out_of"]) for row in found] == [
        ("win-rate", "0.5", "", "1", "2"),
        ("pipeline-value", "120", "CAD", "", ""),
        ("pipeline-value", "30005.50", "USD", "", ""),
        (planned, "", "", "", ""),
    ]
    deals = table_of(busy.run("metrics", "sqd", "win-rate", "--evidence", "--format", "csv"))
    assert {
        "as_of": "2026-11-20",
        "metric": "sqd",
        "deal": "late",
        "counted": "yes",
        "why": "",
        "attempts": "",
    } in deals
    assert ("win-rate", "waiting", "no") in [(row["metric"], row["deal"], row["counted"]) for row in deals]


def test_a_spreadsheet_takes_a_series_a_row_for_each_day(busy):
    series = ("--since", "2026-01-01", "--every", "month", "--as-of", "2026-03-01", "--format", "csv")
    found = table_of(busy.run("metrics", "open-deals", *series))
    assert [row["as_of"] for row in found] == ["2026-01-01", "2026-02-01", "2026-03-01"]
    assert {row["metric"] for row in found} == {"open-deals"}


def test_rates_can_be_narrowed_to_what_closed_since_a_day(busy):
    def hits(*words):
        return json.loads(busy.run("metrics", "win-rate", "--format", "json", *words).out)["metrics"][0]["out_of"]

    assert hits() == 2
    assert hits("--from", "2026-01-01") == 1
    assert hits("--to", "2025-12-31") == 1
    assert hits("--from", "2025-01-01", "--to", "2026-12-31") == 2


def test_every_number_can_be_narrowed_to_some_deals_and_says_so(busy):
    def told(*words):
        return json.loads(busy.run("metrics", "open-deals", "--format", "json", *words).out)

    whole = told()
    parts = [told("--type", kind) for kind in ("new", "existing")]
    assert sum(part["metrics"][0]["value"] for part in parts) == whole["metrics"][0]["value"]
    assert (whole["only"], parts[0]["only"]) == ({}, {"type": "new business"})
    ran = busy.run("metrics", "open-deals", "--owner", "jim", "--tier", "general")
    assert ran.err.splitlines()[-1] == "only deals of owner jim, tier general"


def test_a_series_can_be_narrowed_too(busy):
    words = ("--since", "2026-11-01", "--as-of", "2026-11-20", "--format", "json")

    def series(*more):
        found = json.loads(busy.run("metrics", "open-deals", *words, *more).out)["series"]
        return [point["metrics"][0]["value"] for point in found]

    assert [sum(pair) for pair in zip(series("--type", "new"), series("--type", "existing"), strict=True)] == series()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["sdq"], "there is no metric 'sdq'; did you mean 'sqd'?"),
        (["--from", "2027-01-01"], "--from 2027-01-01 is after 2026-11-20"),
        (["--from", "soon"], "--from: 'soon' is not a day"),
        (["--from", "2026-03-01", "--to", "2026-02-01"], "--from 2026-03-01 is after --to 2026-02-01"),
        (["--owner", "jym"], "--owner: there is no 'jym'; did you mean 'jim'?"),
        (["--type", "old"], "--type: there is no 'old'; known: new business, existing business"),
        (["--tier", "generel"], "--tier: there is no 'generel'; did you mean 'general'?"),
        (["--source", "a friend"], "--source: there is no 'a friend'"),
        (["--as-of", "2026-02-30"], "--as-of: '2026-02-30' is not a date in the calendar"),
        (["--format", "xml"], "'xml'"),
    ],
)
def test_metrics_called_wrongly(repo, words, said):
    ran = repo.run("metrics", *words)
    assert ran.code == 2
    assert said in ran.err


# all of them


def test_an_earlier_day_shows_what_was_then(busy):
    day = ("--as-of", "2026-01-10")
    assert [row[0] for row in rows(busy.run("list", "--open", *day).out)] == ["gone", "late", "waiting"]
    assert "Enrichment  3 deals" in busy.run("board", *day).out
    assert "Enrichment · 5 days, since 2026-01-05" in busy.run("show", "gone", *day).out
    assert json.loads(busy.run("metrics", "open-deals", "--format", "json", *day).out)["metrics"][0]["value"] == 3
    assert rows(busy.run("list", SALESOPS_AS_OF="2026-01-10").out)[0][0] == "gone"


def test_before_the_first_deal_there_is_nothing_and_that_is_fine(repo):
    for words in (("list",), ("board",), ("metrics",), ("list", "members")):
        assert repo.run(*words, "--as-of", "1990-01-01").code == 0


@pytest.mark.parametrize("words", LOOKS, ids=LOOK_IDS)
def test_a_broken_file_is_named_and_the_rest_is_shown(repo, words):
    repo.write("deals/half-written.yaml", "title: [\n")
    ran = repo.run(*words)
    assert ran.code == 1
    assert "salesops: 1 file cannot be counted (deals/half-written.yaml): run salesops check" in ran.err
    assert ran.out
    assert "Traceback" not in ran.err


@pytest.mark.parametrize("words", LOOKS, ids=LOOK_IDS)
def test_without_a_process_nothing_can_be_counted(repo, words):
    (repo.root / "playbook/process/v3.yaml").unlink()
    ran = repo.run(*words)
    assert ran.code == 1
    assert "there is no process version in playbook/process/" in ran.err
    assert ran.out == ""


@pytest.mark.parametrize("words", LOOKS, ids=LOOK_IDS)
def test_outside_of_a_repository_they_are_called_wrongly(repo, tmp_path, words):
    ran = repo.run("-C", str(tmp_path), *words)
    assert ran.code == 2
    assert "this is not a salesops repository" in ran.err


@pytest.mark.parametrize("words", [(*words, *more) for words in LOOKS for more in ((), ("--format", "json"))])
def test_nothing_in_a_record_or_a_name_reaches_the_terminal_as_a_command(repo, words):
    """The reader refuses such characters; what slips into a file's name, or past it, is written as an escape."""
    repo.write("deals/\x1b[31m::error file=x.yaml", "title: x\n")
    repo.write("deals/escape.yaml", 'title: "\\e[2J"\n')
    repo.deal('title: "##[error] :: words"\nnext: {action: "::stop-commands::x", due: 2099-01-01}')
    ran = repo.run(*words)
    assert not ESCAPES.search(ran.out + ran.err)
    for line in (ran.out + ran.err).splitlines():
        assert not line.lstrip().startswith("::")
        assert "##[" not in line


def test_colour_is_only_for_terminals_that_want_it(repo):
    assert "\x1b[" not in repo.run("board").out
    assert "\x1b[" in repo.run("--color", "always", "board").out
    assert "\x1b[" in repo.run("board", FORCE_COLOR="1").out
    assert "\x1b[" not in repo.run("board", FORCE_COLOR="1", NO_COLOR="1").out


def test_a_reader_that_goes_away_ends_the_listing_quietly(repo):
    for at in range(300):
        repo.deal(id=f"deal-{at:03}")
    done = repo.spawn("list", "--format", "json", env={"PYTHONUNBUFFERED": "1"})
    assert done.returncode == 0
    command = f"'{Path(sys.executable).parent / 'salesops'}' list --format json | head -c 100"
    piped = subprocess.run(["sh", "-c", command], cwd=repo.root, capture_output=True, text=True, check=True)
    assert piped.stderr == ""


@pytest.mark.proof
def test_the_same_records_print_the_same_bytes(busy):
    for words in (("list",), ("board",), ("metrics",)):
        first, second = (busy.spawn(*words, "--format", "json", env={"PYTHONHASHSEED": seed}).stdout for seed in "12")
        assert first == second


# A deal that was lost twice, one that waited, one without a value

TWICE = """
stages:
  - enrichment: 2026-01-05
  - closed lost: 2026-02-01
  - enrichment: 2026-03-01
  - closed lost: 2026-04-01
reopened: [{date: 2026-03-01, why: A new dean}]
loss:
  - {reason: timing, learning: Asked too early, verdict: execution, reengage: 2026Q1, playbook: none needed}
  - {reason: price, learning: Ask who pays, verdict: icp, reengage: never, playbook: none needed}
"""


def test_the_days_of_a_visit_are_told_without_the_parked_ones(repo):
    repo.deal(
        "stages: [enrichment: 2026-01-01, outreach: 2026-03-02]\nparked: [{since: 2026-01-11, until: 2026-02-10, why: Grant}]"
    )
    out = repo.run("show", "acme", "--as-of", "2026-03-12").out
    assert "enrichment     30 days (30 parked)\n" in out
    assert "outreach       10 days\n" in out


def test_a_rate_names_each_attempt_of_a_deal_that_was_closed_twice(repo):
    repo.deal(TWICE)
    assert "\n  counted: 3 attempts of 2 deals\n" in repo.run("metrics", "win-rate").out
    out = repo.run("metrics", "win-rate", "--evidence").out
    assert "counted (3 attempts of 2 deals): cascadia-2025, acme (attempts 1 and 2)\n" in out
    told = json.loads(repo.run("metrics", "win-rate", "--evidence", "--format", "json").out)["metrics"][0]
    assert told["included"] == ["cascadia-2025", "acme"]
    assert {"deal": "acme", "attempt": 2} in told["attempts_counted"]
    table = list(csv.DictReader(io.StringIO(repo.run("metrics", "win-rate", "--evidence", "--format", "csv").out)))
    assert [row["attempts"] for row in table if row["deal"] == "acme"] == ["1 2"]


def test_each_loss_is_shown_with_its_day_and_a_quarter_as_it_was_written(repo):
    repo.deal(TWICE)
    out = repo.run("show", "acme").out
    assert "2026-02-01  reason timing" in out.replace(":", "")
    assert "2026Q1 (from 2026-01-01)" in out
    repo.deal(TWICE.replace("  - closed lost: 2026-04-01\n", ""))
    assert "  prepared    " in repo.run("show", "acme").out


def test_a_closed_deal_without_a_value_is_worth_its_contract(repo):
    text = (repo.root / "deals/cascadia-2025.yaml").read_text(encoding="utf-8")
    repo.write("deals/cascadia-2025.yaml", re.sub(r"(?m)^value:.*\n(?:  .*\n)*", "", text))
    assert "(contract)" in repo.run("list").out
    assert "by its contract" in repo.run("show", "cascadia-2025").out
    told = json.loads(repo.run("show", "cascadia-2025", "--format", "json").out)
    assert (told["worth_from"], bool(told["worth"])) == ("contract", True)


def test_how_many_of_several_touches_there_are_is_told(repo):
    repo.deal(
        "stages: [enrichment: 2026-01-01, outreach: 2026-02-02]\n"
        "activity: [{date: 2026-02-03, kind: email}, {date: 2026-02-10, kind: email}]"
    )
    assert "at least 3 email activities (2 of 3 so far)" in repo.run("show", "acme").out


def test_the_end_of_the_contract_is_wanted_before_a_win(repo):
    repo.deal("stages: [enrichment: 2026-01-01, outreach: 2026-02-02, discovery: 2026-02-03, proposal: 2026-02-04]")
    assert "  - End (contract) (The last day of the term, or open; salesops asks it" in repo.run("show", "acme").out


def test_what_is_missing_is_listed_with_its_owner_and_the_numbers_that_lack_it(repo):
    repo.deal("value: {}\nstages: [enrichment: 2026-11-10]\n", id="bare")
    found = {row[0]: row[1:] for row in rows(repo.run("metrics", "--debt").out)}
    assert found["bare"][:3] == ["it has no amount", "jim", "10"]
    assert "pipeline-value" in found["bare"][3]
    [debt] = json.loads(repo.run("metrics", "pipeline-value", "--debt", "--format", "json").out)["debt"]
    assert (debt["deal"], debt["owner"], debt["days"], debt["numbers"]) == ("bare", "jim", 10, ["pipeline-value"])


@pytest.mark.parametrize("words", [["--evidence"], ["--since", "2026-11-01"], ["--format", "csv"]])
def test_debt_is_a_list_of_its_own(repo, words):
    ran = repo.run("metrics", "--debt", *words)
    assert (ran.code, "--debt is a list of its own" in ran.err) == (2, True)
