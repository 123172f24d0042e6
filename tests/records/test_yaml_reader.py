"""Reading a file: what is text stays text, what YAML would guess or hide is refused, and every value keeps its place."""

from __future__ import annotations

import sys
import unicodedata

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from salesops.problems import Place, Problem, Severity
from salesops.records.yaml_reader import MAX_BYTES, MAX_COMPLAINTS, MAX_NODES, MAX_SCALAR, UNSEEN, Document, read


def problems_of(text: str | bytes) -> list[Problem]:
    return read("deals/acme.yaml", text if isinstance(text, bytes) else text.encode())[1]


def refusals(text: str | bytes) -> list[tuple[str, int, int]]:
    return [(problem.code, problem.place.line, problem.place.column) for problem in problems_of(text)]


def document_of(text: str | bytes) -> Document:
    document, problems = read("deals/acme.yaml", text if isinstance(text, bytes) else text.encode())
    assert document is not None, problems
    assert not problems
    return document


def data_of(text: str | bytes) -> dict[str, object]:
    return document_of(text).data


# What stays text


@pytest.mark.parametrize(
    "spelling",
    "NO yes on off true True y N 010 0x1F 0o17 1_000 1e3 .inf NaN 12:30 190:20:30 2026-02 2026-02-29 +1 = NULL Null".split(),
)
def test_a_value_is_the_text_that_is_written(spelling):
    assert data_of(f"a: {spelling}\nb: [{spelling}]\n") == {"a": spelling, "b": [spelling]}


@pytest.mark.parametrize("key", ["NO", "on", "010", "2026-02-09", "null", "~"])
def test_a_key_is_the_text_that_is_written(key):
    assert data_of(f"{key}: a") == {key: "a"}


@pytest.mark.parametrize("nothing", ["", "null", "~", "# a comment"])
def test_an_empty_value_is_not_given(nothing):
    assert data_of(f"a: {nothing}\nb: c\n") == {"b": "c"}


def test_an_empty_line_of_a_list_keeps_its_position():
    assert data_of("a:\n  - b\n  -\n  - ~\n") == {"a": ["b", None, None]}


@pytest.mark.parametrize("quoted", ['""', "''", '"null"', "'~'"])
def test_quotes_make_text_of_anything(quoted):
    assert data_of(f"a: {quoted}") == {"a": quoted[1:-1]}


def test_comments_quotes_key_order_and_line_ends_change_nothing():
    plain = "a: b\nc: [d, e]\n"
    for same in ('c: ["d", \'e\']\na: "b"', "# x\na: b   # y\nc:\n- d\n\n- e\n", plain.replace("\n", "\r\n")):
        assert data_of(same) == data_of(plain)


def test_letters_are_kept_as_written():
    for name in ("Universit\u00e9", unicodedata.normalize("NFD", "Universit\u00e9"), "東京大学", "🎓 Uni", "a\u00a0b"):
        assert data_of(f"a: {name}") == {"a": name}


def test_a_text_of_several_lines_keeps_them():
    assert data_of("a: |\n  one\n  two: three\nb: >\n  four\n  five\n") == {
        "a": "one\ntwo: three\n",
        "b": "four five\n",
    }


def test_a_document_may_begin_with_three_hyphens_and_end_with_three_dots():
    assert data_of("---\na: b\n...\n") == {"a": "b"}


# What is refused


