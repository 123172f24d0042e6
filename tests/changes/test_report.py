"""The report on a pull request, as it is read there: five whole ones as golden files, its size, and what it never lets through.

A golden file that should read differently is written anew with REFRESH=1, and then read as a diff.
"""

from __future__ import annotations

import html
import json
import os
import re
from pathlib import Path

import markdown as python_markdown
import pytest
from gitting import Git
from hypothesis import example, given
from hypothesis import strategies as st

from salesops.changes.rendering import as_markdown, as_text, headline
from salesops.output import UNLINKED, code_span, markdown, show

REPORTS = Path(__file__).parent / "reports"
OPEN = """
title: General Membership
stages:
  - enrichment: 2026-10-05
  - outreach: 2026-10-12
  - discovery: 2026-10-20
value: {mrr: 1250 USD, one_off: 2000 USD, months: 12}
expected_close: 2026-12-18
maniac_t:
  money: {status: met, date: 2026-10-08, note: 40k set aside}
  authority: {status: met, date: 2026-10-27, note: The dean signs}
  need: {status: met, date: 2026-10-08, note: Lost their shared server}
  impending_event: {status: met, date: 2026-10-27, note: A course starts}
  application: {status: met, date: 2026-10-27, note: Standard images}
  competition: {status: partial, date: 2026-10-27, note: In-house cluster}
discovery: {jobs: [Teach 300 students], requirements: [Single sign-on]}
activity:
  - {date: 2026-10-13, kind: email, replied: 2026-10-15}
  - {date: 2026-10-27, kind: meeting, about: discovery, status: held, with: [b-lee]}
next: {action: Send the price, due: 2026-11-27, owner: jim}
"""
MEMBER = "name: Drumlin College\ncontacts:\n  - {id: b-lee, role: Dean, email: b.lee@drumlin.example}\n"
MOVED = (
    OPEN.replace("  - discovery: 2026-10-20\n", "  - discovery: 2026-10-20\n  - proposal: 2026-11-19\n")
    .replace("Send the price, due: 2026-11-27", "Ask what the dean thinks, due: 2026-12-01")
    .replace(
        "  competition: {status: partial",
        "  timeline: {status: met, date: 2026-11-19, note: By the end of term}\n  competition: {status: met",
    )
)
MOVED += "proposal: {requested: 2026-11-12, presented: 2026-11-19, admin_informed: 2026-11-13, template: general@3}\n"
MOVED = MOVED.replace(
    "next:",
    "  - {date: 2026-11-19, kind: meeting, about: proposal, status: held, with: [b-lee], note: They liked the price}\nnext:",
)


def moves_a_deal(repo):
    repo.deal("member: drumlin-college\n" + MOVED, id="drumlin-teaching")


def edits_the_past(repo):
    repo.deal(
        "member: drumlin-college\n" + OPEN.replace("outreach: 2026-10-12", "outreach: 2026-10-14"),
        id="drumlin-teaching",
    )


def breaks_a_need(repo):
    less = OPEN.replace("  need: {status: met, date: 2026-10-08, note: Lost their shared server}\n", "")
    repo.deal("member: drumlin-college\n" + less, id="drumlin-teaching")


def edits_notes_only(repo):
    noted = OPEN.replace("note: The dean signs", "note: The dean signs up to 25k").replace(
        "replied: 2026-10-15", "replied: 2026-10-15, note: Quick answer"
    )
    repo.deal("member: drumlin-college\n" + noted, id="drumlin-teaching")


def changes_the_process(repo):
    text = (repo.root / "playbook/process/v3.yaml").read_text(encoding="utf-8")
    text = re.sub("(?m)^changelog: .*", "changelog: Ask for the timeline before the first e-mail.", text)
    text = re.sub("(?m)^in_force: .*", "in_force: 2027-01-01", text).replace("version: v3", "version: v4", 1)
    fit = '          - {field: icp.fit, is: "true"}\n'
    text = text.replace(fit, fit + "          - {field: maniac_t.timeline, is: [met, partial]}\n", 1)
    repo.write("playbook/process/v4.yaml", text.replace("below: 15%", "below: 20%"))


PULL_REQUESTS = [moves_a_deal, edits_the_past, breaks_a_need, edits_notes_only, changes_the_process]


