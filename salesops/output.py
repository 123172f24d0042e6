"""Problems, readings and records as text, JSON and GitHub annotations; the only place where foreign text meets a terminal or a log."""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from io import StringIO
from typing import Any, NamedTuple
from unicodedata import category, east_asian_width

from salesops.problems import Problem, Severity

SECRET = re.compile(
    r"\b(?:gh[pousr]_[A-Za-z0-9]{16,}|github_pat_[A-Za-z0-9_]{20,}|AKIA[0-9A-Z]{12,}|xox[abprs]-[A-Za-z0-9-]{10,}"
    r"|sk-[A-Za-z0-9_-]{20,}|glpat-[A-Za-z0-9_-]{16,})|-----BEGIN [A-Z ]*PRIVATE KEY-----"
)
"""Tokens of GitHub, AWS, Slack and GitLab, keys of paid interfaces, private-key headers."""
MARKS = ("ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "AKIA", "xox", "sk-", "glpat-", "PRIVATE KEY")


def may_hold_secret(text: str) -> bool:
    """A quick look that spares most texts the thorough one."""
    return any(mark in text for mark in MARKS)


SCHEMA_VERSION = 1
ANNOTATIONS = 10
"""How many errors, and how many warnings, GitHub keeps of one step; it drops the rest without a word."""

_ESCAPE = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff\ud800-\udfff]"
    "|[\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U0001fffe\U0001ffff\U000e0000-\U000e007f]"
)
_IN_JSON = re.compile(rf"(?!\n){_ESCAPE.pattern}|(?<=#)#(?=\[)")
_COMMAND = re.compile(r"^\s*:(?=:)|##(?=\[)")
"""What a runner of GitHub Actions takes as a command: ``::`` at the start of a line, ``##[`` anywhere in it."""

Style = Callable[[str, str], str]
"""Paints a text: ``style(text, "error")``."""


def show(text: object) -> str:
    """Any foreign text as one harmless line: what cannot be seen or would be a command is written as an escape, what looks like a secret is not written."""
    seen = _ESCAPE.sub(lambda match: _escaped(match.group()), masked(str(text)))
    return _COMMAND.sub(lambda match: match.group()[:-1] + _escaped(match.group()[-1]), seen)


def masked(text: str) -> str:
    """The text without anything that looks like a secret."""
    return SECRET.sub("[secret]", text)


def _escaped(character: str) -> str:
    point = ord(character)
    short = {9: "\\t", 10: "\\n", 13: "\\r"}.get(point)
    return short or (f"\\x{point:02x}" if point < 256 else f"\\u{point:04x}" if point < 65536 else f"\\U{point:08x}")


def unpainted(text: str, role: str) -> str:
    """The style of a pipe or a file: none."""
    return text


def problems_as_text(problems: Sequence[Problem], style: Style = unpainted) -> Iterator[str]:
    """Each problem as a block: the line for editors and grep, the excerpt with a caret, why, help and fix."""
    for problem in problems:
        yield from _block(problem, style)
        yield ""


def _block(problem: Problem, style: Style) -> Iterator[str]:
    place = problem.place
    field = f"{style(show(problem.field), 'field')}: " if problem.field else ""
    severity = style(f"{problem.severity.value}[{problem.code}]", problem.severity.value)
    yield f"{style(f'{show(place.path)}:{place.line}:{place.column}', 'place')}: {severity} {field}{show(problem.message)}"
    number = str(place.line)
    gutter = " " * len(number)
    if problem.excerpt.strip():
        shown = show(problem.excerpt)
        yield f"{gutter} |"
        yield f"{number} | {shown}"
        if shown == problem.excerpt and place.column <= len(shown):
            before, guilty = shown[: place.column - 1], shown[place.column - 1 :][: place.width]
            yield f"{gutter} | {' ' * _cells(before)}{style('^' * max(_cells(guilty), 1), problem.severity.value)}"
    for name, said in (("why", problem.why), ("help", problem.help)):
        if said:
            yield f"{gutter} = {name}: {show(said)}"
    if problem.fix:
        first, *rest = problem.fix.split("\n")
        if rest:
            yield f"{gutter} = fix:"
            yield from (f"{gutter}     {show(line)}" for line in (first, *rest))
        else:
            yield f"{gutter} = fix:  {show(first)}"