@pytest.mark.parametrize(
    ("text", "code", "line", "column"),
    [
        ("a: &x b\n", "yaml-anchor", 1, 4),
        ("title: &Acme\n", "yaml-anchor", 1, 8),
        ("a:\n  - b\n  - *x\n", "yaml-alias", 3, 5),
        ("a: b\n<<: {c: d}\n", "yaml-merge", 2, 1),
        ("a: !!int 3\n", "yaml-tag", 1, 4),
        ('a: !!int ""\n', "yaml-tag", 1, 4),
        ("a: !ours b\n", "yaml-tag", 1, 4),
        ("a: ! b\n", "yaml-tag", 1, 4),
        ("a: !!set {b, c}\n", "yaml-tag", 1, 4),
        ("&x a: b\n", "yaml-anchor", 1, 1),
        ("!!str a: b\n", "yaml-tag", 1, 1),
        ("%YAML 1.1\n---\na: b\n", "yaml-directive", 1, 1),
        ("# 100 %\n%TAG ! tag:x,2026:\n---\na: b\n", "yaml-directive", 2, 1),
        ("a: b\n---\nc: d\n", "second-document", 2, 1),
        ("a: b\nc: d\na: e\n", "key-twice", 3, 1),
        ("a:\n  b: c\n  'b': d\n", "key-twice", 3, 3),
        ('a: b\n"\\x61": c\n', "key-twice", 2, 1),
        ("a: {b: 1, b: 2}\n", "key-twice", 1, 11),
        ("a: b\n? [c, d]\n: e\n", "key-not-text", 2, 3),
        ("{a: b}: c\n", "key-not-text", 1, 1),
        ("a:\n\tb: c\n", "not-yaml", 2, 1),
        ("a:\u00a0b\nc: d\n", "not-yaml", 1, 3),
        ("a: b: c\n", "not-yaml", 1, 5),
        ("a: b\nc: 'it''s\nd: e\n", "not-yaml", 2, 4),
        ("a: [b, c\nd: e\n", "not-yaml", 1, 4),
        ("a: @b\n", "not-yaml", 1, 4),
        ('a: "\\ud800"\n', "not-yaml", 1, 7),
        ("", "not-a-record", 1, 1),
        ("# only a comment\n", "not-a-record", 1, 1),
        ("- a\n- b\n", "not-a-record", 1, 1),
        ("just words\n", "not-a-record", 1, 1),
        ("null\n", "not-a-record", 1, 1),
        (b"a: b\nname: Universit\xe9\n", "not-utf-8", 2, 16),
        ("é: ".encode() + b"\xe9\n", "not-utf-8", 1, 4),
        ("a: b\n".encode("utf-16"), "not-utf-8", 1, 1),
        ("a: b\n".encode("utf-8-sig"), "unseen-character", 1, 1),
        ("a: b\rc: d\r", "unseen-character", 1, 5),
    ],
)
def test_a_file_that_yaml_would_guess_at_is_refused_at_its_place(text, code, line, column):
    assert refusals(text)[0] == (code, line, column)


@pytest.mark.parametrize(
    ("text", "held"), [("", "empty"), ("~", "empty"), ("[]", "a list"), ("words", "a single text")]
)
def test_a_file_that_is_no_record_says_what_it_holds(text, held):
    assert problems_of(text)[0].message == f"the file is {held}, not a record"


@pytest.mark.parametrize(
    ("text", "line", "help"),
    [
        (": x\n", 1, "look at the indentation and quotes"),
        ("a: 'it's'\n", 1, "an apostrophe ends the text here"),
        ("a:\n  - b\n c: d\n", 3, "this line begins at column 2, line 1 at column 1"),
        ("a: b\n- c: d\n", 2, "look at the indentation and quotes"),
        ("a: b: c\n", 1, "a colon ends the text here; put the sentence in quotes"),
        ("a: b\n  c: d\n", 2, "this line begins at column 3, line 1 at column 1"),
        ("note: one line\nanother line\na: b\n", 2, "this line has no colon"),
        ("a: [b\nc: d\n", 1, "the bracket that is opened here is not closed"),
        ("a: b\n[\n\n", 2, ""),
        ("[\n\n", 1, "the bracket that is opened here is not closed"),
        ("a: {b: c\n", 1, "the bracket that is opened here is not closed"),
        ("a: {b: c\nd: e\n", 1, "the bracket that is opened here is not closed"),
        ("a: [b, {c: d]\n", 1, ""),
        ("a: 'b\n", 1, "the quote that is opened here is not closed"),
        ("a: &\n", 1, "quote the text if it begins with & or *"),
        ("a: * b\n", 1, "quote the text if it begins with & or *"),
        ("a: %b\n", 1, "a text cannot begin with %"),
        ("a:\n\tb: c\n", 2, "replace the tab by spaces"),
        ("a:\n  -\tb: c\n  - d\n", 2, "replace the tab by spaces"),
        ("a: b\nc:\u00a0d\n", 2, "what looks like a blank here is U+00A0, pasted from a document"),
    ],
)
def test_what_is_no_yaml_is_met_with_advice(text, line, help):
    problem = problems_of(text)[0]
    assert help in f"{problem.message}; {problem.help}"
    assert problem.place.line == line


def test_the_guilty_line_is_shown_even_where_it_is_the_last_or_the_only_one():
    for text, excerpt in {
        "a: b\nc: \u200bd": "c: \u200bd",
        "\na: b: c": "a: b: c",
        "# only a comment\n# another": "# only a comment",
        "a: b\n>>>>>>> x": ">>>>>>> x",
        "a: &x b": "a: &x b",
    }.items():
        assert problems_of(text)[0].excerpt == excerpt


