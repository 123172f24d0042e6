"""Three versions of a text: what either side changed is kept, and where both changed the same lines both stay."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from salesops.edits.merge_lines import conflict, marked, together

texts = st.text(alphabet="ab:- #\n", max_size=30)


@given(texts, texts, texts)
def test_lines_are_joined_as_either_side_changed_them(base, ours, theirs):
    assert together(base, ours, base) == ours
    assert together(base, base, theirs) == theirs
    assert together(base, ours, ours) == ours
    both = together(base, ours, theirs)
    assert both is None or marked(base, ours, theirs) == both


@given(texts, texts, texts)
def test_what_either_side_wrote_is_in_the_marked_text(base, ours, theirs):
    kept = marked(base, ours, theirs).split("\n")
    assert all(line in kept for line in {*ours.split("\n"), *theirs.split("\n")} - {*base.split("\n"), ""})


def test_changes_to_different_lines_are_both_kept():
    assert together("a\nb\nc\nd\n", "A\nb\nc\nd\n", "a\nb\nd\ne\n") == "A\nb\nd\ne\n"


def test_changes_to_one_line_stand_between_markers():
    assert together("a\nb\n", "A\nb\n", "aa\nb\n") is None
    assert marked("a\nb\n", "A\nb\n", "aa\nb\n") == "<<<<<<< here\nA\n=======\naa\n>>>>>>> there\nb\n"


def test_markers_have_the_line_ends_of_the_text_and_lines_of_their_own():
    assert conflict("a\r\n", "b") == "<<<<<<< here\r\na\r\n=======\r\nb\r\n>>>>>>> there\r\n"
    assert conflict("", "b\n") == "<<<<<<< here\n=======\nb\n>>>>>>> there\n"


def test_texts_of_many_lines_clash_as_a_whole():
    base = "a\n" * 6_000
    assert together(base, base + "b\n", base + "c\n") is None
    assert together(base, base + "b\n", base) == base + "b\n"
    assert marked(base, base + "b\n", base + "c\n").startswith("<<<<<<< here\na\n")
