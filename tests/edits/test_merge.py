"""Two people change one deal: what both wrote is kept, and where they disagree nobody chooses for them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesops.edits.edit import append_item, remove_item, remove_key, set_key, set_scalar
from salesops.edits.merge import kind_anywhere, merge
from salesops.records.kinds import KINDS
from salesops.records.yaml_reader import read

DEAL = """\
# Cascadia, the big one
title: General Membership
member: cascadia-university
type: new business
tier: general
owner: jim   # until May
stages:
  - enrichment: 2026-01-05
  - outreach: 2026-01-19

value: {mrr: 1000 USD, months: 12}
next: {action: Call, due: 2026-06-01}
# what we know
maniac_t:
  need: {status: met, date: 2026-01-05, note: Old server}
  money: {status: unknown, date: 2026-01-05}
discovery:
  jobs: [Teach, Learn]
activity:
  - {date: 2026-01-20, kind: email}
  - {date: 2026-02-02, kind: call, outcome: spoke, with: [a-smith]}
  - {date: 2026-02-20, kind: call, outcome: spoke}
links:
  - {kind: notes, url: https://docs.example/a}

x: {a: b}
"""
A_DEAL = KINDS["deal"]


def values(text: str) -> dict:
    document, problems = read("a.yaml", text.encode())
    assert problems == [], text
    return document.data


def joined(ours: str, theirs: str, base: str = DEAL) -> str:
    """What comes of two versions that do not contradict each other, whichever side is ours."""
    there, here = merge(base, theirs, ours, A_DEAL), merge(base, ours, theirs, A_DEAL)
    assert here.sentences == there.sentences == ()
    assert _loose(values(here.text)) == _loose(values(there.text))
    return here.text


def _loose(value):
    """Values without the order of lists: two entries of one day stand in the order of whoever is ours."""
    if isinstance(value, dict):
        return {key: _loose(value[key]) for key in sorted(value)}
    return sorted((_loose(part) for part in value), key=repr) if isinstance(value, list) else value


def changed(*changes: tuple[str, str], text: str = DEAL) -> str:
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    return text


# ── what both wrote is kept ───────────────────────────────────────────────────────────────────────────────────────────


def test_two_people_log_an_activity_and_fill_in_a_field():
    ours = changed(
        (
            "20, kind: call, outcome: spoke}\n",
            "20, kind: call, outcome: spoke}\n  - {date: 2026-03-05, kind: call, outcome: spoke}   # mine\n",
        ),
        ("months: 12", "months: 24"),
    )
    theirs = changed(
        (
            "20, kind: call, outcome: spoke}\n",
            "20, kind: call, outcome: spoke}\n  # at last\n  - {date: 2026-03-02, kind: email}\n",
        ),
        ("x: {", "expected_close: 2026-05-01\nx: {"),
    )
    assert joined(ours, theirs) == changed(
        ("20, kind: call, outcome: spoke}\n", "20, kind: call, outcome: spoke}\n  # at last\n  - {date: 2026-03-02, kind: email}\n  - {date: 2026-03-05, kind: call, outcome: spoke}   # mine\n"),
        ("months: 12", "months: 24"),
        ("x: {", "expected_close: 2026-05-01\nx: {"),
    )  # fmt: skip


def test_on_one_day_ours_comes_first():
    ours = changed(("links:", "  - {date: 2026-03-02, kind: email}\nlinks:"))
    theirs = changed(("links:", "  - {date: 2026-03-02, kind: call, outcome: spoke}\nlinks:"))
    kinds = [entry["kind"] for entry in values(joined(ours, theirs))["activity"]]
    assert kinds == ["email", "call", "call", "email", "call"]


def test_the_same_entry_from_both_stands_once():
    ours = changed(("links:", "  - {date: 2026-03-02, kind: email}\nlinks:"))
    theirs = changed(("links:", "  - {kind: email, date: 2026-03-02}\n  - {date: 2026-03-03, kind: email}\nlinks:"))
    assert len(values(joined(ours, theirs))["activity"]) == 5


def test_one_entry_that_both_changed_takes_the_keys_of_both():
    ours = changed(("20, kind: email}", "20, kind: email, opened: true}"))
    theirs = changed(("20, kind: email}", "20, kind: email, replied: 2026-01-22}"))
    assert "{date: 2026-01-20, kind: email, opened: true, replied: 2026-01-22}" in joined(ours, theirs)


def test_neighbouring_answers_of_two_people():
    ours = changed(("need: {status: met", "need: {status: partial"))
    theirs = changed(("money: {status: unknown", "money: {status: met"))
    assert joined(ours, theirs) == changed(
        ("need: {status: met", "need: {status: partial"), ("money: {status: unknown", "money: {status: met")
    )


def test_what_one_took_out_and_the_other_left_is_gone():
    ours = changed(("  - {date: 2026-01-20, kind: email}\n", ""), ("[Teach, Learn]", "[Learn]"))
    theirs = changed(
        ("links:", "  - {date: 2026-03-02, kind: email}\nlinks:"), ("[Teach, Learn]", "[Teach, Learn, Ask]")
    )
    found = values(joined(ours, theirs))
    assert [entry["date"] for entry in found["activity"]] == ["2026-02-02", "2026-02-20", "2026-03-02"]
    assert found["discovery"]["jobs"] == ["Learn", "Ask"]


def test_one_side_is_a_step_ahead_with_the_moves():
    ours = changed(("19\n", "19\n  - discovery: 2026-02-02\n"))
    theirs = changed(("19\n", "19\n  - discovery: 2026-02-02\n  - proposal: 2026-03-02\n"))
    assert [*values(joined(ours, theirs))["stages"][-1]] == ["proposal"]


def test_a_corrected_move_and_a_new_one():
    ours = changed(("outreach: 2026-01-19", "outreach: 2026-01-20"))
    theirs = changed(("19\n", "19\n  - discovery: 2026-02-02 # they called\n"))
    assert "  - outreach: 2026-01-20\n  - discovery: 2026-02-02 # they called\n" in joined(ours, theirs)


def test_an_entry_is_still_itself_when_one_side_changed_what_it_goes_by():
    ours = changed(
        (
            "{date: 2026-02-02, kind: call, outcome: spoke, with: [a-smith]}",
            "{date: 2026-02-03, kind: call, outcome: spoke, with: [a-smith]}",
        )
    )
    theirs = changed(
        (
            "kind: call, outcome: spoke, with: [a-smith]}",
            "kind: call, outcome: spoke, with: [a-smith, b-jones], note: Long}",
        )
    )
    assert "  - {date: 2026-02-03, kind: call, outcome: spoke, with: [a-smith, b-jones], note: Long}\n" in joined(
        ours, theirs
    )


def test_both_add_the_same_contact_with_what_each_knows():
    base = "name: Cascadia\nkind: university\ncountry: US\ncontacts:\n  - {id: a-smith}\n"
    result = merge(base, base + "  - {id: b, role: CIO}\n", base + "  - {id: b, decides: true}\n", KINDS["member"])
    assert (result.sentences, values(result.text)["contacts"][1]) == ((), {"id": "b", "role": "CIO", "decides": "true"})


def test_a_deal_that_both_began_is_joined_where_they_agree():
    result = merge("", "title: A\nowner: jim\n", "title: A\nx: {a: b}\nowner: jim\n", A_DEAL)
    assert result.text == "title: A\nx: {a: b}\nowner: jim\n"


def test_comments_of_both_sides_stay():
    ours = changed(("# what we know", "# what we think we know"), ("months: 12}", "months: 12} # a guess"))
    theirs = changed(
        ("owner: jim   # until May", "owner: april   # from May"),
        (
            "status: met, date: 2026-01-05, note: Old server}",
            "status: met, date: 2026-01-05, note: Old server}  # dean",
        ),
    )
    text = joined(ours, theirs)
    assert all(words in text for words in ("# what we think we know", "# a guess", "# from May", "# dean"))


def test_windows_line_ends_on_one_side_do_not_make_everything_a_conflict():
    ours = changed(("months: 12", "months: 24")).replace("\n", "\r\n")
    theirs = changed(("owner: jim", "owner: april"))
    both = changed(("months: 12", "months: 24"), ("owner: jim", "owner: april"))
    assert merge(DEAL, ours, theirs, A_DEAL).text == both.replace("\n", "\r\n")
    assert merge(DEAL, theirs, ours, A_DEAL).text == both.replace("\n", "\r\n")


def test_a_last_line_without_its_end():
    bare = DEAL.removesuffix("\n")
    result = merge(bare, changed(("owner: jim", "owner: april"), text=bare), bare + "\nrenews: old", A_DEAL)
    assert result.text == changed(("owner: jim", "owner: april"), text=bare) + "\nrenews: old"


# ── nobody chooses for them ───────────────────────────────────────────────────────────────────────────────────────────


def test_one_field_changed_two_ways_stands_between_markers_and_the_rest_is_joined():
    ours = changed(("1000 USD", "1250 USD"), ("owner: jim", "owner: april"))
    theirs = changed(("1000 USD", "1400 USD"), ("x: {a: b}", "x: {a: c}"))
    result = merge(DEAL, ours, theirs, A_DEAL)
    assert result.sentences == ("value.mrr: 1250 USD here, 1400 USD there; it was 1000 USD",)
    assert result.text == changed(
        ("owner: jim", "owner: april"),
        ("x: {a: b}", "x: {a: c}"),
        (
            "\nvalue: {mrr: 1000 USD, months: 12}\n",
            "<<<<<<< here\n\nvalue: {mrr: 1250 USD, months: 12}\n=======\n\nvalue: {mrr: 1400 USD, months: 12}\n>>>>>>> there\n",
        ),
    )
    assert "merge-conflict" in {problem.code for problem in read("a.yaml", result.text.encode())[1]}


@pytest.mark.parametrize(
    ("ours", "theirs", "sentence"),
    [
        (("x: {a: b}", "x: {}"), ("x: {a: b}", "x: {a: c}"), "x.a: removed here, c there; it was b"),
        (("x: {a: b}\n", ""), ("x: {a: b}", "x: {a: c}"), "x: removed here, {a: c} there; it was {a: b}"),
        (("x: {", "expected_close: 2026-05-01\nx: {"), ("x: {", "expected_close: 2026-06-01\nx: {"), "expected_close: 2026-05-01 here, 2026-06-01 there; it was not there before"),
        (("19\n", "19\n  - closed lost: 2026-02-03\n"), ("19\n", "19\n  - discovery: 2026-02-02\n"), "stages: closed lost on 2026-02-03 here, discovery on 2026-02-02 there; keep the moves that happened"),
        (("19\n", "19\n  - closed won: 2026-02-03\n"), ("19\n", "19\n  - closed won: 2026-02-04\n"), "stages: closed won on 2026-02-03 here, closed won on 2026-02-04 there; keep the moves that happened"),
        (("2026-01-19", "2026-01-20"), ("2026-01-19", "2026-01-21"), "stages.1: {outreach: 2026-01-20} here, {outreach: 2026-01-21} there; it was {outreach: 2026-01-19}"),
        (("2026-01-19", "2026-02-10"), ("19\n", "19\n  - discovery: 2026-02-02\n"), "stages: merged, it would say something that neither side says (discovery on 2026-02-02 comes after outreach on 2026-02-10)"),
        (("  - outreach: 2026-01-19\n", ""), ("19\n", "19\n  - discovery: 2026-02-02\n"), None),
        (("kind: email}", "kind: email, opened: true}"), ("kind: email}", "kind: email, opened: false}"), "activity.2026-01-20 email.opened: true here, false there; it was not there before"),
        (("  - {date: 2026-01-20, kind: email}\n", ""), ("kind: email}", "kind: email, opened: true}"), "activity.2026-01-20 email: removed here, {date: 2026-01-20, kind: email, opened: true} there; it was {date: 2026-01-20, kind: email}"),
        (("links:\n", "links:\n  - {kind: a, url: https://docs.example/b}\n"), ("links:\n", "links:\n  - {kind: b, url: https://docs.example/b}\n"), "links.https://docs.example/b.kind: a here, b there; it was not there before"),
        (("[Teach, Learn]", "[Teach maths, Learn]"), ("[Teach, Learn]", "[Teach physics, Learn]"), "discovery.jobs: [Teach maths] here, [Teach physics] there; it was [Teach]"),
        (("# Cascadia, the big one", "# A"), ("# Cascadia, the big one", "# B"), "title: both sides changed it, and its comments or layout leave no safe way to merge them"),
        (("{status: unknown, date: 2026-01-05}", "{status: met, date: 2026-01-05}  # the dean"), ("{status: unknown, date: 2026-01-05}", "{status: unknown, date: 2026-01-06}  # the CIO"), "maniac_t: both sides changed it, and its comments or layout leave no safe way to merge them"),
    ],
)  # fmt: skip
def test_what_two_people_say_differently_is_left_to_a_person(ours, theirs, sentence):
    here, there = changed(ours), changed(theirs)
    result = merge(DEAL, here, there, A_DEAL)
    assert len(result.sentences) == 1
    assert result.sentences[0] == (sentence or result.sentences[0])
    assert [line[:7] for line in result.text.split("\n") if line[:7] in ("<" * 7, "=" * 7, ">" * 7)] == [
        "<" * 7,
        "=" * 7,
        ">" * 7,
    ]
    lines = result.text.split("\n")
    assert all(line in lines for text in (here, there) for line in text.split("\n"))


@pytest.mark.parametrize(
    ("base", "ours", "theirs"),
    [
        (DEAL, changed(("x: {a: b}", "x: {a: b")), changed(("owner: jim", "owner: april"))),
        (DEAL, changed(("owner: jim", "owner: april")), changed(("x: {a: b}", "x: *a"))),
        ("- a\n", "title: A\n", "title: B\n"),
        ("{a: 1, b: 2}\n", "{a: 2, b: 2}\n", "{a: 1, b: 3}\n"),
        ("a: 1\n", "a: 1\na: 2\n", "a: 3\n"),
        ("a: 1\n", "<<<<<<< x\na: 1\n", "a: 3\n"),
        (" a: 1\n b: 1\n", " a: 2\n b: 1\n", " a: 1\n b: 2\n"),
        ("a: 1\n", "a: \x00\n", "a: 3\n"),
        ("a: 1\n", "a: \ud800\n", "a: 3\n"),
        ("a: 1\n...\n", "a: 1\nb: 2\n...\n", "a: 1\n...\n# c\nd: 2\n"),
    ],
)
def test_what_cannot_be_read_is_joined_line_by_line_and_never_called_done(base, ours, theirs):
    result = merge(base, ours, theirs, A_DEAL)
    assert len(result.sentences) == 1
    lines = result.text.split("\n")
    assert all(line in lines for line in set(ours.split("\n")) ^ set(base.split("\n")) if line in ours)
    assert all(line in lines for line in set(theirs.split("\n")) ^ set(base.split("\n")) if line in theirs)


# ── whatever they change ──────────────────────────────────────────────────────────────────────────────────────────────

CHANGES = {
    "title": lambda text, new: set_scalar(text, ("title",), new),
    "owner": lambda text, new: set_scalar(text, ("owner",), new),
    "tier": lambda text, new: set_scalar(text, ("tier",), new),
    "mrr": lambda text, new: set_scalar(text, ("value", "mrr"), new),
    "one-off": lambda text, new: set_key(text, ("value", "one_off"), new),
    "action": lambda text, new: set_scalar(text, ("next", "action"), new),
    "due": lambda text, new: set_scalar(text, ("next", "due"), new),
    "close": lambda text, new: set_key(text, ("expected_close",), new),
    "source": lambda text, new: set_key(text, ("source",), {"channel": new}),
    "need": lambda text, new: set_scalar(text, ("maniac_t", "need", "note"), new),
    "money": lambda text, new: set_key(text, ("maniac_t", "money", "note"), new),
    "authority": lambda text, new: set_key(text, ("maniac_t", "authority"), {"status": "met", "note": new}),
    "timeline": lambda text, new: set_key(text, ("maniac_t", "timeline"), {"status": "met", "note": new}),
    "job": lambda text, new: append_item(text, ("discovery", "jobs"), f"job {new}"),
    "other job": lambda text, new: append_item(text, ("discovery", "jobs"), f"other job {new}"),
    "opened": lambda text, new: set_key(text, ("activity", 0, "opened"), new),
    "note": lambda text, new: set_key(text, ("activity", 0, "note"), new),
    "with": lambda text, new: append_item(text, ("activity", 1, "with"), new),
    "call": lambda text, new: append_item(text, ("activity",), {"date": "2026-03-01", "kind": "call", "note": new}),
    "email": lambda text, new: append_item(text, ("activity",), {"date": "2026-03-01", "kind": "email", "note": new}),
    "parked": lambda text, new: append_item(text, ("parked",), {"since": "2026-03-01", "why": new}),
    "link": lambda text, new: append_item(text, ("links",), {"kind": "notes", "url": new}),
    "other link": lambda text, new: append_item(text, ("links",), {"kind": "folder", "url": f"other {new}"}),
    "x": lambda text, new: set_key(text, ("x", "b"), new),
    "corrected": lambda text, new: set_scalar(text, ("stages", 1, "outreach"), new),
    "moved": lambda text, new: append_item(text, ("stages",), {"discovery": "2026-04-01"}),
    "less": lambda text, new: remove_item(text, ("activity", 2)),
    "no answer": lambda text, new: remove_key(text, ("value", "months")),
}  # fmt: skip
LAYOUTS = [
    DEAL,
    DEAL.replace("\n", "\r\n"),
    DEAL.removesuffix("\n"),
    DEAL.replace("next: {action: Call, due: 2026-06-01}", "next:\n    action: Call\n    # soon\n    due: 2026-06-01"),
    DEAL.replace("  - ", "- ").replace("[Teach, Learn]", "\n  - Teach\n  - Learn").replace("activity:", "# calls\n\nactivity:   # newest last"),
    DEAL.replace("[Teach, Learn]", "[\n    Teach,  # first\n    Learn\n  ]").replace("{date: 2026-01-20, kind: email}", "date: 2026-01-20\n    kind: email"),
]  # fmt: skip
some = st.lists(st.sampled_from(sorted(CHANGES)), unique=True, max_size=5)


def with_changes(text: str, names: list[str], side: str) -> str:
    for name in sorted(names):  # sorted, "less" takes an entry out after nothing that counts from the end
        text = CHANGES[name](text, f"{side} {name}" if name != "corrected" else "2026-01-20")
    return text


@given(st.sampled_from(LAYOUTS), some, some)
def test_changes_to_different_fields_are_both_in_the_result(base, ours, theirs):
    theirs = [name for name in theirs if name not in ours]
    here, there = with_changes(base, ours, "ours"), with_changes(base, theirs, "theirs")
    result = merge(base, here, there, None)
    assert result.sentences == ()
    both = with_changes(with_changes(base, ours, "ours"), theirs, "theirs")
    assert _loose(values(result.text)) == _loose(values(both))
    new = {line.strip("\r") for text in (here, there) for line in text.split("\n")} - set(
        base.replace("\r", "").split("\n")
    )
    assert all(line.split("#")[1] in result.text for line in new if "#" in line)


@given(st.sampled_from(LAYOUTS), some)
def test_a_side_that_changed_nothing_takes_the_other_byte_for_byte(base, names):
    text = with_changes(base, names, "ours")
    assert merge(base, base, text, A_DEAL).text == merge(base, text, base, A_DEAL).text == text
    assert merge(base, text, text, A_DEAL).text == text


@given(st.sampled_from(LAYOUTS), some, some)
def test_whatever_they_change_nothing_that_either_wrote_is_lost_without_a_word(base, ours, theirs):
    here, there = with_changes(base, ours, "ours"), with_changes(base, theirs, "theirs")
    result = merge(base, here, there, None)
    for text, side, names in ((here, "ours", ours), (there, "theirs", theirs)):
        assert all(f"{side} {name}" in result.text for name in names if f"{side} {name}" in text)
    if result.sentences:
        assert "<<<<<<< here" in result.text
    else:
        values(result.text)


lines = st.text(alphabet="ab:- #\n", max_size=30)


@given(lines, lines, lines)
def test_any_three_texts_are_joined_or_left_to_a_person(base, ours, theirs):
    result = merge(base, ours, theirs, A_DEAL)
    kept = result.text.split("\n")
    if result.sentences:
        assert all(line in kept for line in {*ours.split("\n"), *theirs.split("\n")} - {*base.split("\n"), ""})


@pytest.mark.proof
def test_every_record_of_the_demonstration_takes_changes_to_two_fields(home):
    for file in sorted(path for folder in ("deals", "members", "playbook") for path in (home / folder).rglob("*.yaml")):
        text = file.read_text(encoding="utf-8")
        paths = [path for path in _texts(values(text), ()) if "stages" not in path]
        for one, other in zip(paths[::7], paths[3::7], strict=False):
            ours, theirs = set_scalar(text, one, "Ours: new"), set_scalar(text, other, "Theirs: new")
            result = merge(text, ours, theirs)
            assert result.sentences == (), f"{file}: {one} and {other}"
            assert sorted(result.text) == sorted(set_scalar(ours, other, "Theirs: new"))


def _texts(value, path):
    """The path of every single value."""
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for part, inner in parts:
        yield from [(*path, part)] if isinstance(inner, str) else _texts(inner, (*path, part))


def test_a_text_that_looks_like_a_comment_is_not_cut_in_two():
    base = 'a: "x\n# y"\nb: 1\n'
    result = merge(base, base.replace("x", "xx"), base.replace("# y", "# yy"))
    assert len(result.sentences) == 1
    assert all(words in result.text for words in ("xx", "# yy"))


def test_the_kind_of_a_record_is_known_by_its_path():
    assert kind_anywhere("deals/2026/a.yaml") is KINDS["deal"]
    assert kind_anywhere("sales/crm/playbook/team.yaml") is KINDS["team"]
    assert kind_anywhere("README.md") is kind_anywhere("") is None


# ── with git ──────────────────────────────────────────────────────────────────────────────────────────────────────────

ENV = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
    "GIT_AUTHOR_NAME": "Jim",
    "GIT_AUTHOR_EMAIL": "jim@team.example",
    "GIT_AUTHOR_DATE": "2026-11-20T12:00:00Z",
    "GIT_COMMITTER_NAME": "Jim",
    "GIT_COMMITTER_EMAIL": "jim@team.example",
    "GIT_COMMITTER_DATE": "2026-11-20T12:00:00Z",
    "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
}


def git(folder: Path, *words: str, code: int = 0) -> str:
    ended = subprocess.run(
        ["git", *words], cwd=folder, env={**os.environ, **ENV}, capture_output=True, text=True, check=False, timeout=60
    )
    assert ended.returncode == code, ended.stdout + ended.stderr
    return ended.stdout + ended.stderr


@pytest.fixture
def shared(repo, home):
    """A repository with one deal, in which the merge is set up as the guide says."""
    repo.deal("activity:\n  - {date: 2026-01-07, kind: email}")
    repo.write(".gitattributes", (home / "salesops/setup/starter/gitattributes").read_bytes())
    git(repo.root, "init", "--quiet", "--initial-branch=main")
    git(repo.root, "config", "merge.salesops.driver", "salesops merge-driver %O %A %B %P")
    git(repo.root, "add", "--all")
    git(repo.root, "commit", "--quiet", "--message", "Begin")
    return repo


def branches(repo, ours: list[tuple[str, str]], theirs: list[tuple[str, str]], path: str = "deals/acme.yaml") -> None:
    """One branch for each side, each with a commit."""
    file = repo.root / path
    base = file.read_text()
    for branch, changes in (("theirs", theirs), ("ours", ours)):
        git(repo.root, "checkout", "--quiet", "-b", branch, "main")
        file.write_text(changed(*changes, text=base))
        git(repo.root, "commit", "--quiet", "--all", "--message", branch)


OURS = [
    ("kind: email}", "kind: email}\n  - {date: 2026-02-03, kind: call, outcome: spoke}"),
    ("value: {mrr: 1250 USD}", "value: {mrr: 1250 USD, months: 12}"),
]
THEIRS = [
    ("kind: email}", "kind: email}\n  - {date: 2026-02-02, kind: call, outcome: spoke}"),
    ("owner: jim", "owner: april"),
]


def test_two_branches_that_each_log_an_activity_and_fill_in_a_field_merge(shared):
    branches(shared, OURS, THEIRS)
    git(shared.root, "merge", "--no-edit", "theirs")
    text = (shared.root / "deals/acme.yaml").read_text()
    assert "2026-02-02, kind: call, outcome: spoke}\n  - {date: 2026-02-03, kind: call, outcome: spoke}" in text
    assert "owner: april" in text
    assert "months: 12" in text
    assert shared.run("check").code == 0
    assert git(shared.root, "status", "--porcelain") == ""


def test_without_the_setting_git_merges_as_it_always_does(shared):
    git(shared.root, "config", "--unset", "merge.salesops.driver")
    branches(shared, OURS, THEIRS)
    git(shared.root, "merge", "--no-edit", "theirs", code=1)
    assert "<<<<<<< HEAD" in (shared.root / "deals/acme.yaml").read_text()


def test_a_conflict_stops_git_and_is_said_in_a_sentence(shared):
    branches(shared, [("1250 USD", "1300 USD")], [("1250 USD", "1400 USD"), ("owner: jim", "owner: april")])
    said = git(shared.root, "merge", "--no-edit", "theirs", code=1)
    assert "deals/acme.yaml: value.mrr: 1300 USD here, 1400 USD there; it was 1250 USD" in said
    text = (shared.root / "deals/acme.yaml").read_text()
    assert "<<<<<<< here\nvalue: {mrr: 1300 USD}\n=======\nvalue: {mrr: 1400 USD}\n>>>>>>> there\n" in text
    assert "owner: april" in text
    assert git(shared.root, "status", "--porcelain").strip() == "UU deals/acme.yaml"
    ran = shared.run("check")
    assert ran.code == 1
    assert "merge-conflict" in ran.out
    assert "salesops explain merge-conflict" in ran.out


def test_a_rebase_and_a_hostile_name_go_the_same_way(shared):
    name = "deals/-x $(touch hit) ' \x1b[31m;.yaml"
    (shared.root / "deals/acme.yaml").rename(shared.root / name)
    git(shared.root, "add", "--all")
    git(shared.root, "commit", "--quiet", "--message", "Rename")
    branches(
        shared, [*OURS, ("tier: general", "tier: premier")], [*THEIRS, ("tier: general", "tier: other")], path=name
    )
    said = git(shared.root, "-c", "core.editor=true", "rebase", "theirs", code=1)
    assert "tier: other here, premier there; it was general" in said
    assert "\x1b[31m;.yaml: tier" not in said
    assert not (shared.root / "hit").exists()


def test_the_set_up_of_this_repository_is_the_one_that_a_new_one_gets(home):
    rules = (home / "salesops/setup/starter/gitattributes").read_text()
    assert rules in (home / ".gitattributes").read_text()
    guide = (home / "site/guides/merging.md").read_text()
    assert all(line in guide for line in rules.splitlines() if "merge=" in line)
    assert "git config merge.salesops.driver 'salesops merge-driver %O %A %B %P'" in guide


def test_records_and_nothing_else_are_joined_field_by_field(shared):
    names = ("deals/a.yaml", "deals/2026/a.yaml", "deals/README.md", "playbook/team.yaml")
    names += ("imports/hubspot.last.json", "imports/hubspot.yaml", "deals/a.last.json")
    attributes = git(shared.root, "check-attr", "merge", *names)
    assert [line.split()[-1] for line in attributes.splitlines()] == [
        *("salesops", "salesops", "unspecified", "salesops"),
        *("salesops", "unspecified", "unspecified"),
    ]


def test_a_file_beside_the_records_is_joined_line_by_line(repo):
    for name, text in (("o", "a\nb\nc\n"), ("a", "a\nb\nd\n"), ("b", "e\nb\nc\n")):
        repo.write(name, text)
    assert repo.run("merge-driver", "o", "a", "b", "deals/README.md").code == 0
    assert (repo.root / "a").read_text() == "e\nb\nd\n"
    repo.write("a", "f\nb\nc\n")
    assert repo.run("merge-driver", "o", "a", "b", "deals/README.md").code == 1
    assert "<<<<<<< here\nf\n=======\ne\n>>>>>>> there\nb\n" in (repo.root / "a").read_text()


def test_called_by_hand(repo):
    for name, text in (("o", "title: A\n"), ("a", "title: A\nx: {a: b}\n"), ("b", "title: B\n")):
        repo.write(name, text)
    ran = repo.run("merge-driver", "o", "a", "b")
    assert (ran.code, ran.out, ran.err) == (0, "", "")
    assert (repo.root / "a").read_text() == "title: B\nx: {a: b}\n"
    assert (repo.root / "b").read_text() == "title: B\n"


def test_called_wrongly_or_with_what_cannot_be_read(repo):
    repo.write("o", "title: A\n")
    ours = repo.write("a", b"title: \xff\n")
    repo.write("b", "title: B\n")
    assert repo.run("merge-driver", "o", "a").code == 2
    assert repo.run("merge-driver", "o", "gone", "b").code == 3
    assert repo.run("merge-driver", "o", ".", "b").code == 3
    ran = repo.run("merge-driver", "o", "a", "b", "deals/\x1b[31m.yaml")
    assert ran.code == 1
    assert ran.err.startswith("deals/\\x1b[31m.yaml: one of the versions is too large or is not UTF-8")
    assert ours.read_bytes() == b"title: \xff\n"
