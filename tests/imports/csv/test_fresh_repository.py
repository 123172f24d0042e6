"""What comes in from outside is green: a table goes into a fresh repository, and nothing in it has to be signed for."""

from __future__ import annotations

import csv
import io
import json
import subprocess
from datetime import date, timedelta

import pytest

from salesops.checks import check_book
from salesops.problems import errors
from salesops.setup.new_repository import files
from salesops.store.load import load

MAP = """\
currency: USD
deal:
  folder: deals/old
  id: {column: opportunity_id}
  title: {column: product}
  member: {column: account, missing: No account given}
  type: new business
  tier: {column: product, kind: id}
  owner: {column: sales_agent, people: add}
  stages:
    - {stage: enrichment, day: engage_date, when: {column: deal_stage, is: [Prospecting, Engaging]}, missing: 2017-12-31}
    - {stage: outreach, day: engage_date, when: {column: deal_stage, is: [Engaging, Won, Lost]}}
    - {stage: closed won, day: close_date, when: {column: deal_stage, is: Won}}
    - {stage: closed lost, day: close_date, when: {column: deal_stage, is: Lost}}
  fields:
    contract.signed: {column: close_date, when: {column: deal_stage, is: Won}}
    contract.one_off: {column: close_value, zero: leave out, when: {column: deal_stage, is: Won}}
members: {}
"""
HEAD = "opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date,close_value".split(",")
FIRST = date(2016, 10, 20)
TODAY = date(2026, 11, 20)


def rows(count):
    """Opportunities as the other program has them: all four stages, gaps, products that the process does not declare."""
    for number in range(count):
        stage = ("Won", "Lost", "Engaging", "Prospecting")[number % 4]
        began = FIRST + timedelta(days=number * 7 % 400)
        account = "" if stage == "Engaging" and number % 3 else f"Company {number % 11}"
        engaged = "" if stage == "Prospecting" else began
        closed = began + timedelta(days=number % 90) if stage in ("Won", "Lost") else ""
        value = {"Won": 100 + number, "Lost": 0}.get(stage, "")
        yield f"O{number}", f"Agent {number % 5}", f"Product {number % 3}", account, stage, engaged, closed, value


@pytest.fixture
def fresh(repo):
    """A repository as ``init`` makes it, with such a table imported."""
    for path in sorted(repo.root.rglob("*.yaml")):
        path.unlink()
    for path, data in files(TODAY):
        repo.write(path, data)
    table = io.StringIO(newline="")
    csv.writer(table).writerows([HEAD, *rows(40)])
    repo.write("../table.csv", table.getvalue().encode())
    repo.write("../map.yaml", MAP.encode())
    bring(repo)
    return repo


def bring(repo, *options):
    ran = repo.run("import", "csv", "../table.csv", "--map", "../map.yaml", "--format", "json", *options)
    assert ran.code == 0, ran.out + ran.err
    return json.loads(ran.out)


def codes(repo):
    book, problems = load(repo.root)
    return sorted({problem.code for problem in [*problems, *errors(check_book(book, TODAY))]})


def change(repo, deal, *pairs):
    """Another text in a deal's file."""
    path = repo.root / f"deals/old/{deal}.yaml"
    text = path.read_text(encoding="utf-8")
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new, 1)
    path.write_text(text, encoding="utf-8")


def git(repo, *words):
    subprocess.run(["git", "-C", repo.root, *words], check=True, capture_output=True)


def test_after_an_import_the_check_has_no_error_and_nothing_was_waived(fresh):
    assert codes(fresh) == []
    book, _ = load(fresh.root)
    assert not [deal_id for deal_id, deal in book.deals.items() if deal.waived]


def test_after_an_import_the_site_is_built(fresh, tmp_path):
    ran = fresh.run("site", "-o", str(tmp_path / "html"))
    assert ran.code == 0, ran.out + ran.err
    page = next((tmp_path / "html/deals").rglob("*o2*.html")).read_text(encoding="utf-8")
    assert "<small>imported</small>" in page
    assert "from table.csv" in page
    version = next((tmp_path / "html/process").rglob("*imported*.html")).read_text(encoding="utf-8")
    assert "It is in force on no day, and judges no move" in version


def test_the_version_of_the_imports_has_the_stages_and_tiers_of_the_table_and_no_needs(fresh):
    book, _ = load(fresh.root)
    version = book.versions["imported"]
    assert list(version.stages) == ["enrichment", "outreach", "closed won", "closed lost"]
    assert list(version.tiers) == ["product-0", "product-1", "product-2"]
    assert not [way_out for stage in version.stages.values() for way_out in stage.exits if way_out.needs]


def test_the_process_of_today_stays_the_process_of_every_day(fresh):
    book, _ = load(fresh.root)
    assert {book.process_on(day).version for day in (FIRST, date(2017, 6, 1), TODAY)} == {"v1"}


def test_a_second_import_changes_no_byte(fresh):
    before = {path: path.read_bytes() for path in fresh.root.rglob("*.yaml")}
    assert bring(fresh, "--update")["written"] == []
    assert {path: path.read_bytes() for path in fresh.root.rglob("*.yaml")} == before