def test_one_character_is_underlined_where_one_is_guilty():
    assert [problems_of(text)[0].place.width for text in ("a: \u200bb", "a: b: c", "<<<<<<<\n")] == [
        1,
        1,
        7,
    ]


def test_a_file_in_utf_16_is_called_one():
    assert "UTF-16" in problems_of(b"\xfe\xff\0a\0:")[0].message
    assert "UTF-16" in problems_of("a: b\n".encode("utf-16"))[0].message


def test_a_key_given_twice_names_both_lines():
    (problem,) = problems_of("a: b\n# …\na: c\n")
    assert problem.place.line == 3
    assert "line 1" in problem.message


def test_the_first_of_two_values_stands_until_the_file_is_fixed():
    document, _ = read("deals/acme.yaml", b"a: first\na: second\n")
    assert document is not None
    assert document.data == {"a": "first"}


def test_a_whole_file_is_said_at_once():
    assert [code for code, *_ in refusals("a: &x b\nc: !!int 3\na: d\ne: *x\n")] == [
        "yaml-anchor",
        "yaml-tag",
        "key-twice",
        "yaml-alias",
    ]


HIDDEN = "\0\a\b\x0b\x0c\x1b\x7f\x85\u00ad\u061c\u180e\u200b\u200d\u200e\u200f\u2028\u2029\u202a\u202e\u2060\u2066\u2069\ufeff\ufffe\uffff\U000e0001"


@pytest.mark.parametrize("character", HIDDEN, ids=lambda character: f"U+{ord(character):04X}")
@pytest.mark.parametrize("before", ["a: b\nc: x", "# é ", "a: |\n  x"])
def test_what_cannot_be_seen_is_refused_with_its_number_and_column(before, character):
    (problem,) = problems_of(f"{before}{character}y\n")
    assert problem.code == "unseen-character"
    assert (problem.place.line, problem.place.column) == (before.count("\n") + 1, len(before.rsplit("\n", 1)[-1]) + 1)
    assert f"U+{ord(character):04X}" in problem.message or character == "\0"


@pytest.mark.parametrize(
    ("character", "said"),
    [
        ("\0", "a NUL byte"),
        ("\r", "a carriage return without a line feed"),
        ("\ufeff", "a byte-order mark"),
        *((mark, "changes the direction") for mark in "\u061c\u200e\u200f\u202a\u202e\u2066\u2069"),
        *((mark, "a line break") for mark in "\x85\u2028\u2029"),
        *((mark, "invisible character") for mark in "\x1b\u200b\u200d\u2060\u206a"),
    ],
    ids=ascii,
)
def test_what_cannot_be_seen_is_explained(character, said):
    assert said in problems_of(f"a: b{character}c")[0].message


@pytest.mark.parametrize("words", ["می\u200cخواهم", "क्\u200dष", "👩\u200d🔬", "🏳\ufe0f\u200d🌈"], ids=ascii)
@pytest.mark.parametrize("as_escape", [False, True])
def test_what_joins_the_letters_of_a_word_or_the_parts_of_a_picture_is_read(words, as_escape):
    escaped = words.replace("\u200c", "\\u200c").replace("\u200d", "\\u200d")
    document, problems = read("deals/acme.yaml", f'title: "{escaped if as_escape else words}"\n'.encode())
    assert problems == []
    assert document.data == {"title": words}


@pytest.mark.parametrize("words", ["a\u200db", "\u200dا", "ا\u200c b", "👩\u200d", "ا\u200c\u200cا"], ids=ascii)
def test_a_joiner_that_joins_nothing_is_refused_as_before(words):
    assert "unseen-character" in {problem.code for problem in problems_of(f"title: x{words}\n")}


def test_no_format_or_control_character_passes():
    """All of Unicode's, but for tab and line ends and the few that are drawn (Arabic, Kaithi, Egyptian)."""
    drawn = {*range(0x0600, 0x0606), 0x06DD, 0x070F, 0x0890, 0x0891, 0x08E2, 0x110BD, 0x110CD, *range(0x13430, 0x13440)}
    hidden = {
        point
        for point in range(sys.maxunicode + 1)
        if unicodedata.category(chr(point)) in ("Cc", "Cf", "Cs", "Zl", "Zp") and point not in drawn
    }
    assert [hex(point) for point in hidden - {0x09, 0x0A} if not UNSEEN.search(chr(point))] == []