def report_of(repo, change, *words):
    """The report on a branch that makes the change, as the command line writes it."""
    repo.member(MEMBER, id="drumlin-college")
    repo.deal("member: drumlin-college\n" + OPEN, id="drumlin-teaching")
    git = Git(repo.root)
    git.begin()
    git.branch()
    change(repo)
    git.commit()
    return repo.run("diff", "main", "change", *words)


@pytest.mark.parametrize("change", PULL_REQUESTS, ids=lambda change: change.__name__)
def test_the_report_on_a_pull_request_reads_as_it_should(repo, change):
    ran = report_of(repo, change, "--format", "markdown")
    assert (ran.code, ran.err) == (0, "")
    golden = REPORTS / f"{change.__name__}.md"
    if os.environ.get("REFRESH"):
        golden.write_text(ran.out, encoding="utf-8")
    assert ran.out == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize("change", PULL_REQUESTS, ids=lambda change: change.__name__)
def test_text_markdown_and_json_tell_the_same(repo, change):
    text, data = report_of(repo, change), repo.run("diff", "main", "change", "--format", "json")
    found = json.loads(data.out)
    for told in found["changes"]:
        assert told["sentence"].split(": ", 1)[1] in text.out
        assert {"kind", "from", "to", "date", "sentence"} < set(told)
    for metric in found["metrics"]:
        assert metric["title"] in text.out
        assert {"id", "before", "after", "joined", "left", "altered"} <= set(metric)
    assert {"opening", "terms", "closing"} == set(found["bridge"])
    assert found["problems"] == json.loads(json.dumps(found["problems"]))


# ── the headline ──────────────────────────────────────────────────────────────────────────────────────────────────────

STAGES = "stages: [enrichment: 2026-01-05, {}]"
HEADLINES = [
    ([("acme", STAGES.format("outreach: 2026-01-19"))], "1 deal changed (1 moved)"),
    ([("acme", STAGES.format("outreach: 2026-01-19, discovery: 2026-01-20"))], "1 deal changed (1 moved)"),
    ([("acme", STAGES.format("outreach: 2026-01-19, closed won: 2026-01-20"))], "1 deal changed (1 won)"),
    ([("acme", STAGES.format("closed lost: 2026-01-19, outreach: 2026-01-20"))], "1 deal changed (1 reopened)"),
    ([("new", STAGES.format("closed won: 2026-01-19"))], "1 deal changed (1 new, 1 won)"),
    ([("new", ""), ("other", "")], "2 deals changed (2 new)"),
    ([("acme", "owner: april")], "1 deal changed"),
    ([("acme", "parked: [{since: 2026-11-01, why: Grant}]")], "1 deal changed (1 parked)"),
    ([("acme", "value: {mrr: lots}")], "1 deal changed (1 with errors)"),
    ([("acme", "# nothing but a note\n")], "No change to the data"),
    ([], "No records changed"),
]


@pytest.mark.parametrize(("deals", "said"), HEADLINES, ids=[said for _, said in HEADLINES])
def test_the_headline_is_true(story, deals, said):
    for id, fragment in deals:
        story.repo.deal(fragment, id=id)
    assert headline(story.report()) == f"{said} · no problems"


def test_where_nobody_looked_for_problems_none_are_denied(repo):
    git = Git(repo.root)
    git.begin()
    ran = repo.run("diff", "2026-11-01", "2026-11-02")
    assert ran.out.splitlines()[0] == "No records changed"


# ── size ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def blocks_are_closed(text):
    fences = [line for line in text.split("\n") if line.strip().startswith("```")]
    return len(fences) % 2 == 0 and text.count("<details>") == text.count("</details>")


@pytest.mark.proof
def test_the_report_on_three_thousand_records_fits_into_a_comment(story):
    for number in range(3000):
        story.repo.deal(
            f"title: Deal {number} {'of many words ' * 9}\nstages: [enrichment: 2026-01-05, proposal: 2026-02-0{number % 9 + 1}]",
            id=f"deal-{number}",
        )
    report = story.report()
    object.__setattr__(report, "problems", tuple(story.repo.problems()))
    text = as_markdown(report)
    assert len(text) < 60_000
    assert blocks_are_closed(text)
    assert "3,000 new" in text.split("\n")[1]
    assert re.search(r"… and 2,\d{3} more records: run `salesops diff` to see all\.", text)
    for heading in ("### Fix before merging", "### Metric changes", "### Pipeline", "<sub>"):
        assert heading in text, "what is left out is never the numbers"