def _cells(text: str) -> int:
    """How many columns of a terminal a text takes: two for a wide character, none for a mark on the one before."""
    if text.isascii():
        return len(text)
    return sum(0 if category(c) in ("Mn", "Me") else 2 if east_asian_width(c) in "WF" else 1 for c in text)


def problems_as_lines(problems: Iterable[Problem]) -> Iterator[str]:
    """One line each, for editors and grep."""
    for problem in problems:
        place = problem.place
        field = f"{show(problem.field)}: " if problem.field else ""
        yield f"{show(place.path)}:{place.line}:{place.column}: {problem.severity.value}[{problem.code}] {field}{show(problem.message)}"


def problems_as_annotations(problems: Sequence[Problem]) -> Iterator[str]:
    """GitHub workflow commands, as many as GitHub keeps, and then how many more there are."""
    kept: Counter[Severity] = Counter()
    for problem in problems:
        kept[problem.severity] += 1
        if kept[problem.severity] <= ANNOTATIONS:
            place = problem.place
            where = f"file={_property(place.path)},line={place.line},col={place.column},title={_property(problem.code)}"
            said = " ".join(
                part
                for part in (
                    f"{problem.field}:" if problem.field else "",
                    problem.message,
                    f"({problem.help})" if problem.help else "",
                )
                if part
            )
            fix = "".join(f"{NEW_LINE}{_data(line)}" for line in _fix_lines(problem))
            yield f"::{problem.severity.value} {where}::{_data(said)}{fix}"
    more = sum(max(count - ANNOTATIONS, 0) for count in kept.values())
    if more:
        yield f"... and {more} more that GitHub would drop: run salesops check to see them"


NEW_LINE = "%0A"
"""The end of a line within an annotation, as the runner of GitHub Actions reads it."""
MAX_FIX_LINES = 40


def _fix_lines(problem: Problem) -> Iterator[str]:
    """The fix below what is said, ready to be copied: in the same line where it is one."""
    lines = problem.fix.split("\n") if problem.fix else []
    if len(lines) == 1:
        yield f"fix: {lines[0]}"
    elif lines:
        yield from ("fix:", *lines[:MAX_FIX_LINES])
        yield from ["…"] if len(lines) > MAX_FIX_LINES else []


def _data(text: str) -> str:
    return show(text).replace("%", "%25")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


_MARKUP = re.compile(
    r"""
      \\ (?= [!-/:-@\[-`{-~] | $ )          # before a mark, or before whatever the text around it begins with
    | [`|]
    | \] (?= [(\[:] | $ ) | \[ (?= \[ ) | ^ \[ (?= [\ xX]\] )   # any other bracket leads nowhere
    | (?<! \s ) \* | \* (?! \s )
    | (?<! [^\W_] ) _ | _ (?! [^\W_] )      # within a word it marks nothing
    | (?<! \s ) (?<! ^ ) ~ | ~ (?! \w )     # before a word it could only begin something
    | \$ (?! \d )                          # before a number it never ends a formula
    | & (?= \#? \w+ ; ) | < (?! [\s\d] ) | (?<= - ) >
    | ^ (?: [\#>] | \+ (?= \s | $ ) | - (?= [\s-] | $ ) | = (?= =* $ ) | : (?= - ) )
    """,
    re.VERBOSE,
)
"""What would be markup where it stands; the rest reads as it was written, also where nobody renders it."""
_LINKED = re.compile(
    r"(?<![A-Za-z0-9])@(?=\w)|#(?=\w)|:(?=[\w+-]+:)|(?<=:)//|(?<=www)\.|(?<=\bgh)-(?=\d)", re.IGNORECASE
)
"""Where GitHub would find somebody to notify, an issue, an emoji or an address; an e-mail address notifies nobody."""
_ENTITIES = {"&": "&amp;", "<": "&lt;"}
UNLINKED = "\u200b"
"""A blank of no width: it keeps GitHub from notifying people and linking addresses that stand in foreign text."""