@pytest.mark.parametrize(
    "escape", ["\\0", "\\e", "\\a", "\\x07", "\\x7f", "\\N", "\\L", "\\P", "\\r", "\\u202e", "\\u200B", "\\uFEFF"]
)
def test_what_cannot_be_seen_is_refused_as_an_escape_too(escape):
    assert refusals(f'a: b\nc: "x{escape}y"\n') == [("unseen-character", 2, 4)]
    assert refusals(f'a: b\n"x{escape}y": c\n') == [("unseen-character", 2, 1)]


def test_a_tab_inside_a_text_and_escaped_line_ends_are_fine():
    assert data_of('a: "b\tc\\td\\ne"') == {"a": "b\tc\td\ne"}


@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["LF", "CRLF"])
@pytest.mark.parametrize("label", [" HEAD", ""])
def test_a_merge_conflict_is_called_one_and_every_marker_is_named(label, end):
    text = f"a: b\n<<<<<<<{label}\nc: d\n=======\nc: e\n>>>>>>>{label}\n".replace("\n", end)
    assert refusals(text) == [("merge-conflict", 2, 1), ("merge-conflict", 6, 1)]


def test_a_merge_conflict_inside_a_text_is_found():
    text = "a: |\n  notes\n<<<<<<< HEAD\n  one\n||||||| base\n  two\n=======\n  three\n>>>>>>> other\n"
    assert [line for _, line, _ in refusals(text)] == [3, 5, 9]


@pytest.mark.parametrize("indent", ["  ", "\t", "    "])
def test_a_merge_conflict_that_was_indented_with_its_text_is_found(indent):
    text = f"a: |\n  notes\n{indent}<<<<<<< HEAD\n{indent}one\n{indent}=======\n{indent}two\n{indent}>>>>>>> other\n"
    assert refusals(text) == [("merge-conflict", line, len(indent) + 1) for line in (3, 7)]


def test_what_only_looks_like_a_merge_conflict_is_text():
    text = "a: |\n  Title\n  =======\n  >>> quoted\n  <<< and back\n  <<<<<<<< eight\n  |||||||\nb: x <<<<<<< y\n"
    said = "Title\n=======\n>>> quoted\n<<< and back\n<<<<<<<< eight\n|||||||\n"
    assert data_of(text) == {"a": said, "b": "x <<<<<<< y"}


def test_a_quote_that_is_not_closed_is_shown_where_it_was_opened():
    (problem,) = problems_of('a: b\nnote: "He said\nc: d\n')
    assert (problem.place.line, problem.place.column, problem.excerpt) == (2, 7, 'note: "He said')
    assert "not closed" in problem.message


def test_a_text_with_a_colon_is_offered_in_quotes():
    (problem,) = problems_of('title: Acme: the "big" one\n')
    assert problem.fix == 'title: "Acme: the \\"big\\" one"'
    assert data_of(problem.fix) == {"title": 'Acme: the "big" one'}


@pytest.mark.parametrize("text", ["a: b\n  c: d\n", "title\nc: d\n", f"a: b: {'x' * 200}\n", "a: b: c # d\n"])
def test_quotes_are_not_offered_where_they_would_fix_nothing(text):
    (problem,) = problems_of(text)
    assert (problem.code, '"' in problem.fix) == ("not-yaml", False)


def test_a_tab_is_blamed_only_where_it_indents():
    assert "tab" in problems_of("a:\n  - b\n\t- c\n")[0].message
    assert "tab" not in problems_of("a: x\tb: c\n")[0].message


def test_the_number_sign_that_cuts_a_text_is_pointed_out():
    document, (problem,) = read("deals/acme.yaml", b"# 1 #2\nb: 1 # no\ntitle: Acme #2 of 3\n")
    assert document is not None
    assert document.data["title"] == "Acme"
    assert (problem.code, problem.severity) == ("text-cut-by-comment", Severity.WARNING)
    assert problem.place == Place("deals/acme.yaml", 3, 13, 2)


@pytest.mark.parametrize("text", ['a: "b #2"', "a: b#2", "a: b # 2", "a: |\n  b #2\n", "a: # 2\n  b", "a: {b: c} #2"])
def test_a_number_sign_that_cuts_nothing_is_left_alone(text):
    assert not problems_of(text)


# Limits: each says its figure, and none takes long to reach


