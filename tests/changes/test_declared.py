"""Since when an experiment has been declared as it is, and the older versions of a hypothesis, as the commits have them."""

from datetime import date

import pytest
from gitting import Git

from salesops.metrics.experiments import Declared
from salesops.store.record_histories import git_history

SUBJECT = (
    "hypothesis: It helps\nvariants: [plain, named]\ncohort: {stage: outreach, since: 2026-05-01}\nstatus: planned\n"
)
BELIEF = "claim: They teach\nversion: 1\nsince: 2026-01-01\nstatus: testing\nwhen: [{field: maniac_t.need, is: met}]\n"


class Dated(Git):
    """Git whose commits say on which day they were made."""

    def on(self, day):
        stamp = f"{day}T12:00:00Z"
        self("init", "-q", "-b", "main", "--template=")
        self("add", "-A")
        self("commit", "-q", "-m", "A change", GIT_AUTHOR_DATE=stamp, GIT_COMMITTER_DATE=stamp)


@pytest.fixture
def git(repo):
    repo.deal()
    return Dated(repo.root)


@pytest.fixture
def told(repo):
    return lambda day: git_history(repo.root, repo.book(), day).beliefs


def test_an_experiment_is_declared_by_the_commit_since_which_it_says_what_it_says(repo, git, told):
    git.on("2026-01-05")
    repo.write("playbook/experiments/subject.yaml", SUBJECT)
    git.on("2026-04-01")
    repo.write("playbook/experiments/subject.yaml", SUBJECT.replace("planned", "running"))
    git.on("2026-05-01")
    assert told(date(2026, 12, 1)).declared["subject"] == Declared(date(2026, 4, 1))
    repo.write("playbook/experiments/subject.yaml", SUBJECT.replace("plain", "short"))
    git.on("2026-06-01")
    assert told(date(2026, 12, 1)).declared["subject"] == Declared(date(2026, 6, 1))
    assert told(date(2026, 5, 31)).declared["subject"] == Declared(date(2026, 4, 1))
    assert "subject" not in told(date(2026, 3, 31)).declared


def test_an_experiment_that_came_with_the_first_commit_may_be_older(repo, git, told):
    repo.write("playbook/experiments/subject.yaml", SUBJECT)
    git.on("2026-01-05")
    assert told(date(2026, 12, 1)).declared["subject"] == Declared(date(2026, 1, 5), was_brought=True)


def test_the_older_versions_of_a_hypothesis_are_those_of_their_last_commits(repo, git, told):
    git.on("2026-01-05")
    for at, text in enumerate((BELIEF, BELIEF.replace("met", "partial"), BELIEF.replace("version: 1", "version: 2"))):
        repo.write("playbook/icp/teaching.yaml", text)
        git.on(f"2026-0{at + 2}-01")
    (first,) = told(date(2026, 12, 1)).earlier["teaching"]
    assert (first.version, first.when[0].is_) == (1, ("partial",))
    assert told(date(2026, 3, 31)).earlier == {}


def test_without_a_history_nothing_is_told(repo, told):
    assert told(date(2026, 12, 1)).declared == {}