def markdown(text: object) -> str:
    """Any foreign text as one line of Markdown that says just this text: no markup, no link to a page, no mention."""
    seen = _MARKUP.sub(lambda match: _ENTITIES.get(match.group(), "\\" + match.group()), show(text).strip())
    seen = re.sub(r"^(\d{1,9})(?=[.)](\s|$))", r"\1\\", seen)
    return _without_links(seen)


def address(url: str) -> str:
    """A link of a record in Markdown that leads where it says; as it is where nothing in it is markup."""
    seen = show(url).strip()
    if not _ADDRESS.fullmatch(seen):
        return markdown(seen)
    return f"<{seen}>" if _MARKUP.search(seen) else seen


def _without_links(seen: str) -> str:
    return _LINKED.sub(lambda match: match.group()[0] + UNLINKED + match.group()[1:], seen)


def unlinked(text: object) -> str:
    """Foreign text as one line of a title or of a commit, in which GitHub finds nobody to notify and nothing to close."""
    return _without_links(show(text).strip())


def code_span(text: object) -> str:
    """Foreign text as code in Markdown, whatever backticks it holds."""
    seen = show(text).replace("|", "\N{BROKEN BAR}")
    longest = max((len(run) for run in re.findall("`+", seen)), default=0)
    fence = "`" * (longest + 1)
    space = " " if "`" in seen or not seen.strip() else ""
    return f"{fence}{space}{seen}{space}{fence}"


class Links(NamedTuple):
    """Where a problem is mended in the browser: the address of its file, and of a file to add with its path; else nothing."""

    edit: str | None = None
    add: tuple[str, str] | None = None


def no_links(problem: Problem) -> Links:
    """The links of a problem whose branch nobody knows: none."""
    return Links()


def link(words: str, address: str | None) -> str:
    """Words of Markdown that lead to an address; the words alone where it has none, or holds what an address does not."""
    return f"[{words}]({address})" if address and _ADDRESS.fullmatch(address) else words


_ADDRESS = re.compile(r"https?://[A-Za-z0-9._~:/?#@!$&*+,;=%-]+")


def problems_as_markdown(
    problems: Sequence[Problem], most: int = 200, links: Callable[[Problem], Links] = no_links
) -> Iterator[str]:
    """A list for a job's summary or a comment: what is wrong, where, and the way out; the first ``most`` of them."""
    for problem in problems[:most]:
        at = links(problem)
        place = link(code_span(f"{problem.place.path}:{problem.place.line}"), at.edit)
        yield f"- **{problem.severity.value}** {place} {markdown(problem.message)} ({code_span(problem.code)})"
        yield from (f"  - {markdown(said)}" for said in (problem.why, problem.help) if said)
        if at.add:
            yield f"  - {link(f'Add {code_span(at.add[0])}', at.add[1])}"
        if problem.fix:
            yield ""
            yield "  ```yaml"
            yield from (f"  {show(line)}" for line in re.sub("`(?=`)", "` ", problem.fix).split("\n"))
            yield "  ```"
    if len(problems) > most:
        yield f"- … and {len(problems) - most:,} more: run `salesops check` to see them"
    if problems:
        yield ""


def tally(problems: Sequence[Problem], checked: dict[str, int]) -> str:
    """The last line: what was looked at and what was found."""
    looked = ", ".join(counted(number, kind) for kind, number in checked.items())
    if not problems:
        return f"{looked} checked: no problems"
    kinds = Counter(problem.severity.value for problem in problems)
    found = " and ".join(counted(kinds[kind], kind) for kind in ("error", "warning") if kinds[kind])
    files = len({problem.place.path for problem in problems})
    return f"{looked} checked: {found} in {counted(files, 'file')}"


def counted(number: int, noun: str) -> str:
    """``1 deal``, ``1,250 deals``."""
    return f"{number:,} {noun if number == 1 else noun + 's'}"


def as_json(value: Any) -> str:
    """JSON as machines read it: exact money as text, days as ISO, keys in the order given."""
    return _IN_JSON.sub(_as_unicode_escapes, json.dumps(value, ensure_ascii=False, indent=2, default=_plain))


