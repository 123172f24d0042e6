"""Every version of every record, on real git: whatever was done to the files, nothing is lost and nobody is mistaken."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from gitting import Git

from salesops.changes.timeline import FileHistory
from salesops.problems import CannotDecide
from salesops.store.record_histories import file_histories, timeline_of

ACME = "deals/acme.yaml"


@dataclass
class History:
    """A repository whose commits have a day, an author and a subject; the clock goes on a day with each."""

    repo: Any
    git: Git
    day: date = field(default=date(2026, 1, 4))

    @property
    def root(self) -> Path:
        return self.repo.root

    def commit(self, subject: str = "A change", by: str = "Jim", on: str = "", **env: str) -> str:
        self.day = date.fromisoformat(on) if on else date.fromordinal(self.day.toordinal() + 1)
        at = f"{self.day}T12:00:00Z"
        who = {"GIT_AUTHOR_NAME": by, "GIT_COMMITTER_NAME": "GitHub"}
        when = {"GIT_AUTHOR_DATE": "2020-01-01T00:00:00Z", "GIT_COMMITTER_DATE": at}
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "--allow-empty-message", "-m", subject, **who, **when, **env)
        return self.git("rev-parse", "HEAD")

    def deal(self, fragment: str = "", id: str = "acme", **more: str) -> str:
        self.repo.deal(fragment, id)
        return self.commit(**more)

    def merge(self, *branches: str, by: str = "Maren", subject: str = "Merge", fails: bool = False) -> None:
        self.day = date.fromordinal(self.day.toordinal() + 1)
        env = {"GIT_AUTHOR_NAME": by, "GIT_COMMITTER_DATE": f"{self.day}T12:00:00Z"}
        self.git("merge", "-q", "--no-ff", "-m", subject, *branches, fails=fails, **env)

    def life(self, id: str, kind: str = "deal", root: Path | None = None) -> FileHistory:
        (life,) = [life for life in file_histories(root or self.root, "UTC") if life.ref == (kind, id)]
        return life

    def of(self, id: str, kind: str = "deal", root: Path | None = None) -> list[tuple[str, str, Any]]:
        """Author, day and one telling field of each version of a record."""
        return [
            (version.commit.author, str(version.commit.day), version.data and _telling(version.data))
            for version in self.life(id, kind, root).versions
        ]

    def refs(self) -> list[str]:
        return [ref[1] for ref in (life.ref for life in file_histories(self.root, "UTC")) if ref[0] == "deal"]


def _telling(data: Any) -> Any:
    return data.get("title"), len(data.get("stages") or ())


ONE = "stages: [{enrichment: 2026-01-05}]\n"
TWO = "stages: [{enrichment: 2026-01-05}, {outreach: 2026-01-12}]\n"
FIRST, SECOND = ("General Membership", 1), ("General Membership", 2)


@pytest.fixture
def story(repo):
    git = Git(repo.root)
    git("init", "-q", "-b", "main")
    found = History(repo, git)
    found.commit("The beginning")
    return found


def test_a_deal_is_added_changed_deleted_and_made_again(story):
    story.deal(ONE)
    story.deal(TWO, by="April")
    (story.root / ACME).unlink()
    story.commit(by="Maren")
    story.deal(ONE)
    assert story.of("acme") == [
        ("Jim", "2026-01-06", FIRST),
        ("April", "2026-01-07", SECOND),
        ("Maren", "2026-01-08", None),
        ("Jim", "2026-01-09", FIRST),
    ]


def test_a_revert_is_the_work_of_whoever_reverted(story):
    story.deal(ONE)
    story.deal(TWO, by="April")
    story.deal(ONE, by="Maren")
    assert [who for who, *_ in story.of("acme")] == ["Jim", "April", "Maren"]


def test_a_revert_is_the_work_of_whoever_reverted_where_there_was_a_merge_too(story):
    story.deal(ONE)
    story.git.branch("other")
    story.deal(id="other")
    story.git("checkout", "-q", "main")
    story.deal(TWO, by="April")
    story.merge("other")
    back = story.deal(ONE, by="Maren")
    (life,) = file_histories(story.root, "UTC", only=[("deal", "acme")])
    assert [version.commit.author for version in life.versions] == ["Jim", "April", "Maren"]
    assert life.versions[-1].commit.id == back


@pytest.mark.parametrize("fragment", ["", "next: {action: Write again, due: 2099-01-01}\n"], ids=["only", "edited"])
def test_a_deal_that_is_renamed_keeps_its_life(story, fragment):
    story.deal(ONE)
    (story.root / ACME).rename(story.root / "deals/acme-general.yaml")
    if fragment:
        story.repo.deal(ONE + fragment, "acme-general")
    story.commit(by="April")
    assert story.refs() == ["acme-general", "cascadia-2025"]
    (life,) = file_histories(story.root, "UTC", only=[("deal", "acme-general")])
    assert [(version.id, version.path) for version in life.versions] == [
        ("acme", ACME),
        ("acme-general", "deals/acme-general.yaml"),
    ]


def test_a_renamed_deal_is_found_under_its_old_name(story):
    story.deal(ONE)
    (story.root / ACME).rename(story.root / "deals/acme-general.yaml")
    story.commit()
    assert [life.ref for life in file_histories(story.root, "UTC", only=[("deal", "acme")])] == [
        ("deal", "acme-general")
    ]


def test_another_deal_under_a_name_that_was_given_up_has_a_life_of_its_own(story):
    story.deal(ONE)
    (story.root / ACME).rename(story.root / "deals/acme-general.yaml")
    story.commit()
    story.deal("title: Another\n" + ONE)
    assert story.of("acme") == [("Jim", "2026-01-08", ("Another", 1))]
    assert len(story.of("acme-general")) == 2


def test_a_folder_that_is_moved_changes_no_life(story):
    story.deal(ONE)
    (story.root / "deals/2026").mkdir()
    (story.root / ACME).rename(story.root / "deals/2026/acme.yaml")
    story.commit(by="April")
    assert story.of("acme") == [("Jim", "2026-01-06", FIRST), ("April", "2026-01-07", FIRST)]


def test_two_records_in_one_commit(story):
    story.repo.deal(ONE)
    story.repo.member("country: CA\n")
    story.commit(by="April")
    assert story.of("acme") == [("April", "2026-01-06", FIRST)]
    assert [who for who, *_ in story.of("cascadia-university", "member")] == ["Jim", "April"]


# merges: the day is when this branch learned of it, the person is the one who wrote it


def test_what_a_merge_brought_is_the_work_of_whoever_wrote_it_on_the_day_of_the_merge(story):
    story.git.branch("change")
    wrote = story.deal(ONE, by="April", subject="Acme is new")
    story.git("checkout", "-q", "main")
    story.deal(id="other")
    story.merge("change")
    assert story.of("acme") == [("April", "2026-01-08", FIRST)]
    (life,) = file_histories(story.root, "UTC", only=[("deal", "acme")])
    assert (life.versions[0].commit.id, life.versions[0].commit.subject) == (wrote, "Acme is new")


def test_each_step_of_a_merged_branch_is_told_by_whoever_took_it_on_the_day_of_the_merge(story):
    story.deal(ONE)
    story.git.branch("change")
    story.deal(TWO, by="April")
    story.deal("title: Another\n" + TWO, by="Wanda")
    story.git("checkout", "-q", "main")
    story.deal(id="other")
    story.merge("change")
    assert story.of("acme")[1:] == [("April", str(story.day), SECOND), ("Wanda", str(story.day), ("Another", 2))]


def test_commits_of_one_second_keep_their_order(story):
    """A merge makes the commits of a branch known in one moment, and a program commits many times a second."""
    story.git.branch("change")
    wrote = [story.deal(f"title: T{at}\n", by="April") for at in range(9)]
    story.git("checkout", "-q", "main")
    story.deal(id="other")
    story.merge("change")
    wrote += [story.deal(f"title: T{at}\n", on=str(story.day)) for at in range(9)]
    known = timeline_of(story.root, story.repo.book(), story.day, only=[("deal", "acme")])
    assert [commit.id for commit, _ in known.commits] == wrote[::-1]


def test_a_branch_that_was_merged_fast_forward_keeps_its_days(story):
    story.git.branch("change")
    story.deal(ONE, by="April")
    story.deal(TWO, by="April")
    story.git("checkout", "-q", "main")
    story.git("merge", "-q", "--ff-only", "change")
    assert [day for _, day, _ in story.of("acme")] == ["2026-01-06", "2026-01-07"]


def test_what_a_merge_took_away_is_the_work_of_whoever_took_it_away(story):
    story.deal(ONE)
    story.git.branch("change")
    (story.root / ACME).unlink()
    story.commit(by="April")
    story.git("checkout", "-q", "main")
    story.deal(id="other")
    story.merge("change")
    assert story.of("acme")[-1] == ("April", "2026-01-09", None)


def test_a_merge_that_joins_two_edits_of_a_deal_is_its_own_author(story):
    story.repo.write(ACME, ONE + "title: General Membership\n" + "# \n" * 9 + "owner: jim\n")
    story.commit()
    story.git.branch("change")
    story.repo.write(ACME, (story.root / ACME).read_text().replace("owner: jim", "owner: april"))
    story.commit(by="April")
    story.git("checkout", "-q", "main")
    story.repo.write(ACME, (story.root / ACME).read_text().replace(ONE, TWO))
    story.commit(by="Jim")
    story.merge("change", by="Maren")
    assert story.of("acme") == [
        ("Jim", "2026-01-06", FIRST),
        ("Jim", "2026-01-08", SECOND),
        ("Maren", "2026-01-09", SECOND),
    ]


def test_a_branch_on_a_branch_is_told_by_its_own_writer(story):
    story.git.branch("outer")
    story.deal(id="outer", by="April")
    story.git.branch("inner")
    story.deal(ONE, by="Wanda")
    story.git("checkout", "-q", "outer")
    story.deal(id="more", by="April")
    story.merge("inner", by="Idris")
    story.git("checkout", "-q", "main")
    story.deal(id="other")
    story.merge("outer", by="Maren")
    assert story.of("acme") == [("Wanda", str(story.day), FIRST)]
    assert story.of("outer") == [("April", str(story.day), FIRST)]


def test_an_octopus(story):
    for at, (who, id) in enumerate((("April", "a"), ("Wanda", "b"), ("Idris", "c"))):
        story.git("checkout", "-q", "-b", f"change-{at}", "main")
        story.deal(id=id, by=who)
    story.git("checkout", "-q", "main")
    story.merge("change-0", "change-1", "change-2")
    assert [story.of(id)[0][:2] for id in "abc"] == [(who, str(story.day)) for who in ("April", "Wanda", "Idris")]


def test_main_merged_into_a_branch_that_is_then_merged(story):
    story.git.branch("change")
    story.deal(ONE, by="April")
    story.git("checkout", "-q", "main")
    story.deal(id="other", by="Wanda")
    story.git("checkout", "-q", "change")
    story.merge("main", by="April")
    story.deal(TWO, by="April")
    story.git("checkout", "-q", "main")
    story.merge("change", by="Maren")
    assert story.of("other") == [("Wanda", "2026-01-07", FIRST)]
    assert story.of("acme") == [("April", str(story.day), FIRST), ("April", str(story.day), SECOND)]


# what cannot be read, and what is no file


@pytest.mark.parametrize("broken", [b"title: [\n", b"\xff\xfe", b"", b"- a list\n", b"a: 1\n" * 60_000])
def test_a_version_that_cannot_be_read_says_nothing(story, broken):
    story.deal(ONE)
    story.repo.write(ACME, broken)
    story.commit(by="April")
    story.deal(TWO, by="Maren")
    nothing = ("April", "2026-01-07", None)
    assert story.of("acme") == [("Jim", "2026-01-06", FIRST), nothing, ("Maren", "2026-01-08", SECOND)]
    assert [version.is_readable for version in story.life("acme").versions] == [True, False, True]


def test_a_file_that_becomes_a_link_is_gone_and_comes_back(story):
    story.deal(ONE)
    (story.root / ACME).unlink()
    (story.root / ACME).symlink_to("cascadia-2025.yaml")
    story.commit(by="April")
    (story.root / ACME).unlink()
    story.deal(TWO)
    assert [said for *_, said in story.of("acme")] == [FIRST, None, SECOND]


def test_a_mode_that_changes_says_nothing_new(story):
    story.deal(ONE)
    (story.root / ACME).chmod(0o755)
    story.commit(by="April")
    assert [said for *_, said in story.of("acme")] == [FIRST, FIRST]


def test_what_is_no_record_has_no_life(story):
    for path in ("deals/Acme.yaml", "deals/.acme.yaml", "deals/acme.yml", "deals/acme.txt", "notes/acme.yaml"):
        story.repo.write(path, ONE)
    story.commit()
    assert story.refs() == ["cascadia-2025"]


def test_only_the_records_that_are_asked_for(story):
    story.deal(ONE)
    assert [life.ref for life in file_histories(story.root, "UTC", only=[("deal", "acme")])] == [("deal", "acme")]
    assert list(file_histories(story.root, "UTC", only=[("deal", "never")])) == []
    assert list(file_histories(story.root, "UTC", only=[])) == []


# commits


def test_hostile_authors_and_subjects_are_taken_as_they_are(story):
    story.deal(ONE, by="Jim & 'Co' \x1b[2J|`x`", subject="\x1b[31m| a`b` ${c}")
    ((who, _, _),) = story.of("acme")
    assert who == "Jim & 'Co' \x1b[2J|`x`"
    (life,) = file_histories(story.root, "UTC", only=[("deal", "acme")])
    assert life.versions[0].commit.subject == "\x1b[31m| a`b` ${c}"


def test_a_commit_in_another_encoding_is_read(story):
    story.repo.deal(ONE)
    story.git("add", "-A")
    story.git("config", "i18n.commitEncoding", "ISO-8859-1")
    story.git("commit", "-q", "-F", "-", stdin="Søren rief an".encode("latin-1"))
    (life,) = file_histories(story.root, "UTC", only=[("deal", "acme")])
    assert life.versions[0].commit.subject == "Søren rief an"


@pytest.mark.parametrize("subject", ["", "\n\nsecond line first", ":100644 100644 abc def M", "a\ttab"])
def test_subjects_do_not_confuse_the_reading(story, subject):
    story.deal(ONE, subject=subject)
    story.deal(TWO)
    assert len(story.of("acme")) == 2


def test_a_clock_that_goes_backwards_keeps_the_order_of_the_commits(story):
    story.deal(ONE, on="2026-05-01")
    story.deal(TWO, on="2026-02-01")
    assert [(day, said) for _, day, said in story.of("acme")] == [("2026-05-01", FIRST), ("2026-02-01", SECOND)]


def test_the_day_is_that_of_the_team(story):
    story.repo.deal(ONE)
    story.commit()
    (west,) = file_histories(story.root, "Pacific/Kiritimati", only=[("deal", "acme")])
    assert west.versions[0].commit.day == date(2026, 1, 7)
    assert west.versions[0].commit.time == datetime.fromisoformat("2026-01-06T12:00:00+00:00").timestamp()


def test_what_came_with_the_first_commit_that_had_deals_was_brought(repo):
    git = Git(repo.root)
    git("init", "-q", "-b", "main")
    story = History(repo, git)
    (repo.root / "deals/cascadia-2025.yaml").unlink()
    story.commit("Only the playbook")
    story.deal(ONE)
    story.deal(id="later")
    assert {life.ref[1]: life.was_brought for life in file_histories(repo.root, "UTC") if life.ref[0] == "deal"} == {
        "acme": True,
        "later": False,
    }


# where git cannot tell


def test_a_repository_in_a_sub_folder(story, tmp_path):
    git = Git(tmp_path)
    (story.root / ".git").rename(tmp_path / "old-git")
    git("init", "-q", "-b", "main")
    story.git = git
    story.repo.write("../elsewhere/deals/acme.yaml", ONE)
    story.deal(TWO, by="April")
    assert [who for who, *_ in story.of("acme", root=story.root)] == ["April"]


def test_a_clone_that_was_cut_says_how_to_fetch_the_rest(story, tmp_path):
    story.deal(ONE)
    story.git("clone", "-q", "--depth=1", f"file://{story.root}", str(tmp_path / "cut"))
    with pytest.raises(CannotDecide, match="git fetch --unshallow"):
        list(file_histories(tmp_path / "cut", "UTC"))


def test_without_git_and_without_a_commit_nobody_can_tell(repo):
    with pytest.raises(CannotDecide, match="create one with git init"):
        list(file_histories(repo.root, "UTC"))
    Git(repo.root)("init", "-q")
    with pytest.raises(CannotDecide, match="there is no commit yet"):
        list(file_histories(repo.root, "UTC"))


def test_the_last_version_of_every_record_is_its_file(demo):
    found = {life.ref: life for life in file_histories(demo.root, "UTC")}
    book = demo.book()
    for ref, document in book.documents.items():
        last = found[ref].versions[-1]
        assert (last.data, last.path, last.id) == (document.data, document.path, ref[1])
    gone = [ref for ref, life in found.items() if life.versions[-1].data is None]
    assert gone == [("deal", "quill-bay-eresearch")]
    assert set(found) == set(book.documents) | set(gone)
    assert found["deal", "northmere-general"].versions[0].id == "northmere-teaching"