# ── nothing gets through ──────────────────────────────────────────────────────────────────────────────────────────────

HOSTILE = [
    "::error::x", "##[command]x", "a\r\n::set-output name=a::b", "@everyone", "@octo/team", "#1", "owner/repo#1", "GH-12",
    "[x](javascript:alert(1))", "[x][y]", "![x](y)", "<img src=x onerror=alert(1)>", "`", "```", "a ```` b", "~~~", "a | b", "|---|---|",
    "--> x", "</details>", "</sub>", "<!-- x", "zero\u200bwidth", "\x1b[31mred", "\u202egnp", "# heading", "- item", "+ item", "1. item", "1) item",
    "> quote", "***", "---", "===", "    code", "**bold**", "_it_", "~~gone~~", "https://x.example/a", "www.x.example", "a@b.example", "$x$", "$$x$$",
    "\\", "\\`", "&lt;b&gt;", "&amp;", "[^1]", ":tada:", "[ ] task", "<https://x.example>", "{: onclick=x}", "a\n\n<script>x</script>", "**", "* * *",
]  # fmt: skip
COMMAND = re.compile(r"^\s*::|##\[", re.MULTILINE)
OURS = {
    "h2",
    "h3",
    "p",
    "ul",
    "li",
    "strong",
    "code",
    "pre",
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
    "sub",
    "details",
    "summary",
}


def rendered(text):
    return python_markdown.markdown(text, extensions=["tables", "fenced_code", "sane_lists"])


def tags(page):
    return set(re.findall(r"<\s*/?\s*([a-z][a-z0-9]*)", re.sub("<!--.*?-->", "", page, flags=re.DOTALL), re.IGNORECASE))


def letters(text):
    """What can be read of a text, whatever is written before its marks to take their meaning from them."""
    return re.sub(r"[\s\\\u200b\ufeff]", "", text)


def plain(page):
    return letters(html.unescape(re.sub("<[^>]*>", "", page)))


def live(line):
    """What GitHub would make a link or a mention of outside code, in text that nobody escaped."""
    line = re.sub(r"(?<![\\`])(`+)(?!`).*?(?<!`)\1(?!`)", "", line)
    return re.findall(r"(?<!\w)@\w|(?<!&)(?<!\w)#\d|\bgh-\d|https?://|www\.\w|(?<!\\)\]\(", line, re.IGNORECASE)


@pytest.fixture(scope="session")
def payloads(hostile):
    return [*HOSTILE, *json.loads((hostile / "payloads.json").read_text(encoding="utf-8"))]


def harmless(text):
    assert not COMMAND.search(text)
    assert blocks_are_closed(text)
    assert tags(rendered(text)) <= OURS
    assert "@" not in re.sub(rf"@{re.escape(UNLINKED)}|`[^`\n]*`", "", text) or not live(text)


def test_no_text_in_any_field_of_any_record_gets_out_of_its_place(story, payloads):
    for number, payload in enumerate(payloads):
        quoted = json.dumps(payload)
        story.repo.write(
            f"members/m-{number}.yaml",
            f"name: {quoted}\nkind: university\ncountry: US\ncontacts: [{{id: c, role: {quoted}}}]\n",
        )
        story.repo.deal(
            f"title: {quoted}\nmember: m-{number}\nnext: {{action: {quoted}, due: 2099-01-01}}\nx: {{{quoted}: {quoted}}}\n"
            f"links: [{{kind: {quoted}, url: 'https://a.example'}}]\nparked: [{{since: 2026-11-01, why: {quoted}}}]\n",
            id=f"d-{number}",
        )
    report = story.report()
    object.__setattr__(report, "problems", tuple(story.repo.problems()))
    text = as_markdown(report)
    harmless(text)
    harmless("\n".join(f"- {markdown(change.sentence)}" for change in report.changes))
    assert not COMMAND.search("\n".join(as_text(report)))
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b\u202e]", "\n".join(as_text(report)))