def test_a_file_may_have_256_kib_and_not_a_byte_more():
    assert MAX_BYTES == 262_144
    text = "a: b\n#".ljust(MAX_BYTES, "x")
    assert data_of(text) == {"a": "b"}
    (problem,) = problems_of(text + "x")
    assert problem.code == "file-too-large"
    assert "262,145" in problem.message
    assert "262,144" in problem.message


def test_a_text_may_have_65536_characters():
    assert MAX_SCALAR == 65_536
    assert data_of("a: " + "x" * MAX_SCALAR)
    (problem,) = problems_of("a: b\nc: " + "x" * (MAX_SCALAR + 1))
    assert (problem.code, problem.place.line) == ("text-too-long", 2)
    assert "65,536" in problem.message
    assert len(problem.excerpt) <= 120


def test_a_file_may_hold_20000_values():
    assert MAX_NODES == 20_000
    list_of = lambda count: "a: [" + "b," * count + "]"  # noqa: E731
    assert len(data_of(list_of(MAX_NODES - 2))["a"]) == MAX_NODES - 2
    (problem,) = problems_of(list_of(MAX_NODES - 1))
    assert problem.code == "too-many-values"
    assert "20,000" in problem.message


@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ("{a: ", "}"), ("\n- ", "")], ids=["[", "{", "-"])
def test_a_file_may_be_sixteen_levels_deep(opening, closing):
    def nested(levels: int) -> str:
        if opening == "\n- ":
            return "a:\n" + "- " * levels + "b"
        return "a: " + opening * levels + "b" + closing * levels

    assert data_of(nested(15))
    (problem,) = problems_of(nested(16))
    assert problem.code == "too-deep"
    assert "16" in problem.message
    (problem,) = problems_of(nested(20_000))
    assert problem.code == "too-deep"


def test_a_key_that_is_no_text_counts_as_deep_as_it_is():
    deep = lambda levels: problems_of("? " + "[" * levels + "]" * levels + "\n: b\n")[-1].code  # noqa: E731
    assert deep(14) == "key-not-text"
    assert deep(15) == "too-deep"
    assert deep(20_000) == "too-deep"


def test_after_fifty_problems_the_reader_stops_and_says_so():
    found = problems_of("a: &x b\n" + "".join(f"k{n}: *x\n" for n in range(1_000)))
    assert len(found) == MAX_COMPLAINTS + 1
    assert found[-1].code == "too-many-problems"


@pytest.mark.parametrize(
    "text",
    [
        'a: "' + "\n" * 250_000,
        "<<<<<<<\n" * 32_000,
        "".join(f"k{n}: b #1\n" for n in range(16_000)),
        "\u202e" * 80_000,
        "a: [\n" + "\t\n" * 80_000,
        "? [a]\n: b\n" * 20_000,
        "a: " + "{b: " * 60_000,
    ],
    ids=["open-quote", "conflicts", "cut-by-comment", "unseen", "tabs", "strange-keys", "open-braces"],
)
def test_a_file_made_to_be_slow_is_refused_as_quickly_as_any(text):
    """Each of these took seconds, or hours, where work grew with the square of the file; the reader's own work is counted."""
    steps = 0

    def count(*_):
        nonlocal steps
        steps += 1
        assert steps < 3_000_000

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        found = problems_of(text)
    finally:
        sys.setprofile(before)
    assert 1 <= len(found) <= MAX_COMPLAINTS + 1


# Places


def spot(text: str, *path: str | int, key: bool = False) -> tuple[int, int, int]:
    place = document_of(text).place(path, key)
    return place.line, place.column, place.width


RECORD = """\
# a comment
title: Acme           # another

stages:
  - enrichment: 2026-01-05
  - {outreach: 2026-01-19}
words: [one, "two", 'three']
text: |
  first
  second
after: {deep: {er: x}}
"""


@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["LF", "CRLF"])
@pytest.mark.parametrize(
    ("path", "place"),
    [
        (("title",), (2, 8, 4)),
        (("stages",), (5, 3, 1)),
        (("stages", 0, "enrichment"), (5, 17, 10)),
        (("stages", 1), (6, 5, 1)),
        (("stages", 1, "outreach"), (6, 16, 10)),
        (("words", 1), (7, 14, 5)),
        (("words", 2), (7, 21, 7)),
        (("text",), (8, 7, 1)),
        (("after", "deep", "er"), (11, 20, 1)),
    ],
)
def test_every_value_keeps_its_line_and_column(path, place, end):
    assert spot(RECORD.replace("\n", end), *path) == place


