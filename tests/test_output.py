"""What is printed: foreign text is one harmless line everywhere, nothing secret, and what machines read has one shape."""

from __future__ import annotations

import csv
import json
import re
import unicodedata
from datetime import date
from decimal import Decimal

import markdown as python_markdown
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from salesops.output import (
    ANNOTATIONS,
    address,
    as_csv,
    as_json,
    as_json_lines,
    code_span,
    counted,
    markdown,
    problem_as_data,
    problems_as_annotations,
    problems_as_lines,
    problems_as_markdown,
    problems_as_text,
    show,
    table,
    tally,
)
from salesops.problems import Place, Problem, Severity
from salesops.records.yaml_reader import UNSEEN

HOSTILE = [
    "a\n::error file=deals/a.yaml,line=1::pwned",
    "\r::add-mask::e",
    "::stop-commands::x",
    "  ::set-output name=a::b",
    "\u3000::warning::wide blank",
    "x ##[error]y",
    "##[add-mask]secret",
    "%0A::debug::x",
    "\x1b[2K\x1b[1A forged",
    "\x9b31m",
    "\u202egnp.exe",
    "a\u2028b\u2029c\x85d",
    "tab\there",
    "nul\0",
    "\ud800 lone",
    "\U000e0041\u200b\ufeff",
    "'\"`$(id)`",
    "<img src=x onerror=alert(1)>",
    "a,line=9::x",
]
ANYTHING = (
    st.text(max_size=40)
    | st.sampled_from(HOSTILE)
    | st.lists(st.sampled_from(["#", "[", ":", "\n", " ", "a"])).map("".join)
)

# A workflow command, as the runner of GitHub Actions reads a line: `::name …::` at its start, `##[name …]` anywhere in it.
COMMAND = re.compile(r"^\s*::|##\[")


def problem(message: str = "m", **more) -> Problem:
    place = more.pop("place", Place("deals/acme.yaml", 3, 5, 2))
    return Problem(more.pop("code", "stage-skipped"), message, place, **more)


# Foreign text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Université 東京 🎓", "Université 東京 🎓"),
        ("a\nb\tc\rd", "a\\nb\\tc\\rd"),
        ("\x1b[31mred", "\\x1b[31mred"),
        ("\x85\x9b", "\\x85\\x9b"),
        ("\u202e\u2028\ufeff", "\\u202e\\u2028\\ufeff"),
        ("\ud800\udcff", "\\ud800\\udcff"),
        ("\U000e0041", "\\U000e0041"),
        ("::error::x", "\\x3a:error::x"),
        ("  ::error::x", "  \\x3a:error::x"),
        ("a ::b", "a ::b"),
        ("##[error]x", "#\\x23[error]x"),
        ("## [a]", "## [a]"),
        (12, "12"),
    ],
)
def test_foreign_text_is_shown_as_one_harmless_line(text, shown):
    assert show(text) == shown


@given(ANYTHING)
@example("#" * 5 + "[")
def test_whatever_is_shown_is_one_line_without_a_command_and_without_anything_unseen(text):
    shown = show(text)
    assert not COMMAND.search(shown)
    assert not UNSEEN.search(shown)
    assert {unicodedata.category(character) for character in shown}.isdisjoint({"Cc", "Cs", "Zl", "Zp"})
    shown.encode()


@given(st.text(alphabet=st.characters(codec="utf-8").filter(lambda c: not UNSEEN.match(c) and c not in "\n\t\r:#")))
def test_text_that_can_be_seen_is_shown_as_it_is(text):
    assert show(text) == text


SECRETS = [
    "ghp_" + "a1B2" * 9,
    "github_pat_" + "A" * 30,
    "AKIA" + "ABCDEFGH12345678",
    "xoxb-1234567890-abcdef",
    "sk-" + "x" * 40,
    "glpat-" + "y" * 20,
    "-----BEGIN RSA PRIVATE KEY-----",
]


