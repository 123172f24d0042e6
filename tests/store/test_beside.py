"""The gate looks at the commit and at the disk: what is altered in one and restored in the other, ignored, replaced or broken."""

from __future__ import annotations

import json

import pytest
from gitting import CLEAN, Git

PAST = "stages: [{enrichment: 2026-01-05}, {outreach: 2026-01-12}]\n"
ALTERED = PAST.replace("01-12", "01-19")
DEAL = "deals/acme.yaml"
ELSEWHERE = "which differs from the disk"


class Story:
    """A change of a CRM in git, and what the check says of it."""

    def __init__(self, repo, git: Git) -> None:
        self.repo, self.git = repo, git

    def found(self) -> dict[str, list[str]]:
        """The codes that were found, each with its messages."""
        ran = self.repo.run("check", "--against=main", "--format=json")
        assert ran.code in (0, 1), ran.err
        told: dict[str, list[str]] = {}
        for problem in json.loads(ran.out)["problems"]:
            told.setdefault(problem["code"], []).append(problem["message"])
        return told

    def code(self) -> int | str | None:
        return self.repo.run("check", "--against=main").code


@pytest.fixture
def story(repo, monkeypatch) -> Story:
    for name, value in CLEAN.items():
        monkeypatch.setenv(name, value)
    repo.deal(PAST)
    git = Git(repo.root)
    git.begin()
    git.branch()
    return Story(repo, git)


def test_where_commit_and_disk_agree_each_fault_is_told_once(story):
    story.repo.deal(ALTERED)
    story.git.commit()
    (message,) = story.found()["past-altered"]
    assert ELSEWHERE not in message


def test_a_past_that_is_altered_in_the_commit_and_restored_on_the_disk_is_found(story):
    story.repo.deal(ALTERED)
    story.git.commit()
    story.repo.deal(PAST)
    (message,) = story.found()["past-altered"]
    assert message.endswith(f"(in the last commit, {ELSEWHERE})")


def test_a_past_that_is_staged_otherwise_than_it_lies_on_the_disk_is_found(story):
    story.repo.deal(ALTERED)
    story.git("add", "-A")
    story.repo.deal(PAST)
    (message,) = story.found()["past-altered"]
    assert message.endswith(f"(in what is staged, {ELSEWHERE})")


def test_a_deal_that_is_committed_as_deleted_and_still_lies_on_the_disk_is_found(story):
    text = (story.repo.root / DEAL).read_text()
    (story.repo.root / DEAL).unlink()
    story.git.commit()
    story.repo.write(DEAL, text)
    (message,) = story.found()["record-deleted"]
    assert message.endswith(f"(in the last commit, {ELSEWHERE})")


def test_work_that_is_not_committed_yet_is_judged_as_before(story):
    story.repo.deal("owner: april\n" + PAST, "another")
    assert "record-deleted" not in story.found()
    assert not [message for messages in story.found().values() for message in messages if ELSEWHERE in message]


@pytest.mark.parametrize("rules", [".gitignore", ".git/info/exclude", "deals/.gitignore"])
def test_a_new_record_that_git_ignores_is_an_error(story, rules):
    file = story.repo.root / rules
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("another.yaml\n")
    story.repo.deal(PAST, "another")
    story.git("add", "-A")
    story.git("commit", "-q", "--allow-empty", "-m", "A change")
    assert "record-ignored" in story.found()
    assert story.code() == 1


@pytest.mark.parametrize("ignored", [False, True])
def test_a_record_in_a_git_repository_of_its_own_is_an_error(story, ignored):
    if ignored:
        story.repo.write(".gitignore", "deals/apart/\n")
    story.repo.deal(PAST, "apart/another")
    story.git("init", "-q", "deals/apart")
    story.git("-C", "deals/apart", "add", "-A")
    story.git("-C", "deals/apart", "commit", "-q", "-m", "Elsewhere")
    assert "record-ignored" in story.found()
    assert story.code() == 1


def test_a_pattern_that_begins_to_fit_records_is_named(story):
    story.repo.write(".gitignore", "deals/*.yaml\n")
    story.git.commit()
    assert "record-ignored-soon" in story.found()
    assert story.code() == 0


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("deals/*.yaml merge=ours", True),
        ("*.yaml -text", True),
        ("members/** binary", True),
        ("*.yaml linguist-generated", False),
        ("docs/* merge=ours", False),
        ("# deals/*.yaml merge=ours", False),
    ],
)
def test_a_new_attribute_by_which_git_joins_or_stores_records_is_named(story, line, named):
    story.repo.write(".gitattributes", f"{line}\n")
    story.git.commit()
    assert ("record-attribute" in story.found()) is named
    assert story.code() == 0


def test_an_attribute_that_was_there_before_is_not_named_again(story):
    story.git("checkout", "-q", "main")
    story.repo.write(".gitattributes", "deals/*.yaml merge=ours\n")
    story.git.commit()
    story.git("checkout", "-q", "change")
    story.git("merge", "-q", "main")
    assert "record-attribute" not in story.found()


def test_objects_that_the_configuration_replaces_cannot_be_decided_about(story):
    before = story.git("rev-parse", "HEAD")
    story.repo.deal(ALTERED)
    after = story.git.commit()
    story.git("replace", before, after)
    assert story.code() == 1, "replacements that nobody switched on are not looked at"
    story.git("config", "core.useReplaceRefs", "true")
    assert story.code() == 3


def test_an_object_that_is_broken_cannot_be_decided_about(story):
    blob = story.git("rev-parse", f"main:{DEAL}")
    story.repo.deal(ALTERED)
    story.git.commit()
    file = story.repo.root / ".git/objects" / blob[:2] / blob[2:]
    file.chmod(0o644)
    file.write_bytes(b"not an object")
    assert story.code() == 3


def test_a_deal_with_another_name_is_named(story):
    story.git("mv", DEAL, "deals/acme-two.yaml")
    story.git.commit()
    assert story.found()["record-renamed"] == ["the deal 'acme' is called 'acme-two' now"]
    assert story.code() == 0