def test_every_key_keeps_its_line_and_column():
    assert spot(RECORD, "title", key=True) == (2, 1, 5)
    assert spot(RECORD, "stages", 1, "outreach", key=True) == (6, 6, 8)
    assert spot(RECORD, "after", "deep", key=True) == (11, 9, 4)


def test_columns_count_characters_not_bytes():
    assert spot("é: {東京: 🎓, ü: x}\n", "é", "ü") == (1, 15, 1)


def test_what_is_not_given_stands_where_its_parent_does():
    assert spot(RECORD, "after", "deep", "wanting") == spot(RECORD, "after", "deep", key=True)
    assert spot(RECORD, "stages", 7) == spot(RECORD, "stages", key=True)
    assert spot(RECORD, "wanting") == (1, 1, 1)


def test_an_excerpt_is_the_one_line_and_never_floods_a_log():
    document = document_of("a: b\r\nc: " + "d" * 500 + "\r\n")
    assert document.excerpt(1) == "a: b"
    assert len(document.excerpt(2)) == 120
    assert document.excerpt(0) == document.excerpt(99) == ""


# Whatever is in a file


YAMLISH = st.text(alphabet="ab:-[]{}\"'#&*!|>%@`?, \n\t\r~<=.0é\u2028\u202e\\", max_size=60)


@example(b"[")
@example(b"a: [b,\n\n\n")
@given(st.one_of(YAMLISH, st.text(max_size=200)).map(lambda text: text.encode("utf-8", "replace")) | st.binary())
def test_any_bytes_are_a_document_or_problems_within_the_file(raw):
    document, problems = read("deals/acme.yaml", raw)
    assert document is not None or any(problem.is_error for problem in problems)
    lines = raw.count(b"\n") + 1
    for problem in problems:
        assert 1 <= problem.place.line <= lines
        assert problem.place.column >= 1
        assert problem.place.width >= 1


WORDS = st.text(alphabet=st.characters(codec="utf-8").filter(lambda c: c != "\r" and not UNSEEN.match(c)), max_size=20)
PLAIN = st.recursive(
    st.none() | WORDS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=12,
)


class WithoutAnchors(yaml.SafeDumper):
    def ignore_aliases(self, data):
        return True


def given_only(value):
    if isinstance(value, dict):
        return {key: given_only(inner) for key, inner in value.items() if inner is not None}
    return [given_only(inner) for inner in value] if isinstance(value, list) else value


@given(
    st.dictionaries(WORDS.filter(lambda key: key != "<<"), PLAIN, min_size=1, max_size=4),
    st.sampled_from([None, True, False]),
)
def test_what_is_written_as_yaml_is_read_back_as_the_same_texts(data, flow):
    text = yaml.dump(data, Dumper=WithoutAnchors, allow_unicode=True, default_flow_style=flow, sort_keys=False)
    document, problems = read("deals/acme.yaml", text.encode())
    assert document is not None, problems
    assert document.data == given_only(data)
    assert not [problem for problem in problems if problem.is_error]


NAMES = st.text(alphabet="abcé東🎓", min_size=1, max_size=8)
SHAPES = st.recursive(
    NAMES, lambda inner: st.lists(inner, min_size=1, max_size=3) | st.dictionaries(NAMES, inner, min_size=1, max_size=3)
)


def leaves(value, path=()):
    if isinstance(value, str):
        yield path, value
    else:
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(inner, (*path, key))


@given(st.dictionaries(NAMES, SHAPES, min_size=1, max_size=3), st.sampled_from([None, True, False]), st.booleans())
def test_at_the_place_of_a_value_stands_the_value(data, flow, crlf):
    text = yaml.dump(data, Dumper=WithoutAnchors, allow_unicode=True, default_flow_style=flow, width=20)
    document = document_of(text.replace("\n", "\r\n") if crlf else text)
    lines = text.split("\n")
    for path, word in leaves(data):
        place = document.place(path)
        assert lines[place.line - 1][place.column - 1 :][: place.width] == word
        if isinstance(path[-1], str):
            key = document.place(path, key=True)
            assert lines[key.line - 1][key.column - 1 :][: key.width] == path[-1]


def test_a_byte_that_is_no_text_is_named_where_it_was_written_as_an_escape():
    document, (problem,) = read("deals/acme.yaml", b'x: {note: "' + b"a" * 200 + rb' \udcff b"}' + b"\n")
    assert (document, problem.code, problem.place.column) == (None, "not-yaml", 215)
    assert "U+DCFF, which stands for the byte 0xFF: the text is not UTF-8" in problem.message
