"""What `check --against` says of whole git histories: an altered past is found whatever way it came, or nobody can decide."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from gitting import CLEAN, Git

from salesops.changes.rendering import OF_THE_PAST

PAST = "stages: [{enrichment: 2026-01-05}, {outreach: 2026-01-12}]\n"
LONGER = (
    "stages: [{enrichment: 2026-01-05}, {outreach: 2026-01-12}, {discovery: 2026-01-19}]\n"
    "activity: [{date: 2026-01-15, kind: call, outcome: spoke}]\n"
)
SHORTER = "stages: [{enrichment: 2026-01-05}]\n"
ALTERED = "stages: [{enrichment: 2026-01-05}, {outreach: 2026-01-19}]\n"
SIGNED = (
    ALTERED + "corrections: [{field: stages.1, was: 2026-01-12, by: jim, date: 2026-03-01, why: It was a week later}]\n"
)
LOST = (
    "stages: [{enrichment: 2026-01-05}, {closed lost: 2026-01-12}]\n"
    "loss: {reason: price, learning: Too dear, verdict: execution, reengage: never, playbook: none needed}\n"
)
TOMBSTONE = "removed: [{kind: deal, id: acme, date: 2026-03-01, by: jim, why: Entered twice}]\n"
DEAL = "deals/acme.yaml"

FINE = (0, [])
FOUND = (1, ["past-altered"])
UNDECIDED = 3


@dataclass(frozen=True)
class Story:
    """A CRM in git: what happens to it, and what the check then says."""

    repo: Any
    git: Git

    @property
    def root(self) -> Path:
        return self.repo.root

    def deal(self, fragment: str, id: str = "acme") -> str:
        """A commit in which the deal says this."""
        self.repo.deal(fragment, id)
        return self.git.commit()

    def write(self, path: str, text: str | bytes) -> str:
        """A commit in which a file says this."""
        self.repo.write(path, text)
        return self.git.commit()

    def move(self, old: str, new: str) -> None:
        (self.root / new).parent.mkdir(parents=True, exist_ok=True)
        (self.root / old).rename(self.root / new)

    def remove(self, path: str = DEAL) -> None:
        (self.root / path).unlink()

    def back(self, fragment: str, id: str = "acme") -> str:
        """A commit in which a deal that had been removed is there again and is off the list."""
        self.repo.write("playbook/removed.yaml", "removed: []\n")
        return self.deal(fragment, id)

    def merge(self, other: str, *words: str) -> None:
        self.git("merge", "-q", "--no-ff", "--no-edit", *words, other)

    def verdict(self, against: str = "main", *words: str) -> tuple[int | str | None, list[str]]:
        """The exit code, and the codes of what was found; what stops the check has one sentence and no findings.

        What is only named to whoever reviews the change is another story, told in test_beside and test_settled.
        """
        ran = self.repo.run("check", f"--against={against}", "--format=json", *words)
        if ran.code in (0, 1):
            found = {problem["code"] for problem in json.loads(ran.out)["problems"]}
            return ran.code, sorted(found - OF_THE_PAST)
        assert ran.out == ""
        assert ran.err.count("\n") == 1
        assert "Traceback" not in ran.err
        return ran.code, []

    def undecided(self, *parts: str, against: str = "main", words: tuple[str, ...] = ()) -> bool:
        """Whether the check cannot decide, and says so in one sentence with these parts."""
        ran = self.repo.run("check", f"--against={against}", *words)
        assert (ran.code, ran.out, ran.err.count("\n")) == (UNDECIDED, "", 1), (ran.out, ran.err)
        assert ran.err.startswith("salesops: cannot decide: ")
        assert all(part in ran.err for part in parts), ran.err
        return True


@pytest.fixture(scope="module")
def begun(tmp_path_factory, starting, sound, instead) -> Path:
    """The folder of git in which every story begins; each has a copy."""
    root = tmp_path_factory.mktemp("begun")
    for path, text in {**starting, DEAL: instead(PAST, sound["deal"])}.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(text.encode())
    git = Git(root)
    git.begin()
    git.branch()
    return root / ".git"


@pytest.fixture
def story(repo, begun, monkeypatch) -> Story:
    """A CRM with one open deal of two moves, committed on main; a branch for the change is checked out."""
    for name, value in CLEAN.items():
        monkeypatch.setenv(name, value)
    repo.deal(PAST)
    shutil.copytree(begun, repo.root / ".git")
    return Story(repo, Git(repo.root))


# Straight histories


def test_nothing_changed(story):
    assert story.git("status", "--porcelain") == ""
    assert story.verdict() == FINE


def test_a_move_is_added(story):
    story.deal(LONGER)
    assert story.verdict() == FINE


def test_a_move_is_altered(story):
    story.deal(ALTERED)
    assert story.verdict() == FOUND


def test_a_move_is_altered_and_a_correction_is_signed(story):
    story.deal(SIGNED)
    assert story.verdict() == FINE


def test_a_move_is_gone(story):
    story.deal(SHORTER)
    assert story.verdict() == FOUND


def test_a_move_is_altered_in_one_commit_and_put_back_in_the_next(story):
    story.deal(ALTERED)
    story.deal(PAST)
    assert story.verdict() == FINE


def test_a_move_is_added_in_the_change_and_altered_in_the_same_change(story):
    story.deal(LONGER)
    story.deal(LONGER.replace("01-19", "01-26"))
    assert story.verdict() == FINE


def test_the_correction_came_in_an_earlier_change_than_the_alteration(story):
    signed = SIGNED.replace(ALTERED, PAST)
    story.deal(signed)
    story.git("branch", "-f", "main")
    story.deal(signed.replace(PAST, ALTERED))
    assert story.verdict() == FOUND


def test_a_change_that_is_not_committed_counts(story):
    story.repo.deal(ALTERED)
    assert story.verdict() == FOUND


def test_a_change_that_is_staged_is_judged_although_the_disk_says_otherwise(story):
    story.repo.deal(ALTERED)
    story.git("add", "-A")
    assert story.verdict() == FOUND
    story.repo.deal(PAST)
    assert story.verdict() == FOUND
    story.git("add", "-A")
    assert story.verdict() == FINE


def test_a_new_deal_that_git_does_not_know_yet(story):
    story.repo.deal("", "new")
    assert story.verdict() == FINE


def test_a_commit_that_is_amended(story):
    story.deal(LONGER)
    story.repo.deal(ALTERED)
    story.git("commit", "-qa", "--amend", "--no-edit")
    assert story.verdict() == FOUND


def test_the_base_may_be_where_we_are(story):
    assert story.verdict("HEAD") == FINE
    story.repo.deal(ALTERED)
    assert story.verdict("HEAD") == FOUND


# Branches


def on_main(story: Story, change: Callable[[], Any]) -> None:
    """A change on main, while the branch stays where it is."""
    story.git("checkout", "-q", "main")
    change()
    story.git("checkout", "-q", "change")


def test_main_goes_on_with_another_deal(story):
    on_main(story, lambda: story.deal("", "other"))
    story.deal(LONGER)
    assert story.verdict() == FINE


def test_main_goes_on_with_the_same_deal(story):
    on_main(story, lambda: story.deal(LONGER))
    story.deal(PAST + "next: {action: Call, due: 2099-02-02}\n")
    assert story.verdict() == (0, ["changed-there-too"])


def test_main_goes_on_and_nothing_changes_here(story):
    on_main(story, lambda: story.deal(LONGER))
    assert story.verdict()[0] == 0


def test_main_is_merged_into_the_change_and_its_move_is_dropped(story):
    on_main(story, lambda: story.deal(LONGER))
    story.deal(PAST + "next: {action: Call, due: 2099-02-02}\n")
    story.merge("main", "-s", "ours")
    assert story.verdict() == FOUND


def test_main_is_merged_into_the_change_and_a_deal_of_main_is_dropped(story):
    on_main(story, lambda: story.deal("", "other"))
    story.deal(LONGER)
    story.merge("main", "-s", "ours")
    assert story.verdict() == (1, ["record-deleted"])


def test_a_merge_that_alters_what_neither_side_had_altered(story):
    on_main(story, lambda: story.deal("", "other"))
    story.git.branch("side")
    story.deal("", "third")
    story.merge("main")
    story.repo.deal(ALTERED)
    story.git("commit", "-qa", "--amend", "--no-edit")
    assert story.verdict() == FOUND


def crossed(story: Story) -> None:
    """Two branches that were each merged into the other: they have two commits in common."""
    ours = story.deal("", "ours")
    story.git("checkout", "-q", "main")
    theirs = story.deal("", "theirs")
    story.merge(ours)
    story.git("checkout", "-q", "change")
    story.merge(theirs)


def test_crossing_merges(story):
    crossed(story)
    assert len(story.git("merge-base", "--all", "main", "change").split()) == 2
    assert story.verdict() == FINE
    story.deal(ALTERED)
    assert story.verdict() == FOUND


def test_crossing_merges_where_only_one_side_knew_the_deal(story):
    crossed(story)
    story.deal("stages: [{enrichment: 2026-01-09}]", "theirs")
    assert story.verdict() == FOUND
    story.deal("", "theirs")
    story.deal("stages: [{enrichment: 2026-01-09}]", "ours")
    assert story.verdict() == FOUND


def test_a_rebase_onto_main(story):
    story.deal(ALTERED)
    on_main(story, lambda: story.deal("", "other"))
    story.git("rebase", "-q", "main")
    assert story.verdict() == FOUND


def test_a_squashed_change(story):
    story.deal(LONGER)
    story.deal(ALTERED)
    story.git("checkout", "-q", "-b", "squashed", "main")
    story.git("merge", "-q", "--squash", "change")
    story.git("commit", "-qm", "All of it")
    assert story.verdict() == FOUND


def test_a_change_that_was_picked_from_another_branch(story):
    picked = story.deal(ALTERED)
    story.git.branch("other", "main")
    story.git("cherry-pick", picked)
    assert story.verdict() == FOUND


def test_a_change_that_was_picked_into_main_is_no_change_any_more_once_main_is_merged(story):
    picked = story.deal(SIGNED)
    on_main(story, lambda: story.git("cherry-pick", picked))
    story.merge("main")
    assert story.verdict() == FINE
    story.deal(SIGNED.replace("01-19", "01-20"))
    assert story.verdict() == FOUND


def test_a_forced_push_is_compared_with_what_was_there(story):
    story.git("checkout", "-q", "main")
    pushed = story.deal(LONGER)
    story.git("reset", "-q", "--hard", "HEAD~1")
    story.deal(SHORTER + "next: {action: Call, due: 2099-02-02}\n")
    assert story.verdict(pushed, "--exact") == FOUND
    assert "past-altered" in story.verdict(pushed)[1]


def test_a_forced_push_that_only_drops_a_move_is_seen_with_exact_alone(story):
    story.git("checkout", "-q", "main")
    pushed = story.deal(LONGER)
    story.git("reset", "-q", "--hard", "HEAD~1")
    assert story.verdict(pushed, "--exact") == FOUND
    assert story.verdict(pushed) == FINE  # where it parted from the pushed commit is where it stands


def test_unrelated_histories(story):
    story.git("checkout", "-q", "--orphan", "alone")
    story.git("commit", "-qm", "Another beginning")
    assert story.undecided("'main' and HEAD have no commit in common")
    assert story.verdict("main", "--exact") == FINE
    story.deal(ALTERED)
    assert story.verdict("main", "--exact") == FOUND


# Names of files


def test_a_deal_is_renamed(story):
    story.move(DEAL, "deals/acme-two.yaml")
    assert story.verdict() == FINE


def test_a_deal_is_renamed_and_goes_on(story):
    story.remove()
    story.deal(LONGER, "acme-two")
    assert story.verdict() == FINE


def test_a_deal_is_renamed_and_its_past_is_altered(story):
    story.remove()
    story.deal(ALTERED, "acme-two")
    assert story.verdict() == FOUND


def test_a_deal_is_renamed_and_nothing_in_it_is_the_same(story):
    story.remove()
    story.deal(ALTERED + "title: B\nowner: april\nicp: {hypothesis: teaching-led, version: 1, fit: true, note: n}\n"
               "value: {mrr: 9 USD}\nnext: {action: Write, due: 2099-03-03}\nx: {a: b, c: d}\nlinks: []\nexpected_close: 2099-01-01\n", "other")  # fmt: skip
    assert story.verdict() == (1, ["record-deleted"])


def test_a_deal_is_moved_to_a_folder(story):
    story.move(DEAL, "deals/2026/acme.yaml")
    story.git.commit()
    assert story.verdict() == FINE


def test_a_deal_is_moved_to_a_folder_and_its_past_is_altered(story):
    story.repo.deal(ALTERED)
    story.move(DEAL, "deals/2026/acme.yaml")
    story.git.commit()
    assert story.verdict() == FOUND


def test_two_deals_swap_their_names(story):
    story.git("checkout", "-q", "main")
    story.deal("stages: [{enrichment: 2026-02-02}]", "other")
    story.git.branch("swap")
    story.move(DEAL, "deals/third.yaml")
    story.move("deals/other.yaml", DEAL)
    story.move("deals/third.yaml", "deals/other.yaml")
    assert story.verdict() == FOUND


def test_a_deal_takes_the_name_of_one_that_is_removed(story):
    story.git("checkout", "-q", "main")
    story.deal("stages: [{enrichment: 2026-02-02}]", "other")
    story.git.branch("takes")
    story.move("deals/other.yaml", DEAL)
    story.write("playbook/removed.yaml", TOMBSTONE.replace("acme", "other"))
    assert story.verdict() == FOUND


def test_a_name_in_capitals_is_no_name(story):
    story.move(DEAL, "deals/Acme.yaml")
    story.git.commit()
    assert story.verdict() == (1, ["file-name"])


def test_a_name_that_differs_in_capitals_alone(story):
    story.repo.write("deals/ACME.yaml", (story.root / DEAL).read_bytes())
    story.repo.deal(ALTERED)
    assert story.verdict() == (1, ["file-name", "past-altered"])


def test_a_deal_is_hidden_behind_a_dot(story):
    story.move(DEAL, "deals/.acme.yaml")
    story.git.commit()
    assert story.verdict() == (1, ["file-name", "record-deleted"])


def test_a_deal_is_moved_among_the_members(story):
    story.move(DEAL, "members/acme.yaml")
    story.git.commit()
    assert story.verdict() == (1, ["file-name"])
    story.git("branch", "-f", "main")
    story.move("members/acme.yaml", DEAL)
    story.deal(ALTERED)
    assert story.verdict() == FOUND


def test_a_deal_gets_its_old_name_back_over_two_changes(story):
    story.move(DEAL, "deals/other.yaml")
    story.git.commit()
    story.git("branch", "-f", "main")
    story.move("deals/other.yaml", DEAL)
    story.git.commit()
    assert story.verdict() == FINE
    story.deal(ALTERED)
    assert story.verdict() == FOUND


def test_a_deal_gets_its_old_name_back_while_its_new_name_is_signed_away(story):
    story.move(DEAL, "deals/other.yaml")
    story.git.commit()
    story.git("branch", "-f", "main")
    story.remove("deals/other.yaml")
    story.repo.write("playbook/removed.yaml", TOMBSTONE.replace("acme", "other"))
    story.deal(ALTERED)
    assert story.verdict() == FOUND


def test_a_deal_is_hidden_by_a_wrong_ending_and_comes_back_altered(story):
    story.move(DEAL, "deals/acme.yml")
    story.git.commit()
    assert story.verdict() == (1, ["file-name"])
    story.git("branch", "-f", "main")
    story.move("deals/acme.yml", DEAL)
    story.deal(ALTERED)
    assert story.verdict() == FOUND


def test_a_deal_is_hidden_by_a_member_of_its_name_and_comes_back_altered(story):
    story.repo.member("", "acme")
    story.git.commit()
    assert "id-taken" in story.verdict()[1]
    story.git("branch", "-f", "main")
    story.remove("members/acme.yaml")
    story.repo.write("playbook/removed.yaml", TOMBSTONE.replace("kind: deal", "kind: member"))
    story.deal(ALTERED)
    assert story.undecided("'acme'", "deals/acme.yaml")


def test_the_whole_repository_is_moved_to_a_sub_folder(story):
    inside = story.root / "crm"
    inside.mkdir()
    for name in ("deals", "members", "playbook"):
        (story.root / name).rename(inside / name)
    story.write("crm/deals/acme.yaml", (inside / "deals/acme.yaml").read_text().replace("01-12", "01-19"))
    moved = Story(type(story.repo)(inside), story.git)
    assert moved.undecided("were in another place (playbook/team.yaml)")
    story.git("branch", "-f", "main")
    assert moved.verdict() == FINE


def test_a_second_crm_beside_the_first(story):
    shutil.copytree(story.root, story.root.parent / "copy", ignore=shutil.ignore_patterns(".git"))
    shutil.move(story.root.parent / "copy", story.root / "second")
    story.git.commit()
    assert Story(type(story.repo)(story.root / "second"), story.git).verdict() == FINE


def test_the_repository_begins_with_this_change(story):
    story.git("checkout", "-q", "--orphan", "before")
    story.git("rm", "-rfq", "--cached", ".")
    story.git("commit", "-q", "--allow-empty", "-m", "Nothing yet")
    story.git.branch("begins")
    story.git.commit()
    assert story.verdict("before") == FINE


def test_the_records_lie_in_a_sub_folder_of_the_git_repository(story, repo):
    inside = repo.root / "crm"
    inside.mkdir()
    for name in ("deals", "members", "playbook"):
        (repo.root / name).rename(inside / name)
    story.write("deals/acme.yaml", "no record of this CRM")
    story.git("branch", "-f", "main")
    repo.write("crm/deals/acme.yaml", (inside / "deals/acme.yaml").read_text().replace("01-12", "01-13"))
    ran = repo.run("-C", "crm", "check", "--against=main", "--format=concise")
    assert ran.code == 1
    assert "deals/acme.yaml:1:" in ran.out
    assert "past-altered" in ran.out


# Deleted, and back again


def test_a_deal_is_deleted(story):
    story.remove()
    story.git.commit()
    assert story.verdict() == (1, ["record-deleted"])


def test_a_deal_is_deleted_and_somebody_signs(story):
    story.remove()
    story.write("playbook/removed.yaml", TOMBSTONE)
    assert story.verdict() == FINE


def test_a_deal_is_deleted_and_somebody_signs_for_another(story):
    story.remove()
    story.write("playbook/removed.yaml", TOMBSTONE.replace("acme", "other"))
    assert story.verdict() == (1, ["record-deleted"])


def test_a_deal_is_deleted_and_a_member_of_that_name_is_signed_for(story):
    story.remove()
    story.write("playbook/removed.yaml", TOMBSTONE.replace("kind: deal", "kind: member"))
    assert story.verdict() == (1, ["record-deleted"])


def test_the_signature_came_before_the_deletion(story):
    story.write("playbook/removed.yaml", TOMBSTONE)
    story.git("branch", "-f", "main")
    story.remove()
    assert story.verdict() == (1, ["record-deleted"])


@pytest.mark.parametrize(("fragment", "verdict"), [(PAST, FINE), (LONGER, FINE), (SHORTER, FOUND), (ALTERED, FOUND)])
def test_a_deal_is_deleted_and_made_again_in_one_change(story, fragment, verdict):
    story.remove()
    story.git.commit()
    story.deal(fragment)
    assert story.verdict() == verdict


def test_a_deal_is_deleted_with_a_signature_and_made_again_in_one_change(story):
    story.remove()
    story.write("playbook/removed.yaml", TOMBSTONE)
    story.deal(ALTERED)
    assert story.verdict() == (1, ["past-altered", "removed-still-there"])
    story.back(ALTERED)
    assert story.verdict() == FOUND
    story.back(PAST)
    assert story.verdict() == FINE


def deleted_before(story: Story, path: str = DEAL) -> None:
    """The deal was deleted, and signed for, in a change that was merged."""
    story.remove(path)
    story.write("playbook/removed.yaml", TOMBSTONE)
    assert story.verdict() == FINE
    story.git("branch", "-f", "main")


@pytest.mark.parametrize(
    ("fragment", "verdict"), [(PAST, FINE), (LONGER, FINE), (SHORTER, FOUND), (ALTERED, FOUND), (SIGNED, FINE)]
)
def test_a_deal_is_deleted_in_one_change_and_made_again_in_another(story, fragment, verdict):
    deleted_before(story)
    story.back(fragment)
    assert story.verdict() == verdict


def test_a_deal_was_deleted_from_a_folder_and_is_made_again_at_the_top(story):
    story.move(DEAL, "deals/2026/acme.yaml")
    deleted_before(story, "deals/2026/acme.yaml")
    story.back(SHORTER)
    assert story.verdict() == FOUND


def test_a_deal_was_deleted_while_a_branch_still_had_its_shorter_past(story):
    story.deal(SHORTER, "old")
    story.git("branch", "-f", "main")
    story.git.branch("side")
    story.deal("", "third")
    story.git("checkout", "-q", "change")
    story.deal(PAST, "old")
    story.remove("deals/old.yaml")
    story.write("playbook/removed.yaml", TOMBSTONE.replace("acme", "old"))
    story.merge("side")
    story.git("branch", "-f", "main")
    story.back(ALTERED, "old")
    assert story.verdict() == FOUND
    story.back(LONGER, "old")
    assert story.verdict() == FINE


@pytest.mark.parametrize("side", [0, 1])
def test_a_deal_was_deleted_by_a_merge_that_took_the_side_without_it(story, side):
    story.git.branch("with")
    story.deal(PAST, "old")
    story.git.branch("without", "main")
    first, second = ("with", "without") if side else ("without", "with")
    story.git("checkout", "-q", first)
    tree = story.git("rev-parse", "main^{tree}")
    merge = story.git("commit-tree", tree, "-p", first, "-p", second, "-m", "Dropped")
    story.git("update-ref", "refs/heads/main", merge)
    story.git("checkout", "-q", "-f", "-b", "again", "main")
    story.deal(ALTERED, "old")
    assert story.verdict() == FOUND


AGAIN = TOMBSTONE.replace("2026-03-01", "2026-04-01")


def test_a_deal_was_deleted_twice_and_what_it_said_last_counts(story):
    deleted_before(story)
    story.back(LONGER)
    story.git("branch", "-f", "main")
    story.remove()
    story.write("playbook/removed.yaml", AGAIN)
    assert story.verdict() == FINE
    story.git("branch", "-f", "main")
    story.back(PAST)
    assert story.verdict() == FOUND
    story.back(LONGER)
    assert story.verdict() == FINE


def test_a_deal_was_corrected_after_it_had_been_deleted_once(story):
    deleted_before(story)
    story.back(SIGNED)
    assert story.verdict() == FINE
    story.git("branch", "-f", "main")
    story.remove()
    story.write("playbook/removed.yaml", AGAIN)
    story.git("branch", "-f", "main")
    story.back(SIGNED)
    assert story.verdict() == FINE
    story.back(PAST)
    assert story.verdict() == (1, ["past-altered", "signature-removed"])


def test_two_branches_had_different_pasts_when_the_deal_was_deleted(story):
    story.git.branch("other", "main")
    story.deal(LONGER)
    story.git("checkout", "-q", "change")
    story.deal(LONGER.replace("01-19", "01-20"))
    story.remove()
    story.write("playbook/removed.yaml", TOMBSTONE)
    tree = story.git("rev-parse", "HEAD^{tree}")
    merge = story.git("commit-tree", tree, "-p", "change~1", "-p", "other", "-m", "Neither")
    story.git("update-ref", "refs/heads/main", merge)
    story.git("checkout", "-q", "-f", "-b", "again", "main")
    for day in ("01-19", "01-20"):
        story.back(LONGER.replace("01-19", day))
        assert story.verdict() == FOUND


def test_a_deal_is_deleted_again_and_only_the_old_reason_is_reworded(story):
    deleted_before(story)
    story.deal(PAST)
    story.git("branch", "-f", "main")  # although the list still has it
    story.remove()
    story.write("playbook/removed.yaml", TOMBSTONE.replace("Entered twice", "It was entered twice"))
    assert story.verdict() == (1, ["record-deleted"])


def test_a_deal_was_deleted_when_nobody_could_read_it(story):
    story.write(DEAL, "stages: [")
    story.remove()
    story.git.commit()
    story.git("branch", "-f", "main")
    story.deal(ALTERED)
    assert story.undecided("acme", "cannot be read")


def test_a_deal_was_deleted_when_its_moves_could_not_be_read(story):
    story.deal("stages: [{enrichment: soon}]")
    story.remove()
    story.git.commit()
    story.git("branch", "-f", "main")
    story.deal(ALTERED)
    assert story.undecided("acme", "cannot be read")


def test_a_new_deal_under_a_name_that_another_deal_gave_up(story):
    story.move(DEAL, "deals/acme-two.yaml")
    story.git.commit()
    assert story.verdict() == FINE
    story.git("branch", "-f", "main")
    story.deal("stages: [{enrichment: 2026-03-02}]")
    assert story.verdict() == FOUND  # an id is given once; the finding names what it had been


def test_the_list_of_the_removed_is_deleted(story):
    deleted_before(story)
    story.remove("playbook/removed.yaml")
    assert story.verdict() == (1, ["record-deleted"])


def test_the_list_of_the_removed_is_emptied(story):
    deleted_before(story)
    story.write("playbook/removed.yaml", "removed: []\n")
    assert story.verdict() == (1, ["removal-erased"])


def test_the_list_of_the_removed_could_not_be_read_and_comes_back_empty(story):
    story.write("playbook/removed.yaml", TOMBSTONE.replace("why: ", "whyy: "))
    story.git("branch", "-f", "main")
    story.write("playbook/removed.yaml", "removed: []\n")
    assert story.undecided("removed", "cannot be read")


@pytest.mark.parametrize("path", ["members/cascadia-university.yaml", "playbook/icp/teaching-led.yaml"])
def test_other_records_are_deleted(story, path):
    story.remove(path)
    assert "record-deleted" in story.verdict()[1]


# Links and submodules


def test_a_deal_is_replaced_by_a_link(story):
    story.move(DEAL, "elsewhere.txt")
    (story.root / DEAL).symlink_to("../elsewhere.txt")
    story.git.commit()
    assert story.verdict() == (1, ["not-a-file"])


def test_a_link_is_replaced_by_the_deal_that_it_had_replaced(story):
    story.move(DEAL, "elsewhere.txt")
    (story.root / DEAL).symlink_to("../elsewhere.txt")
    story.git.commit()
    story.git("branch", "-f", "main")
    story.remove()
    story.deal(ALTERED)
    assert story.verdict() == FOUND
    story.deal(PAST)
    assert story.verdict() == FINE


def test_a_link_that_holds_a_deal_and_is_checked_out_as_a_file(story):
    content = (story.root / DEAL).read_text()
    story.remove()
    (story.root / DEAL).symlink_to(content)
    story.git.commit()
    story.git("branch", "-f", "main")
    story.git("config", "core.symlinks", "false")
    story.remove()
    story.git("checkout", "-q", "--", DEAL)
    assert (story.root / DEAL).read_text() == content
    assert story.undecided("deals/acme.yaml is a link for git")


def test_the_folder_of_the_deals_is_replaced_by_a_link(story):
    story.move("deals", "elsewhere")
    (story.root / "deals").symlink_to("elsewhere")
    story.git.commit()
    code, codes = story.verdict()
    assert code == 1
    assert {"not-a-file", "record-deleted"} <= set(codes)


def submodule(story: Story, path: str) -> None:
    """What lies there becomes a git repository of its own."""
    other = Git(story.root / path)
    other.begin()
    story.git("rm", "-rq", "--cached", path)
    story.git("-c", "advice.addEmbeddedRepo=false", "add", path)
    story.git("commit", "-qm", "A repository in the repository")


@pytest.mark.parametrize("path", ["deals", "deals/2026"])
def test_the_deals_become_a_repository_of_their_own(story, path):
    if path != "deals":
        story.move(DEAL, f"{path}/acme.yaml")
        story.git.commit()
        story.git("branch", "-f", "main")
    submodule(story, path)
    assert story.undecided(path, "submodule")


@pytest.mark.parametrize("path", ["deals", "deals/2026"])
@pytest.mark.parametrize("still", [True, False])
def test_the_deals_were_a_repository_of_their_own(story, path, still):
    if path != "deals":
        story.move(DEAL, f"{path}/acme.yaml")
        story.git.commit()
    submodule(story, path)
    story.git("branch", "-f", "main")
    story.repo.write(f"{path}/acme.yaml", (story.root / f"{path}/acme.yaml").read_text().replace("01-12", "01-19"))
    if still:
        Git(story.root / path).commit()
    else:
        shutil.rmtree(story.root / path / ".git")
        story.git("rm", "-q", "--cached", path)
    story.git.commit()
    assert story.undecided(path, "submodule")


def test_a_submodule_elsewhere_is_nobodys_business(story):
    story.write("site/extra/a.md", "text")
    submodule(story, "site/extra")
    story.deal(ALTERED)
    assert story.verdict() == FOUND


# Text that says the same


@pytest.mark.parametrize("config", [("core.autocrlf", "true"), ("core.autocrlf", "input"), ("core.eol", "crlf")])
def test_line_ends_are_no_change(story, config):
    story.git("config", *config)
    story.repo.write(DEAL, (story.root / DEAL).read_bytes().replace(b"\n", b"\r\n"))
    assert story.verdict() == FINE
    story.repo.write(DEAL, (story.root / DEAL).read_bytes().replace(b"01-12", b"01-13"))
    assert story.verdict() == FOUND


def test_line_ends_in_the_earlier_commit_are_no_change(story):
    story.write(DEAL, (story.root / DEAL).read_bytes().replace(b"\n", b"\r\n"))
    story.git("branch", "-f", "main")
    story.deal(PAST)
    assert story.verdict() == FINE
    story.deal(ALTERED)
    assert story.verdict() == FOUND


# What a repository may bring along


def trap(story: Story) -> Path:
    """A command that leaves a mark when it is run, in every place where git would run one for what the check asks."""
    mark = story.root.parent / "ran"
    script = story.root.parent / "trap"
    script.write_text(f"#!/bin/sh\necho run >>'{mark}'\ncat\n")
    script.chmod(0o755)
    hooks = story.root.parent / "hooks"
    hooks.mkdir()
    for name in ("post-index-change", "pre-commit", "reference-transaction", "post-checkout"):
        shutil.copy(script, hooks / name)
    for key in (
        "core.fsmonitor", "core.pager", "core.editor", "core.sshCommand", "core.askPass", "diff.external", "gpg.program",
        "diff.deal.textconv", "diff.deal.command", "filter.deal.clean", "filter.deal.smudge", "filter.deal.process",
        "pager.log", "pager.diff-tree", "credential.helper", "merge.deal.driver", "uploadpack.packObjectsHook",
        "remote.origin.uploadpack",
    ):  # fmt: skip
        story.git("config", key, str(script))
    for key, value in (
        ("core.hooksPath", str(hooks)), ("log.showSignature", "true"), ("alias.log", f"!{script}"), ("log.follow", "true"),
        ("alias.ls-tree", f"!{script}"), ("remote.origin.url", f"ext::{script}"), ("protocol.ext.allow", "always"),
        ("log.diffMerges", "off"), ("diff.renames", "copies"), ("diff.relative", "false"), ("log.mailmap", "false"),
        ("diff.orderFile", "/nowhere"), ("log.showRoot", "false"), ("format.pretty", "oneline"), ("core.quotePath", "true"),
        ("log.decorate", "full"), ("core.abbrev", "4"), ("color.ui", "always"), ("diff.noprefix", "true"), ("log.date", "raw"),
        ("submodule.recurse", "true"), ("core.precomposeUnicode", "true"), ("core.ignoreCase", "true"),
    ):  # fmt: skip
        story.git("config", key, value)
    return mark


def test_nothing_that_a_repository_brings_along_is_run(story):
    story.write(".gitattributes", "*.yaml diff=deal merge=deal ident\n")
    deleted_before(story)
    on_main(story, lambda: story.deal("", "other"))
    story.back(SHORTER)
    mark = trap(story)
    assert story.verdict() == FOUND
    assert not mark.exists()


@pytest.mark.parametrize("attribute", ["filter=deal", "filter", "working-tree-encoding=UTF-7"])
def test_files_that_git_stores_in_another_form_than_they_are_read(story, attribute):
    mark = trap(story)
    story.repo.write(".gitattributes", f"deals/*.yaml {attribute}\n")
    assert story.undecided("deals/acme.yaml", ".gitattributes")
    assert not mark.exists()


def test_attributes_of_other_files_are_nobodys_business(story):
    story.write(".gitattributes", "*.png filter=lfs\n*.yaml text=auto eol=lf -filter\n")
    story.deal(ALTERED)
    assert story.verdict() == FOUND


def test_a_pointer_in_place_of_a_file_is_no_record(story):
    story.write(DEAL, "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n")
    story.git("branch", "-f", "main")
    story.deal(ALTERED)
    assert story.undecided("acme", "cannot be read")


def test_a_commit_that_is_replaced_is_compared_as_it_was(story):
    real = story.git("rev-parse", "main")
    story.deal(ALTERED)
    fake = story.git("commit-tree", "HEAD^{tree}", "-m", "As if it had always been so")
    story.git("replace", real, fake)
    assert story.verdict() == FOUND
    assert story.verdict(real, "--exact") == FOUND


def test_a_deal_that_is_replaced_is_compared_as_it_was(story):
    story.deal(ALTERED)
    story.git("replace", *(story.git("rev-parse", f"{commit}:{DEAL}") for commit in ("main", "HEAD")))
    assert story.verdict() == FOUND


def test_a_graft_does_not_hide_what_was_deleted(story):
    deleted_before(story)
    story.git("config", "advice.graftFileDeprecated", "false")
    (story.root / ".git/info").mkdir(exist_ok=True)
    (story.root / ".git/info/grafts").write_text(story.git("rev-parse", "main") + "\n")
    story.back(SHORTER)
    assert story.verdict() == FOUND


# What the clone holds


def cloned(story: Story, *words: str) -> Story:
    """A clone of it, on the branch of the change."""
    for key in ("uploadpack.allowFilter", "uploadpack.allowAnySHA1InWant"):
        story.git("config", key, "true")
    folder = story.root.parent / "clone"
    story.git("clone", "-q", "--no-tags", "--branch=change", *words, story.root.as_uri(), str(folder))
    return Story(type(story.repo)(folder), Git(folder))


@pytest.mark.parametrize("depth", [1, 2, 3])
def test_a_clone_that_was_cut(story, depth):
    for owner in ("april", "jim", "april"):
        story.deal(PAST + f"owner: {owner}\n")
    story.git("branch", "-f", "main")
    story.deal(LONGER)
    story.deal(ALTERED)
    clone = cloned(story, f"--depth={depth}", "--no-single-branch")
    assert clone.undecided("git fetch --unshallow", "fetch-depth: 0", against="origin/main")
    assert clone.undecided("git fetch --unshallow", against="origin/main", words=("--exact",))
    clone.git("fetch", "-q", "--unshallow")
    assert clone.verdict("origin/main") == FOUND


def test_a_clone_to_a_depth_that_holds_everything(story):
    story.deal(ALTERED)
    assert cloned(story, "--depth=3", "--no-single-branch").verdict("origin/main") == FOUND


def test_a_whole_clone(story):
    story.deal(ALTERED)
    assert cloned(story).verdict("origin/main") == FOUND


def test_a_clone_without_contents(story):
    story.deal(ALTERED)
    clone = cloned(story, "--filter=blob:none")
    clone.git("config", "protocol.file.allow", "always")
    assert clone.undecided("fetch", against="origin/main")
    assert "?" in clone.git("rev-list", "--objects", "--missing=print", "origin/main"), "nothing was fetched"


def test_a_clone_without_the_base(story):
    story.deal(ALTERED)
    clone = cloned(story, "--single-branch")
    assert clone.undecided("there is no commit 'origin/main'", "fetch", against="origin/main")


@pytest.mark.samples(15)
@pytest.mark.parametrize(
    "rev",
    ["nowhere", "--output=x", "-n", "HEAD~999", "a\nb", "a b", "", " ", "0" * 40, "^main", "main..HEAD", "main...HEAD",
     "main:deals", ":/", "main^{tree}", "@{upstream}", "--all", "HEAD\n", "main --", "ma*", "\x1b[31m", "x" * 5_000, "-"],
)  # fmt: skip
@pytest.mark.parametrize("exact", [(), ("--exact",)])
def test_a_base_that_is_no_commit(story, rev, exact):
    story.deal(ALTERED)
    assert story.undecided(against=rev, words=exact)
    assert not (story.root / "x").exists()


def test_a_base_that_is_a_file_or_a_folder(story):
    story.deal(ALTERED)
    for what in (f"main:{DEAL}", "main:deals"):
        assert story.undecided("there is no commit", against=story.git("rev-parse", what))


def test_a_base_that_is_a_signed_name(story):
    story.git("tag", "-a", "-m", "A release", "v1", "main")
    story.deal(ALTERED)
    assert story.verdict("v1") == FOUND


def test_a_base_called_like_a_file(story):
    story.git("branch", "deals", "main")
    story.deal(ALTERED)
    assert story.verdict("deals") == FOUND


@pytest.mark.parametrize("name", ["refs/tags/main", "refs/heads/origin/main", "refs/tags/origin/main", "refs/main"])
def test_a_base_that_means_two_things(story, name):
    story.git("update-ref", "refs/remotes/origin/main", "main")
    story.deal(ALTERED)
    story.git("update-ref", name, "HEAD")
    story.git("config", "core.warnAmbiguousRefs", "false")
    rev = "origin/main" if "origin" in name else "main"
    assert story.undecided(f"'{rev}'", "more than one", "refs/", against=rev)
    assert story.verdict("refs/remotes/origin/main") == FOUND


def test_a_base_whose_id_is_the_name_of_a_branch_too(story):
    base = story.git("rev-parse", "main")
    story.deal(ALTERED)
    story.git("update-ref", f"refs/heads/{base}", "HEAD")
    assert story.verdict(base) == FOUND


# States of the work tree


def test_no_commit_yet(repo, monkeypatch):
    for name, value in CLEAN.items():
        monkeypatch.setenv(name, value)
    story = Story(repo, Git(repo.root))
    story.git("init", "-q", "-b", "main")
    for rev in ("main", "HEAD"):
        assert story.undecided("there is no commit", against=rev)


def test_an_unborn_branch(story):
    story.git("checkout", "-q", "--orphan", "unborn")
    assert story.undecided("there is no commit yet")
    assert story.undecided("there is no commit yet", words=("--exact",))


def test_no_git_at_all(repo, tmp_path, monkeypatch):
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    assert Story(repo, Git(repo.root)).undecided("not a git repository", "git init")


def test_git_is_not_installed(story, monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    assert story.undecided("git is not installed")


def test_a_repository_that_belongs_to_somebody_else(story):
    if os.geteuid() != 0:
        pytest.skip("only root can give files away")
    os.chown(story.root, 65_534, 65_534)
    os.chown(story.root / ".git", 65_534, 65_534)
    assert story.undecided("dubious ownership", "safe.directory")


@pytest.mark.parametrize("setting", [("core.bare", "true"), ("core.worktree", "/"), ("core.worktree", "../..")])
def test_settings_that_lead_the_work_tree_elsewhere(story, setting):
    story.deal(ALTERED)
    story.git("config", *setting)
    assert story.verdict()[0] in (1, UNDECIDED)


def test_a_checkout_without_a_branch(story):
    story.git("checkout", "-q", "--detach")
    story.deal(ALTERED)
    assert story.verdict() == FOUND


def test_the_merge_that_github_makes_of_a_pull_request(story):
    on_main(story, lambda: story.deal("", "other"))
    story.deal(ALTERED)
    story.git("checkout", "-q", "--detach", "main")
    story.merge("change")
    assert story.verdict() == FOUND
    assert story.verdict("HEAD^1", "--exact") == FOUND


def test_a_second_work_tree(story):
    folder = story.root.parent / "second"
    story.git("worktree", "add", "-q", "-b", "second", str(folder))
    second = Story(type(story.repo)(folder), Git(folder))
    assert second.verdict() == FINE
    second.deal(ALTERED)
    assert second.verdict() == FOUND
    second.git("config", "extensions.worktreeConfig", "true")
    assert story.verdict() == FINE


def test_what_a_hook_sets_leads_nowhere_else(story, monkeypatch):
    other = story.root.parent / "other"
    other.mkdir()
    Git(other).begin()
    story.deal(ALTERED)
    for name, value in (
        ("GIT_DIR", str(other / ".git")), ("GIT_WORK_TREE", str(other)), ("GIT_INDEX_FILE", str(other / ".git/index")),
        ("GIT_OBJECT_DIRECTORY", str(other / ".git/objects")), ("GIT_COMMON_DIR", str(other / ".git")),
        ("GIT_NAMESPACE", "x"), ("GIT_ICASE_PATHSPECS", "1"), ("GIT_REPLACE_REF_BASE", "refs/heads"), ("GIT_PREFIX", "deals/"),
        ("GIT_TRACE2_EVENT", str(other / "trace")), ("GIT_SHALLOW_FILE", str(other / "shallow")), ("GIT_ATTR_SOURCE", "main"),
    ):  # fmt: skip
        monkeypatch.setenv(name, value)
    assert story.verdict() == FOUND
    assert not (other / "trace").exists()


def test_in_a_hook_of_a_commit(story):
    ended = story.root.parent / "ended"
    hook = story.root / ".git/hooks/pre-commit"
    hook.parent.mkdir(exist_ok=True)
    command = Path(sys.executable).parent / "salesops"
    hook.write_text(f"#!/bin/sh\n'{command}' check --against main --format concise >'{ended}' 2>&1\n")
    hook.chmod(0o755)
    story.repo.deal(ALTERED)
    story.git("add", "-A")
    story.git("commit", "-qm", "Altered", fails=True)
    assert "past-altered" in ended.read_text()
    story.git("commit", "-qam", "Altered", fails=True)
    assert "past-altered" in ended.read_text()


def conflict(story: Story) -> None:
    on_main(story, lambda: story.deal(LONGER))
    story.deal(PAST.replace("}]", "}, {closed lost: 2026-01-20}]") + LOST.split("\n")[1] + "\n")


def test_a_merge_that_is_not_resolved(story):
    conflict(story)
    story.git("merge", "-q", "main", fails=True)
    assert story.undecided("a merge is not resolved: deals/acme.yaml")


def test_a_merge_whose_conflict_was_taken_out_of_the_file_alone(story):
    conflict(story)
    story.git("merge", "-q", "main", fails=True)
    story.repo.deal(LONGER)
    assert story.undecided("a merge is not resolved: deals/acme.yaml")


def test_a_merge_that_is_not_committed(story):
    on_main(story, lambda: story.deal("", "other"))
    story.deal(LONGER)
    story.git("merge", "-q", "--no-ff", "--no-commit", "main")
    assert story.undecided("a merge is under way")
    story.git("commit", "-qm", "Merged")
    assert story.verdict() == FINE


def test_a_rebase_that_stopped_at_a_conflict(story):
    conflict(story)
    story.git("rebase", "-q", "main", fails=True)
    assert story.undecided("deals/acme.yaml")


def test_a_rebase_that_checks_every_commit(story):
    story.deal(ALTERED)
    on_main(story, lambda: story.deal("", "other"))
    story.git("rebase", "-q", "--exec", "false", "main", fails=True)
    assert (story.root / ".git/rebase-merge").exists()
    assert story.verdict() == FOUND


def test_another_git_command_is_at_work(story):
    (story.root / ".git/index.lock").write_text("")
    assert story.undecided("index.lock")
    assert (story.root / ".git/index.lock").exists()


@pytest.mark.parametrize("flag", ["--assume-unchanged", "--skip-worktree"])
def test_git_was_told_not_to_look(story, flag):
    story.git("update-index", flag, DEAL)
    story.repo.deal(ALTERED)
    assert story.git("status", "--porcelain") == ""
    assert story.verdict() == FOUND


def test_a_checkout_that_leaves_deals_out(story):
    story.git("update-index", "-q", "--refresh")  # git leaves out only what it knows to be as it was
    story.git("sparse-checkout", "set", "--no-cone", "/*", "!/deals/acme.yaml")
    assert not (story.root / DEAL).exists()
    assert story.undecided("deals/acme.yaml is left out of this checkout", "git sparse-checkout disable")
    story.git("sparse-checkout", "disable")
    assert story.verdict() == FINE


def test_git_was_told_to_ignore_the_deals(story):
    story.write(".gitignore", "deals/\n")
    story.repo.deal(ALTERED)
    assert story.verdict() == FOUND


# What could not be read


def test_the_deal_could_not_be_read_and_can_now(story):
    story.write(DEAL, "stages: [")
    story.git("branch", "-f", "main")
    story.deal(ALTERED)
    assert story.undecided("the deal 'acme' cannot be read")
    assert story.verdict("main~1", "--exact") == FOUND


def test_the_deal_could_not_be_read_and_still_cannot(story):
    story.write(DEAL, "stages: [")
    story.git("branch", "-f", "main")
    story.deal("", "other")
    assert story.verdict() == (1, ["not-yaml"])


@pytest.mark.parametrize("way", ["deleted", "renamed"])
def test_the_deal_could_not_be_read_and_is_gone(story, way):
    story.write(DEAL, "stages: [")
    story.git("branch", "-f", "main")
    story.remove()
    story.repo.write("playbook/removed.yaml", TOMBSTONE)
    if way == "renamed":
        story.deal(ALTERED, "acme-two")
    assert story.undecided("the deal 'acme' cannot be read")


def test_the_deal_has_a_key_that_nobody_knows_any_more(story):
    story.deal(PAST + "fax: 1234\n")
    story.git("branch", "-f", "main")
    story.deal(PAST)
    assert story.verdict() == FINE
    story.deal(ALTERED)
    assert story.verdict() == FOUND


def test_the_deal_had_a_key_that_nobody_knows_any_more_and_is_gone(story):
    story.deal(PAST + "fax: 1234\n")
    story.git("branch", "-f", "main")
    story.remove()
    assert story.verdict() == (1, ["record-deleted"])
    story.deal(ALTERED, "acme-two")
    assert story.verdict() == FOUND
    story.remove("deals/acme-two.yaml")
    story.repo.write("playbook/removed.yaml", TOMBSTONE)
    story.git.commit()
    assert story.verdict() == FINE


def test_the_moves_were_written_in_a_way_that_nobody_reads_any_more(story):
    story.deal("stages: {enrichment: 2026-01-05, outreach: 2026-01-12}\n")
    story.git("branch", "-f", "main")
    story.deal(PAST)
    assert story.undecided("the deal 'acme' cannot be read")


def test_another_file_could_not_be_read_and_says_nothing_of_the_past(story):
    story.write("members/cascadia-university.yaml", "name: [")
    story.git("branch", "-f", "main")
    story.repo.member()
    story.deal(ALTERED)
    assert story.verdict() == FOUND


BROKEN = {
    "an unknown key": lambda story: story.repo.deal(PAST + "fax: 1234\n"),
    "no owner": lambda story: story.repo.deal(PAST + "owner:\n"),
    "an owner of a wrong form": lambda story: story.repo.deal(PAST + "owner: [jim]\n"),
    "a day of a wrong form": lambda story: story.repo.deal(PAST + "expected_close: soon\n"),
    "a repeated key": lambda story: story.repo.deal(PAST + "title: A\ntitle: B\n"),
    "a move of a wrong form": lambda story: story.repo.deal(PAST.replace("2026-01-12", "soon")),
    "a type of a wrong form": lambda story: story.repo.deal(PAST + "type: lease\n"),
    "corrections of a wrong form": lambda story: story.repo.deal(PAST + "corrections: [{field: stages.1}]\n"),
    "no YAML": lambda story: story.repo.write(DEAL, "stages: ["),
    "no mapping": lambda story: story.repo.write(DEAL, "- a\n"),
    "nothing at all": lambda story: story.repo.write(DEAL, ""),
    "no UTF-8": lambda story: story.repo.write(DEAL, b"title: \xff\n"),
    "too much": lambda story: story.repo.write(DEAL, "x: " + "y" * 300_000),
    "a conflict": lambda story: story.repo.write(DEAL, "<<<<<<< HEAD\n"),
    "a wrong ending": lambda story: story.move(DEAL, "deals/acme.yml"),
    "a wrong place": lambda story: story.move(DEAL, "members/acme.yaml"),
    "a member of its name": lambda story: story.repo.member("", "acme"),
    "a link": lambda story: (story.move(DEAL, "acme.txt"), (story.root / DEAL).symlink_to("../acme.txt")),
    "a folder": lambda story: (story.remove(), (story.root / DEAL).mkdir(), (story.root / DEAL / "x").write_text("")),
    "nothing, as it was deleted": lambda story: story.remove(),
}  # fmt: skip


def afresh(story: Story) -> None:
    """The state in which everything can be read, with nothing of what was broken."""
    story.git("rm", "-rqf", "--ignore-unmatch", "deals", "members", "acme.txt")
    story.git("checkout", "-q", "change~1", "--", "deals", "members")


@pytest.mark.parametrize("state", BROKEN)
@pytest.mark.proof
def test_whatever_was_wrong_with_the_file_an_altered_past_does_not_pass(story, state):
    BROKEN[state](story)
    story.git.commit()
    assert story.verdict()[0] in (1, UNDECIDED)
    story.git("branch", "-f", "main")
    afresh(story)
    story.deal(ALTERED)
    assert story.verdict()[0] in (1, UNDECIDED)
    story.deal(SHORTER)
    assert story.verdict()[0] in (1, UNDECIDED)
    story.move(DEAL, "deals/2026/acme.yaml")
    story.git.commit()
    assert story.verdict()[0] in (1, UNDECIDED)
    story.remove("deals/2026/acme.yaml")
    story.deal(PAST)
    assert story.verdict()[0] in (0, UNDECIDED) or "record-deleted" in story.verdict()[1]


@pytest.mark.samples(8)
@pytest.mark.parametrize("state", [state for state in BROKEN if "delete" not in state])
def test_whatever_was_wrong_with_the_file_it_does_not_vanish(story, state):
    BROKEN[state](story)
    story.git.commit()
    story.git("branch", "-f", "main")
    afresh(story)
    story.remove()
    story.git.commit()
    assert story.verdict()[0] in (1, UNDECIDED)


def test_a_file_that_never_was_a_record_may_go(story):
    story.write("deals/notes.yml", "notes")
    story.git("branch", "-f", "main")
    story.remove("deals/notes.yml")
    assert story.verdict() == FINE


def test_a_deal_that_was_hidden_by_a_wrong_ending_may_go_with_a_signature(story):
    story.move(DEAL, "deals/acme.yml")
    story.git.commit()
    story.git("branch", "-f", "main")
    story.remove("deals/acme.yml")
    assert story.undecided("the deal 'acme' was a record before")
    story.write("playbook/removed.yaml", TOMBSTONE)
    assert story.verdict() == FINE


# The process


PROCESS = "playbook/process/v3.yaml"


def test_the_process_is_edited(story):
    story.repo.process("answers_valid: 9999")
    assert story.verdict() == (1, ["process-changed"])


def test_the_words_of_the_process_may_be_corrected(story):
    story.repo.process("changelog: Something else")
    assert story.verdict() == FINE


def test_the_process_is_written_otherwise_and_says_the_same(story):
    story.repo.write(PROCESS, "# A remark\n" + (story.root / PROCESS).read_text())
    assert story.verdict() == FINE


def newer(story: Story, day: str, version: str = "v4") -> None:
    text = (story.root / PROCESS).read_text().replace("version: v3", f"version: {version}")
    story.write(f"playbook/process/{version}.yaml", text.replace("in_force: 2025-01-01", f"in_force: {day}"))


def test_the_process_is_renamed(story):
    newer(story, "2025-01-01")
    story.remove(PROCESS)
    assert story.verdict() == (1, ["process-changed"])


def test_the_process_is_deleted(story):
    newer(story, "2026-11-01")
    story.git("branch", "-f", "main")
    story.remove(PROCESS)
    assert story.verdict() == (1, ["process-deleted"])


def test_a_new_version_begins_after_the_last_move(story):
    newer(story, "2026-11-01")
    assert story.verdict() == FINE


def test_a_new_version_takes_over_days_in_which_moves_were_made(story):
    newer(story, "2026-01-12")
    assert story.verdict() == (1, ["process-changed"])


def test_a_version_that_nothing_was_made_under_may_change_but_not_into_the_past(story):
    newer(story, "2026-11-01")
    story.git("branch", "-f", "main")
    newer(story, "2026-10-01")
    assert story.verdict() == FINE
    newer(story, "2026-01-01")
    assert story.verdict() == (1, ["process-changed"])


def test_a_version_that_nothing_was_made_under_may_go(story):
    newer(story, "2026-11-01")
    story.git("branch", "-f", "main")
    story.remove("playbook/process/v4.yaml")
    assert story.verdict() == FINE


def test_an_older_version_that_begins_earlier_takes_nothing_over(story):
    newer(story, "2020-01-01", "v1")
    assert story.verdict() == FINE


def test_the_first_version_ever(story):
    text = (story.root / PROCESS).read_text()
    story.git("checkout", "-q", "--orphan", "begins")
    story.remove(PROCESS)
    story.git.commit()
    story.git("branch", "-f", "main")
    story.write(PROCESS, text)
    assert story.verdict() == FINE


@pytest.mark.parametrize("way", ["deleted", "misnamed"])
def test_the_process_was_gone_and_comes_back_altered(story, way):
    text = (story.root / PROCESS).read_text()
    story.remove(PROCESS)
    if way == "misnamed":
        story.repo.write("playbook/process/v3.yml", text)
    story.git.commit()
    assert story.verdict()[0] == 1
    story.git("branch", "-f", "main")
    if way == "misnamed":
        story.remove("playbook/process/v3.yml")
    story.write(PROCESS, text.replace("closed lost\n", "closed won\n"))
    assert story.undecided("there is no process version")


def test_the_process_could_not_be_read_and_comes_back_altered(story):
    text = (story.root / PROCESS).read_text()
    story.write(PROCESS, "version: [")
    story.git("branch", "-f", "main")
    story.write(PROCESS, text.replace("in_force: 2025-01-01", "in_force: 2025-01-02"))
    assert story.undecided("the process 'v3' cannot be read")


# Other ways of git


def test_a_repository_with_longer_ids(repo, monkeypatch):
    for name, value in CLEAN.items():
        monkeypatch.setenv(name, value)
    repo.deal(PAST)
    git = Git(repo.root)
    try:
        git.begin("--object-format=sha256")
    except AssertionError:
        pytest.skip("this git has no longer ids")
    git.branch()
    story = Story(repo, git)
    story.deal(LONGER)
    assert story.verdict() == FINE
    story.deal(ALTERED)
    assert story.verdict() == FOUND


def test_the_installed_command_says_it_in_words(story):
    story.deal(ALTERED)
    ran = story.repo.spawn("check", "--against", "main")
    assert ran.returncode == 1
    assert "the move was 'outreach: 2026-01-12' in an earlier commit" in ran.stdout
    assert "sign a correction" in ran.stdout
    assert "compared with" in ran.stdout


def test_corrections_are_counted_and_shown(story):
    story.deal(SIGNED)
    ran = story.repo.run("check", "--against=main", "--format=json")
    (entry,) = json.loads(ran.out)["against"]["corrections"]
    assert (entry["deal"], entry["field"], entry["was"], entry["by"]) == ("acme", "stages.1", "2026-01-12", "jim")
    assert "1 signed correction" in story.repo.run("check", "--against=main").out


def test_the_check_changes_nothing_in_git(story):
    story.deal(PAST + "owner: april\n")
    story.repo.deal(LONGER)

    def state() -> list[tuple[str, int, int]]:
        files = [path for path in (story.root / ".git").rglob("*") if path.is_file()]
        return sorted((str(path), path.stat().st_mtime_ns, path.stat().st_size) for path in files)

    before = state()
    assert story.verdict() == FINE
    assert state() == before