def test_a_further_table_adds_its_tiers_to_the_version_of_the_imports(fresh):
    table = (fresh.root / "../table.csv").read_text(encoding="utf-8")
    fresh.write("../table.csv", f"{table}N1,Agent 1,Novelty,Company 1,Lost,2016-01-04,2016-02-01,0\n")
    assert bring(fresh)["written"] == ["playbook/process/imported.yaml", "deals/old/n1.yaml"]
    assert "novelty" in load(fresh.root)[0].versions["imported"].tiers
    assert codes(fresh) == []


def test_a_further_table_with_older_moves_lets_the_version_of_the_imports_begin_earlier(fresh):
    table = (fresh.root / "../table.csv").read_text(encoding="utf-8")
    fresh.write("../table.csv", f"{table}N1,Agent 1,Product 1,Company 1,Lost,2014-01-04,2014-02-01,0\n")
    assert bring(fresh)["written"] == ["playbook/process/imported.yaml", "deals/old/n1.yaml"]
    assert load(fresh.root)[0].versions["imported"].in_force == date(2014, 1, 4)
    assert codes(fresh) == []


def test_a_move_after_the_import_is_judged_by_the_process_and_the_deal_keeps_its_tier(fresh):
    since = str(TODAY - timedelta(days=1))
    change(fresh, "o2", (f"date: {TODAY}", f"date: {since}"), ("imported:", f"  - closed lost: {TODAY}\nimported:"))
    assert codes(fresh) == ["need-not-met"]


def test_a_mark_that_lies_ahead_is_an_error_so_that_no_later_move_escapes(fresh):
    change(fresh, "o2", (f"date: {TODAY}", "date: 2099-01-01"))
    assert codes(fresh) == ["fact-in-future"]


def test_show_and_integrity_say_which_moves_were_imported(fresh):
    shown = fresh.run("show", "o2").out
    assert f"Imported\n  from: table.csv\n  date: {TODAY}\n" in shown
    assert shown.count("  imported\n") == 2
    git(fresh, "init", "-q", "-b", "main")
    git(fresh, "add", "-A")
    git(fresh, "-c", "user.name=Jim", "-c", "user.email=jim@example.org", "commit", "-qm", "Import")
    found = json.loads(fresh.run("integrity", "--format", "json").out)
    assert found["imported"] == [{"from": "table.csv", "date": str(TODAY), "deals": 40, "moves": 70}]
    assert found["late"] == []
    assert "70 moves of 40 deals came from table.csv" in fresh.run("integrity").out


def test_an_import_is_green_in_the_pull_request_and_named_once(fresh):
    git(fresh, "init", "-q", "-b", "main")
    git(fresh, "add", "members", "playbook/team.yaml", "playbook/process/v1.yaml")
    git(fresh, "-c", "user.name=Jim", "-c", "user.email=jim@example.org", "commit", "-qm", "Before the import")
    ran = fresh.run("check", "--against", "main", "--format", "json", SALESOPS_AS_OF=str(TODAY))
    named = [each["message"] for each in json.loads(ran.out)["problems"] if each["code"] == "import-new"]
    assert ran.code == 0
    assert named == [
        f"40 deals say of 70 moves that the import of {TODAY} brought from 'table.csv': no process judges that"
    ]


def test_a_second_import_with_older_moves_and_a_new_tier_is_green_in_the_pull_request(fresh):
    git(fresh, "init", "-q", "-b", "main")
    git(fresh, "add", "-A")
    git(fresh, "-c", "user.name=Jim", "-c", "user.email=jim@example.org", "commit", "-qm", "Import")
    table = (fresh.root / "../table.csv").read_text(encoding="utf-8")
    fresh.write("../table.csv", f"{table}N1,Agent 1,Novelty,Company 1,Lost,2014-01-04,2014-02-01,0\n")
    assert bring(fresh)["written"] == ["playbook/process/imported.yaml", "deals/old/n1.yaml"]
    ran = fresh.run("check", "--against", "main", "--format", "json", SALESOPS_AS_OF=str(TODAY))
    assert [each["code"] for each in json.loads(ran.out)["problems"] if each["severity"] == "error"] == []
    outcome = "outcome: won"
    process = fresh.root / "playbook/process/imported.yaml"
    assert outcome in process.read_text(encoding="utf-8")
    process.write_text(process.read_text(encoding="utf-8").replace(outcome, "outcome: lost", 1), encoding="utf-8")
    assert "process-changed" in fresh.run("check", "--against", "main", SALESOPS_AS_OF=str(TODAY)).out


def test_a_win_that_was_imported_owes_the_process_of_today_no_hand_off(fresh):
    deals = json.loads(fresh.run("list", "--stage", "closed won", "--format", "json").out)["deals"]
    assert deals
    for deal in deals:
        assert json.loads(fresh.run("show", deal["id"], "--format", "json").out)["unfinished"] == []