@pytest.mark.parametrize("secret", SECRETS, ids=lambda secret: secret[:8])
def test_what_looks_like_a_secret_is_not_printed_in_any_format(secret):
    found = problem(
        f"'{secret}' is not an id", help=secret, why=secret, fix=secret, field=secret, excerpt=f"a: {secret}"
    )
    everything = [
        *problems_as_text([found]),
        *problems_as_lines([found]),
        *problems_as_annotations([found]),
        as_json(problem_as_data(found)),
        *table([[secret]], ["Title"]),
    ]
    assert not [line for line in everything if secret in line]
    assert any("[secret]" in line for line in everything)


def test_words_that_only_resemble_a_secret_are_printed():
    for text in ("ghp_short", "task-force", "sk-learn", "BEGIN PRIVATE TALKS"):
        assert show(text) == text


# Text for people


def test_a_problem_is_a_block_with_its_line_a_caret_and_the_way_out():
    found = problem(
        "the move leaves out 'outreach'",
        place=Place("deals/acme.yaml", 12, 5, 9),
        field="stages.1",
        excerpt="  - discovery: 2026-01-19",
        why="process v3 has no such exit",
        help="add the moves that were made",
        fix="- outreach: 2026-01-19",
    )
    assert "\n".join(problems_as_text([found])) == (
        "deals/acme.yaml:12:5: error[stage-skipped] stages.1: the move leaves out 'outreach'\n"
        "   |\n"
        "12 |   - discovery: 2026-01-19\n"
        "   |     ^^^^^^^^^\n"
        "   = why: process v3 has no such exit\n"
        "   = help: add the moves that were made\n"
        "   = fix:  - outreach: 2026-01-19\n"
    )


def test_a_fix_of_several_lines_keeps_its_indent():
    lines = list(problems_as_text([problem(fix="activity:\n  - {date: 2026-01-05}")]))
    assert lines[-4:] == ["  = fix:", "      activity:", "        - {date: 2026-01-05}", ""]


@pytest.mark.parametrize(
    ("excerpt", "column", "width", "under"),
    [
        ("title: Acme", 8, 4, "       ^^^^"),
        ("é: ü", 4, 1, "   ^"),
        ("東京: acme", 5, 4, "      ^^^^"),
        ("title: 東京", 8, 2, "       ^^^^"),
        ("e\u0301: acme", 5, 4, "   ^^^^"),
        ("🎓: acme", 4, 4, "    ^^^^"),
        ("title: Acme", 8, 400, "       ^^^^"),
        ("title:", 7, 1, None),
    ],
)
def test_the_caret_stands_under_what_is_guilty(excerpt, column, width, under):
    block = list(problems_as_text([problem(excerpt=excerpt, place=Place("deals/acme.yaml", 3, column, width))]))
    assert block[2] == f"3 | {excerpt}"
    assert (block[3] == f"  | {under}") if under else ("^" not in "".join(block))


def test_a_caret_is_left_out_where_the_line_had_to_be_escaped():
    block = list(problems_as_text([problem(excerpt="a:\tb", place=Place("deals/acme.yaml", 3, 4))]))
    assert "3 | a:\\tb" in block
    assert not any("^" in line for line in block)


def test_the_roles_of_what_is_painted_are_the_severity_the_place_and_the_field():
    found = [problem(field="owner", excerpt="  owner: a"), problem(severity=Severity.WARNING)]
    painted = "\n".join(problems_as_text(found, lambda text, role: f"<{role}>{text}</>"))
    for role in (
        "<place>deals/acme.yaml:3:5</>",
        "<error>error[",
        "<warning>warning[",
        "<field>owner</>",
        "<error>^^</>",
    ):
        assert role in painted


@pytest.mark.parametrize(
    ("found", "last"),
    [
        ([], "1,250 deals, 1 member checked: no problems"),
        ([problem()], "1,250 deals, 1 member checked: 1 error in 1 file"),
        (
            [problem(), problem("n"), problem(severity=Severity.WARNING, place=Place("deals/b.yaml"))],
            "1,250 deals, 1 member checked: 2 errors and 1 warning in 2 files",
        ),
    ],
)
def test_the_last_line_says_what_was_looked_at_and_what_was_found(found, last):
    assert tally(found, {"deal": 1250, "member": 1}) == last