def as_json_lines(data: Mapping[str, Any]) -> Iterator[str]:
    """A mapping as ``as_json`` has it, some lines at a time; of a value that is an iterator one entry after the other."""
    yield "{"
    left = len(data)
    for key, value in data.items():
        left -= 1
        comma = "," if left else ""
        if isinstance(value, Iterator):
            yield from _entries_in_lines(f"  {as_json(key)}: [", value, f"]{comma}")
        else:
            yield f"  {as_json(key)}: {_deeper(as_json(value))}{comma}"
    yield "}"


def _entries_in_lines(begin: str, entries: Iterator[Any], end: str) -> Iterator[str]:
    before = None
    for entry in entries:
        yield begin if before is None else f"{before},"
        before = f"    {_deeper(as_json(entry), 2)}"
    yield f"{begin}{end}" if before is None else f"{before}\n  {end}"


def _deeper(text: str, steps: int = 1) -> str:
    return text.replace("\n", "\n" + "  " * steps)


def _as_unicode_escapes(match: re.Match[str]) -> str:
    units = match.group().encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))


def _plain(value: object) -> object:
    if isinstance(value, Decimal | date):
        return str(value)
    raise TypeError(f"no JSON for {type(value).__name__}")


_RISKY = re.compile(
    r"[\s\ufeff]*['=+@\N{FULLWIDTH EQUALS SIGN}\N{FULLWIDTH PLUS SIGN}\N{FULLWIDTH COMMERCIAL AT}\N{FULLWIDTH HYPHEN-MINUS}-]|[\t\r\n]"
)
"""How a cell begins that a spreadsheet would take for a formula, or for the sign that it is none."""


def guarded(text: str) -> str:
    """A text as a cell that no spreadsheet computes: with an apostrophe before whatever would be a formula, or begins with one."""
    return f"'{text}" if _RISKY.match(text) else text


def unguarded(cell: str) -> str:
    """A cell without the apostrophe that keeps spreadsheets from computing it; any other apostrophe is the author's."""
    return cell[1:] if cell.startswith("'") and _RISKY.match(cell[1:]) else cell


def as_csv(rows: Iterable[Sequence[object]], heads: Sequence[str]) -> Iterator[str]:
    """A table for spreadsheets and programs, line by line: text is one harmless line, and never a formula."""
    for row in (heads, *rows):
        line = StringIO()
        csv.writer(line, lineterminator="").writerow([_cell(value) for value in row])
        yield line.getvalue()


def _cell(value: object) -> object:
    """Numbers and days as they are, what is not there as nothing; an apostrophe before whatever would be a formula."""
    if value is None or isinstance(value, int | float | Decimal | date):
        return value
    return guarded(show(value))


def problem_as_data(problem: Problem) -> dict[str, Any]:
    """A problem as ``check --format json`` gives it."""
    data = {
        "code": problem.code,
        "severity": problem.severity.value,
        "path": problem.place.path.encode("utf-8", "backslashreplace").decode(),
        "line": problem.place.line,
        "column": problem.place.column,
        "field": problem.field,
        "message": problem.message,
        "why": problem.why,
        "help": problem.help,
        "fix": problem.fix,
    }
    return {key: masked(value) if isinstance(value, str) else value for key, value in data.items()}


def table(
    rows: Sequence[Sequence[str]], heads: Sequence[str], right: frozenset[int] = frozenset(), style: Style = unpainted
) -> Iterator[str]:
    """A plain table; the columns numbered in ``right`` are aligned there."""
    shown = [[show(cell) for cell in row] for row in rows]
    widths = [max([len(head), *(len(row[at]) for row in shown)]) for at, head in enumerate(heads)]

    def line(cells: Sequence[str]) -> str:
        return "  ".join(
            cell.rjust(width) if at in right else cell.ljust(width)
            for at, (cell, width) in enumerate(zip(cells, widths, strict=True))
        ).rstrip()

    yield style(line(heads), "head")
    yield from (line(row) for row in shown)
