"""Two Books side by side: records are followed by their id, and by what they say where the id is another."""

from __future__ import annotations

import pytest

from salesops.changes.compare import Comparison, likeness
from salesops.store.load import load


@pytest.fixture
def compare(repo):
    """``compare(change)``: the book before and after a change to the files."""

    def compared(change, **more) -> Comparison:
        before = repo.book()
        change()
        return Comparison(before, repo.book(), **more)

    return compared


def mover(repo, old: str, new: str):
    def move():
        (repo.root / new).parent.mkdir(parents=True, exist_ok=True)
        (repo.root / old).rename(repo.root / new)

    return move


def unlinker(repo, *paths: str):
    return lambda: [(repo.root / path).unlink() for path in paths]


# Which record was which


def test_a_record_is_followed_by_its_id(repo, compare):
    repo.deal()
    found = compare(lambda: repo.deal("owner: april"))
    assert (found.was("deal", "acme"), found.becomes("deal", "acme")) == ("acme", "acme")
    assert found.earlier("deal", "acme").owner == "jim"
    assert (found.renamed, found.gone) == ({}, ())


def test_a_new_record_was_nothing(repo, compare):
    found = compare(repo.deal)
    assert found.was("deal", "acme") is None
    assert found.earlier("deal", "acme") is None
    assert found.changed == (("deal", "acme"),)


def test_a_folder_is_no_part_of_the_name(repo, compare):
    repo.deal()
    found = compare(mover(repo, "deals/acme.yaml", "deals/2026/a/acme.yaml"))
    assert (found.changed, found.gone, found.renamed) == ((), (), {})
    assert found.changed_paths == {"deals/2026/a/acme.yaml"}


@pytest.mark.parametrize(
    "path",
    [
        "deals/acme.yaml",
        "members/cascadia-university.yaml",
        "playbook/icp/teaching-led.yaml",
        "playbook/process/v3.yaml",
    ],
)
def test_a_file_with_another_name_and_the_same_text_was_renamed(repo, compare, path):
    repo.deal()
    kind = {"deals": "deal", "members": "member", "playbook/icp": "icp", "playbook/process": "process"}[
        path.rpartition("/")[0]
    ]
    id = path.rpartition("/")[2].removesuffix(".yaml")
    found = compare(mover(repo, path, path.replace(".yaml", "-two.yaml")))
    assert found.renamed == {(kind, f"{id}-two"): id}
    assert (found.was(kind, f"{id}-two"), found.becomes(kind, id), found.gone) == (id, f"{id}-two", ())


def test_a_file_that_says_mostly_the_same_was_renamed(repo, compare):
    repo.deal()

    def change():
        unlinker(repo, "deals/acme.yaml")()
        repo.deal("stages: [{enrichment: 2026-02-02}]\nowner: april", "acme-two")

    assert compare(change).renamed == {("deal", "acme-two"): "acme"}


def test_a_deal_of_another_member_is_another_deal(repo, compare):
    repo.deal()
    repo.member("", "other")

    def change():
        unlinker(repo, "deals/acme.yaml")()
        repo.deal("member: other", "acme-two")

    found = compare(change)
    assert found.renamed == {}
    assert found.gone == (("deal", "acme"),)


def test_the_same_text_comes_before_what_is_only_alike(repo, compare):
    repo.deal("owner: april", "a")
    repo.deal("owner: jim", "b")

    def change():
        mover(repo, "deals/a.yaml", "deals/x.yaml")()
        mover(repo, "deals/b.yaml", "deals/w.yaml")()

    assert compare(change).renamed == {("deal", "x"): "a", ("deal", "w"): "b"}


def test_the_likest_are_taken_for_each_other_and_each_once(repo, compare):
    repo.deal("owner: april\ntitle: A", "a")
    repo.deal("owner: jim\ntitle: B", "b")

    def change():
        unlinker(repo, "deals/a.yaml", "deals/b.yaml")()
        repo.deal("owner: april\ntitle: A\nexpected_close: 2099-01-01", "x")
        repo.deal("owner: jim\ntitle: B\nexpected_close: 2099-01-01", "y")
        repo.deal("owner: jim\ntitle: B\nexpected_close: 2099-01-01\nx: {a: b}", "z")

    found = compare(change)
    assert found.renamed == {("deal", "x"): "a", ("deal", "y"): "b"}
    assert found.earlier("deal", "z") is None


def test_a_deletion_that_is_signed_for_is_no_renaming(repo, compare):
    repo.deal()

    def change():
        mover(repo, "deals/acme.yaml", "deals/acme-two.yaml")()
        repo.write(
            "playbook/removed.yaml",
            "removed: [{kind: deal, id: acme, date: 2026-03-01, by: jim, why: Entered twice}]\n",
        )

    found = compare(change)
    assert found.renamed == {}
    assert found.gone == (("deal", "acme"),)
    assert [removal.id for removal in found.removals] == ["acme"]