def test_numbers_of_things():
    assert [counted(n, "deal") for n in (0, 1, 2, 1000)] == ["0 deals", "1 deal", "2 deals", "1,000 deals"]


# GitHub


def test_an_annotation_is_one_workflow_command():
    found = problem("50% of it\nis odd", field="owner", help="fix, it: now", place=Place("deals/a,b:c.yaml", 3, 5))
    assert list(problems_as_annotations([found])) == [
        "::error file=deals/a%2Cb%3Ac.yaml,line=3,col=5,title=stage-skipped::owner: 50%25 of it\\nis odd (fix, it: now)"
    ]


@given(ANYTHING, ANYTHING, ANYTHING, ANYTHING, ANYTHING)
def test_nothing_in_a_file_forges_a_command(path, field, message, help, rest):
    found = problem(
        message, field=field, help=help, why=rest, fix=rest, excerpt=rest, place=Place(f"deals/{path}", 3, 5)
    )
    (line,) = problems_as_annotations([found])
    empty, command, data = line.split("::", 2)
    properties = dict(part.partition("=")[::2] for part in command.removeprefix("error ").split(","))
    assert (empty, command[:6]) == ("", "error ")
    assert list(properties) == ["file", "line", "col", "title"]
    assert (properties["line"], properties["col"], properties["title"]) == ("3", "5", "stage-skipped")
    assert not re.search(r"[\n\r]|%0D", data, re.IGNORECASE)
    said, *fix = re.split("%0A", data, flags=re.IGNORECASE)
    assert len(fix) == (rest != "") + (rest.count("\n") + 1 if "\n" in rest else 0), "the lines of the fix and no other"
    assert not any(COMMAND.search(line.replace("%25", "%")) for line in (said, *fix))
    for printed in (
        *problems_as_text([found]),
        *problems_as_lines([found]),
        *as_json(problem_as_data(found)).split("\n"),
    ):
        assert not COMMAND.search(printed)


@given(ANYTHING)
def test_an_annotation_is_read_back_as_what_was_shown(message):
    (line,) = problems_as_annotations([problem(message)])
    assert line.split("::", 2)[2].replace("%25", "%") == show(message)


def test_github_keeps_ten_errors_and_ten_warnings_and_the_rest_is_counted():
    assert ANNOTATIONS == 10
    found = [problem(f"m{n}", severity=severity) for n in range(13) for severity in Severity]
    lines = list(problems_as_annotations(found))
    assert [line.split()[0] for line in lines[:-1]].count("::error") == 10
    assert [line.split()[0] for line in lines[:-1]].count("::warning") == 10
    assert lines[-1].startswith("... and 6 more")


def test_ten_errors_need_no_last_word():
    assert len(list(problems_as_annotations([problem(f"m{n}") for n in range(10)]))) == 10


# One line each


def test_editors_get_one_line_each():
    found = problem("it is\nso", field="owner", severity=Severity.WARNING, excerpt="owner: x", help="fix")
    assert list(problems_as_lines([found])) == ["deals/acme.yaml:3:5: warning[stage-skipped] owner: it is\\nso"]


# Markdown


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("Université, 50 % of 3 (a+b) = c!", "Université, 50 % of 3 (a+b) = c!"),
        ("a*b`d[e]|f~g$h\\", "a\\*b\\`d[e]\\|f\\~g\\$h\\\\"),
        ("<b>&amp;", "&lt;b>&amp;amp;"),
        ("@jim #1 (@jim", "@\u200bjim #\u200b1 (@\u200bjim"),
        ("https://x www.x GH-1 :tada:", "https:/\u200b/x www.\u200bx GH-\u200b1 :\u200btada:"),
        ("R&D & sign_on, 5 < 6 > 4 <3, 2 * 3", "R&D & sign_on, 5 < 6 > 4 <3, 2 * 3"),
        ("~300 for $5,000 or US$20", "~300 for $5,000 or US$20"),
        ("a.smith@b.example, general@3", "a.smith@b.example, general@3"),
        ("_it_ **b** $x$ ~~no~~", "\\_it\\_ \\*\\*b\\*\\* \\$x\\$ \\~\\~no\\~\\~"),
        ("+1 and -5", "+1 and -5"),
        ("<!-- x -->", "&lt;!-- x --\\>"),
        ("> a", "\\> a"),
        ("[0,30] Renewal [x](y) [z]: [[w]]", "[0,30] Renewal [x\\](y) [z\\]: \\[[w]\\]"),
        ("[ ] task", "\\[ ] task"),
        ("===", "\\==="),
        ("---", "\\---"),
        ("\\_ a\\b", "\\\\\\_ a\\b"),
        ("@ # : / 10:30 a: b", "@ # : / 10:30 a: b"),
        ("# a", "\\# a"),
        ("- a", "\\- a"),
        ("+ a", "\\+ a"),
        ("1. a", "1\\. a"),
        ("12) a", "12\\) a"),
        ("1.5 days", "1.5 days"),
        ("   code", "code"),
        ("a\nb", "a\\nb"),
    ],
)
def test_foreign_text_in_markdown_says_just_itself_and_reads_well_where_nobody_renders_it(text, written):
    assert markdown(text) == written