@pytest.mark.proof
def test_every_edit_of_a_hostile_text_is_harmless_too(story, payloads):
    for number, payload in enumerate(payloads):
        quoted, before = json.dumps(payload), json.dumps(f"{payload} before")
        for side, words in ((story.begins, before), (None, quoted)):
            story.repo.deal(
                f"title: {words}\nx: {{a: {words}}}\nowner: {words}\nactivity: [{{date: 2026-02-02, kind: call, outcome: spoke, note: {words}}}]\n"
                f"maniac_t: {{money: {{status: met, date: 2026-02-04, note: {words}}}}}\nstages: [enrichment: 2026-01-05, {words}: {words}]\n",
                id="odd",
            )
            story.repo.member(f"name: {words}\nhubs: [{{name: {words}, deal: {words}}}]\n")
            if side:
                side()
        text = as_markdown(story.report())
        assert f"{number} {tags(rendered(text)) - OURS}" == f"{number} set()"
        harmless(text)


@pytest.mark.parametrize("payload", HOSTILE)
def test_a_text_is_shown_as_itself(payload):
    for line in (
        f"- {markdown(payload)}",
        f"**{markdown(payload)}** x",
        f"| {markdown(payload)} |\n|---|\n| {markdown(payload)} |",
    ):
        page = rendered(line)
        assert tags(page) <= {"ul", "li", "strong", "p", "table", "thead", "tbody", "tr", "th", "td"}
        assert letters(show(payload)) in plain(page)
        assert not live(line)


@given(st.text(max_size=30) | st.lists(st.sampled_from([*HOSTILE, " ", "a", "\n"]), max_size=4).map("".join))
@example("a|b`c")
def test_any_text_stays_text_in_every_place_of_the_report(text):
    for line in (
        f"- {markdown(text)}",
        f"**x** {markdown(text)}",
        f"| {markdown(text)} | {code_span(text)} |\n|---|---|\n| a | b |",
    ):
        page = rendered(line)
        assert tags(page) <= {"ul", "li", "strong", "p", "table", "thead", "tbody", "tr", "th", "td", "code"}
        assert not COMMAND.search(line)
        assert not live(line)


NAMES = [
    "::error::x",
    "##[command]x",
    "@everyone",
    "#1",
    "a b",
    "`x`",
    "<img src=x onerror=alert(1)>",
    "--help",
    "$(id)",
    "x\n::error::y",
    "\x1b[31m",
]


@pytest.mark.samples(11)
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("format", ["text", "markdown", "json"])
def test_no_branch_name_starts_a_command(repo, name, format):
    Git(repo.root).begin()
    for words in (("--", name), ("--", "main", name), ("--", name, "main")):
        ran = repo.run("diff", "--format", format, *words)
        assert ran.code in (2, 3)
        assert ran.out == ""
        assert ran.err.startswith("salesops") or ran.err.startswith("Usage")
        assert not COMMAND.search(ran.err)
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f]", ran.err)


def test_a_branch_with_any_name_that_git_allows_is_compared(repo):
    git = Git(repo.root)
    git.begin()
    for name in ("::error::x".replace("::", "%3A"), "@everyone", "#1", "<img/src=x>", "`x`", "$(id)", "a|b"):
        git("checkout", "-q", "-b", name)
        ran = repo.run("diff", "main", name, "--format", "markdown")
        assert ran.code == 0
        assert name not in ran.out
        harmless(ran.out)


def test_no_file_name_starts_a_command(repo, hostile):
    git = Git(repo.root)
    git.begin()
    for name in json.loads((hostile / "filenames.json").read_text(encoding="utf-8")):
        if name.count("/") == 1 and len(name.encode()) < 250:
            (repo.root / name).write_text("title: x\n", encoding="utf-8")
    for format in ("text", "markdown", "json"):
        ran = repo.run("diff", "--format", format)
        assert ran.code == 1
        assert not COMMAND.search(ran.out + "\n" + ran.err)
        if format == "markdown":
            harmless(ran.out)


@pytest.mark.parametrize("words", [*HOSTILE[:8], "<img src=x onerror=alert(1)>", "\x1b[31m", "a\u202eb"])
@pytest.mark.parametrize("format", ["text", "json", "atom"])
def test_no_commit_starts_a_command_in_the_history(repo, words, format):
    git = Git(repo.root)
    git.begin()
    repo.deal()
    git("add", "-A")
    git("commit", "-q", "-m", words, GIT_AUTHOR_NAME=words.replace("\r\n", " "))
    ran = repo.run("history", "--format", format)
    assert (ran.code, ran.err) == (0, "")
    assert not COMMAND.search(ran.out)
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", ran.out)
    if format == "atom":
        assert "<img" not in ran.out