def test_a_file_that_cannot_be_read_any_more_is_not_gone(repo, compare):
    repo.deal()
    for text in ("stages: [", "name: [", "- a"):
        assert compare(lambda text=text: repo.write("deals/acme.yaml", text)).gone == ()


def test_what_came_back_is_what_it_was_before_it_was_deleted(repo, compare):
    repo.deal("owner: april")
    deal = repo.book().deals["acme"]
    unlinker(repo, "deals/acme.yaml")()
    found = compare(repo.deal, returned={"acme": deal})
    assert found.was("deal", "acme") is None
    assert found.earlier("deal", "acme").owner == "april"
    assert found.earlier("member", "acme") is None


# What changed


@pytest.mark.parametrize("more", ["# A remark\n", "\n\n"])
def test_a_text_that_says_the_same_changes_a_path_and_no_record(repo, compare, more):
    file = repo.deal()
    found = compare(lambda: file.write_text(file.read_text() + more))
    assert found.changed == ()
    assert found.changed_paths == {"deals/acme.yaml"}


def test_nothing_changed_where_nothing_changed(repo, compare):
    repo.deal()
    found = compare(lambda: None)
    assert (found.changed, found.changed_paths, found.gone, found.corrections) == ((), frozenset(), (), ())


def correction(field: str, why: str = "Mistyped") -> str:
    return f"{{field: {field}, was: x, by: jim, date: 2026-03-01, why: {why}}}"


@pytest.mark.parametrize(
    ("before", "after", "count"),
    [
        ([], ["a"], 1),
        (["a"], ["a"], 0),
        (["a"], ["a", "b"], 1),
        (["a"], ["b", "a"], 1),
        (["a"], ["a", "a"], 1),
        (["a", "a"], ["a"], 0),
        (["a"], [], 0),
    ],
)
def test_the_corrections_that_are_new_are_counted(repo, compare, before, after, count):
    repo.deal(f"corrections: [{', '.join(map(correction, before))}]")
    found = compare(lambda: repo.deal(f"corrections: [{', '.join(map(correction, after))}]"))
    assert len(found.corrections) == len(found.new_corrections("acme")) == count
    assert {deal for deal, _ in found.corrections} <= {"acme"}


def test_another_reason_makes_no_new_correction(repo, compare):
    repo.deal(f"corrections: [{correction('a')}]")
    assert compare(lambda: repo.deal(f"corrections: [{correction('a', 'Misread')}]")).corrections == ()


def test_the_corrections_of_a_renamed_deal_are_not_new(repo, compare):
    repo.deal(f"corrections: [{correction('a')}]")
    assert compare(mover(repo, "deals/acme.yaml", "deals/acme-two.yaml")).corrections == ()


def test_moves_are_counted_under_the_version_in_force_on_their_day(repo, compare):
    repo.deal("stages: [{enrichment: 2026-01-05}, {outreach: 2026-06-01}]")
    text = (repo.root / "playbook/process/v3.yaml").read_text()
    repo.write(
        "playbook/process/v4.yaml", text.replace("version: v3", "version: v4").replace("2025-01-01", "2026-06-01")
    )
    under = compare(lambda: None).moves_under
    assert [deal for deal, _ in under["v4"]] == ["acme"]
    assert [str(day) for deal, day in under["v3"] if deal == "acme"] == ["2026-01-05"]


@pytest.mark.parametrize(
    ("one", "other", "share"),
    [
        ({}, {}, 0),
        ({"a": 1}, {"a": 1}, 1),
        ({"a": 1}, {"a": 2}, 0),
        ({"a": 1, "b": 2}, {"a": 1}, 0.5),
        ({"a": 1}, {}, 0),
    ],
)
def test_likeness_is_the_share_of_fields_that_say_the_same(one, other, share):
    assert likeness(one, other) == likeness(other, one) == share


def test_a_deal_and_its_member_may_be_renamed_at_once(repo):
    repo.deal()
    before, _ = load(repo.root)
    (repo.root / "deals/acme.yaml").rename(repo.root / "deals/acme-teaching.yaml")
    (repo.root / "members/cascadia-university.yaml").rename(repo.root / "members/cascadia.yaml")
    for file in (repo.root / "deals").glob("*.yaml"):
        file.write_text(file.read_text().replace("cascadia-university", "cascadia"))
    after, _ = load(repo.root)
    found = Comparison(before, after)
    assert found.gone == ()
    assert found.renamed == {("deal", "acme-teaching"): "acme", ("member", "cascadia"): "cascadia-university"}