@pytest.mark.parametrize("around", ["{}", "- {}", "A line\n{}\n", "| a | b |\n|---|---|\n| {} | x |", "{}, {} ({})"])
@given(
    st.lists(st.sampled_from([*"\\`*_[](){}<>#+-=!|~$&:;. /\"'", "a", "1", "Ü", "&lt;", "<b>", "](", "--"]), max_size=9)
)
def test_no_text_in_markdown_becomes_markup_wherever_it_stands(around, marks):
    text = "".join(marks)
    page = rendered(around.replace("{}", markdown(text)))
    tags = set(re.findall(r"<\s*/?\s*([a-z][a-z0-9]*)", page, re.IGNORECASE))
    assert tags <= {"p", "ul", "li", "table", "thead", "tbody", "tr", "th", "td"}, page


def rendered(text):
    return python_markdown.markdown(text, extensions=["tables", "fenced_code", "sane_lists"])


@pytest.mark.parametrize(
    ("link", "written"),
    [
        ("https://sign.example/a/b-1?c=d_e", "https://sign.example/a/b-1?c=d_e"),
        ("https://a.example/_b_", "<https://a.example/_b_>"),
        ("https://a.example/x](y", "https:/\u200b/a.example/x\\](y"),
    ],
)
def test_a_link_of_a_record_leads_where_it_says(link, written):
    assert address(link) == written


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("acme", "`acme`"),
        ("a`b", "`` a`b ``"),
        ("a``b", "``` a``b ```"),
        ("a|b", "`a¦b`"),
        ("", "`  `"),
        ("a\nb", "`a\\nb`"),
    ],
)
def test_foreign_text_as_code_stays_in_its_span(text, written):
    assert code_span(text) == written


def test_a_problem_in_markdown_is_what_where_why_and_a_fix_that_stays_in_its_block():
    found = problem("it *is*", why="so", help="fix", fix="a: b\n````\n::error::x\n")
    assert list(problems_as_markdown([found])) == [
        "- **error** `deals/acme.yaml:3` it \\*is\\* (`stage-skipped`)",
        "  - so",
        "  - fix",
        "",
        "  ```yaml",
        "  a: b",
        "  ` ` ` `",
        "  \\x3a:error::x",
        "  ",
        "  ```",
        "",
    ]


def test_of_many_problems_the_rest_is_counted():
    lines = list(problems_as_markdown([problem(f"m{n}") for n in range(5)], most=2))
    assert lines[-2:] == ["- … and 3 more: run `salesops check` to see them", ""]
    assert list(problems_as_markdown([])) == []


# Machines


def test_a_problem_is_data_with_every_part():
    found = problem("m", field="stages.1", why="w", help="h", fix="a:\n  b", excerpt="not told")
    assert json.loads(as_json(problem_as_data(found))) == {
        "code": "stage-skipped",
        "severity": "error",
        "path": "deals/acme.yaml",
        "line": 3,
        "column": 5,
        "field": "stages.1",
        "message": "m",
        "why": "w",
        "help": "h",
        "fix": "a:\n  b",
    }


def test_money_is_exact_and_days_are_iso():
    assert json.loads(as_json({"mrr": Decimal("1250.10"), "day": date(2026, 2, 9)})) == {
        "mrr": "1250.10",
        "day": "2026-02-09",
    }


def test_what_has_no_json_is_a_fault_and_not_a_guess():
    with pytest.raises(TypeError, match="no JSON for set"):
        as_json({"a": {1}})


@given(ANYTHING)
def test_json_holds_the_text_itself_and_prints_nothing_unseen(text):
    printed = as_json({"title": text})
    assert json.loads(printed) == {"title": text}
    assert not UNSEEN.search(printed)


def test_json_keeps_letters_readable_and_keys_in_order():
    assert as_json({"b": "Université", "a": 1}) == '{\n  "b": "Université",\n  "a": 1\n}'


plain = st.recursive(
    ANYTHING | st.integers() | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(ANYTHING, inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(ANYTHING, st.lists(plain, max_size=3) | plain, max_size=4))
def test_json_in_lines_is_the_same_whether_lists_come_whole_or_one_by_one(data):
    one_by_one = {key: iter(value) if isinstance(value, list) else value for key, value in data.items()}
    assert "\n".join(as_json_lines(one_by_one)) == as_json(data).replace("{}", "{\n}", 0 if data else 1)
    assert "\n".join(as_json_lines(data)) == "\n".join(as_json_lines({**data}))


# Tables


def test_a_table_is_aligned_and_its_cells_are_harmless():
    rows = [["acme", "1,250"], ["b\n::error::x", "3"]]
    assert list(table(rows, ["Deal", "Days"], right=frozenset({1}))) == [
        "Deal            Days",
        "acme           1,250",
        "b\\n::error::x      3",
    ]


# CSV


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("+49 30", "'+49 30"),
        ("-cmd|' /C calc'!A0", "'-cmd|' /C calc'!A0"),
        ("@SUM(A1)", "'@SUM(A1)"),
        (" =1", "' =1"),
        ("\uff1d1", "'\uff1d1"),
        ("\t=1", "\\t=1"),
        ("\r=1", "\\r=1"),
        ("a=1", "a=1"),
        ("\x1b[2J", "\\x1b[2J"),
    ],
)
def test_text_in_a_table_is_one_harmless_line_and_no_formula(text, cell):
    [_, line] = as_csv([[text]], ["a"])
    assert next(csv.reader([line])) == [cell]


def test_numbers_days_and_nothing_stay_what_they_are_in_a_table():
    [_, line] = as_csv([[-3, Decimal("-1.50"), date(2026, 1, 5), None, 0.25]], "abcde")
    assert line == "-3,-1.50,2026-01-05,,0.25"


@given(ANYTHING)
def test_whatever_stands_in_a_table_begins_no_formula(text):
    [_, line] = as_csv([[text]], ["a"])
    [[cell]] = csv.reader([line]) if line else [[""]]
    assert not cell.strip().startswith(tuple("=+-@"))


# Annotations carry the fix


def annotated(fix: str) -> str:
    [line] = problems_as_annotations([problem("no reason", help="say why", fix=fix)])
    return line.split("::", 2)[2]


def test_an_annotation_carries_the_fix_below_what_it_says():
    assert annotated("") == "no reason (say why)"
    assert annotated("status: held") == "no reason (say why)%0Afix: status: held"
    assert annotated("loss:\n  reason: price") == "no reason (say why)%0Afix:%0Aloss:%0A  reason: price"


def test_a_fix_in_an_annotation_forges_no_command_and_is_not_endless():
    said = annotated("note: 100%\n::error::pwned\r##[add-mask]x")
    assert "%0A\\x3a:error" in said
    assert "100%25" in said
    assert "##[" not in said
    assert annotated("\n".join("abc" for _ in range(500))).count("%0A") == 42


@given(ANYTHING, ANYTHING)
def test_whatever_a_fix_holds_an_annotation_is_one_line(one, other):
    [line] = problems_as_annotations([problem("m", fix=f"{one}\n{other}")])
    assert not re.search(r"[\r\n\x85\u2028\u2029]", line)
    assert line.startswith("::error file=")
