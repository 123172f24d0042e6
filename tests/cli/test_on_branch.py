"""A red branch is mended in the browser: each problem leads to its file there, and what is one line of the change can be accepted."""

from __future__ import annotations

import json
import re
from urllib.parse import unquote

import pytest
from gitting import Git

HOME = "https://github.com/jim/sales"
SOUND = "title: General Membership\nmember: cascadia-university\ntier: general\nowner: jim\n"


@pytest.fixture
def git(repo):
    """The sound repository and an open deal `acme`, committed."""
    repo.deal(SOUND)
    found = Git(repo.root)
    found.begin()
    return found


@pytest.fixture
def changed(repo, git):
    """Commit what lies here on a branch; its comment and the comments of its review."""

    def comment(repository: str = HOME, branch: str = "topic"):
        git.commit()
        file = repo.root.parent / "review.json"
        words = (f"--repository={repository}", f"--branch={branch}", f"--review={file}")
        ran = repo.run("diff", "HEAD~1", "HEAD", "--format", "markdown", *words)
        assert ran.code in (0, 1), "a file that cannot be counted is said to be so"
        return ran.out, json.loads(file.read_text(encoding="utf-8"))["comments"]

    return comment


def test_a_problem_leads_to_its_file_on_the_branch(repo, changed):
    repo.deal(SOUND.replace("owner: jim", "owner: bob"))
    comment, _ = changed()
    assert f"- **error** [`deals/acme.yaml:4`]({HOME}/edit/topic/deals/acme.yaml) " in comment


@pytest.mark.parametrize(
    "host", ["https://gitlab.com/our/sales", "https://codeberg.org/our/sales", "https://bitbucket.org/our/sales"]
)
def test_the_links_fit_the_host_of_the_repository(repo, changed, host):
    repo.deal(SOUND.replace("member: cascadia-university", "member: drumlin-college"))
    comment, _ = changed(host)
    assert f"({host}/" in comment
    assert "[Add " not in comment, "no address there says the text of a new file"


def test_a_member_that_is_not_there_is_begun_with_its_gaps_open(repo, changed):
    repo.deal(SOUND.replace("member: cascadia-university", "member: drumlin-college"))
    comment, _ = changed()
    [address] = re.findall(rf"\[Add `members/drumlin-college\.yaml`\]\(({re.escape(HOME)}/new/topic\?[^)]*)\)", comment)
    text = unquote(address.partition("&value=")[2])
    assert text.startswith("name: …\nkind: …  # university, ")
    assert text.endswith("\ncountry: …\n")
    repo.write("members/drumlin-college.yaml", text)
    assert {each.code for each in repo.problems() if each.is_error} == {"placeholder-left"}


@pytest.mark.parametrize("member", ["../team", "Drumlin College", "a](https://evil.example)"])
def test_what_is_no_id_begins_no_file(repo, changed, member):
    repo.deal(SOUND.replace("member: cascadia-university", f'member: "{member}"'))
    comment, _ = changed()
    assert "[Add " not in comment
    assert "/new/" not in comment


@pytest.mark.parametrize(
    "branch",
    ["it's (mine) #1", "a](evil.example)", "<img src=x>", "$(touch ran)", "sales/über?x=y&z", "@mallory", "a`b"],
)
def test_a_branch_of_any_name_is_part_of_the_address_and_nothing_else(repo, changed, branch):
    repo.deal(SOUND.replace("owner: jim", "owner: bob"))
    comment, _ = changed(branch=branch)
    [name] = re.findall(r"\]\(https://github\.com/jim/sales/edit/([^)]*)/deals/acme\.yaml\)", comment)
    assert unquote(name) == branch
    assert not set(name) & set(" ()<>[]`'\"#?&")


@pytest.mark.parametrize("branch", ["", "..", "a/../b", "/a", "a//b", "a\nb", "x" * 251])
def test_what_cannot_be_a_branch_leads_nowhere(repo, changed, branch):
    repo.deal(SOUND.replace("owner: jim", "owner: bob"))
    assert "](" not in changed(branch=branch)[0]


@pytest.mark.parametrize(
    "repository", ["", "javascript:alert(1)", "https://github.com/", "https://a@evil.example/x", "https://x.example/a b", "https://x.example/a)b"]
)  # fmt: skip
def test_what_cannot_be_a_repository_leads_nowhere(repo, changed, repository):
    repo.deal(SOUND.replace("owner: jim", "owner: bob"))
    assert "](" not in changed(repository)[0]


def test_without_a_branch_nothing_leads_anywhere(repo, git):
    repo.deal(SOUND.replace("owner: jim", "owner: bob"))
    assert "](" not in repo.run("diff", "--format", "markdown").out


def test_records_in_a_folder_are_found_in_that_folder(repo):
    repo.deal(SOUND)
    git = Git(repo.root.parent)
    git("init", "-q", "-b", "main", "--template=")
    git("add", "--", repo.root.name)
    git("commit", "-q", "-m", "Begin")
    repo.deal(SOUND.replace("owner: jim", "owner: Jim"))
    git("commit", "-q", "-a", "-m", "A change")
    words = (f"--repository={HOME}", "--branch=topic", "--review", str(repo.root.parent / "review.json"))
    ran = repo.run("diff", "HEAD~1", "HEAD", "--format", "markdown", *words)
    assert f"({HOME}/edit/topic/{repo.root.name}/deals/acme.yaml)" in ran.out
    [comment] = json.loads((repo.root.parent / "review.json").read_text())["comments"]
    assert comment["path"] == f"{repo.root.name}/deals/acme.yaml"


def test_a_fix_that_is_one_line_of_the_change_can_be_accepted(repo, changed):
    repo.deal(SOUND.replace("owner: jim", "owner: Jim"))
    _, [comment] = changed()
    assert {key: comment[key] for key in ("path", "line", "side")} == {
        "path": "deals/acme.yaml",
        "line": 4,
        "side": "RIGHT",
    }
    assert re.match(r"<!-- salesops [0-9a-f]{16} -->\n", comment["body"])
    assert comment["body"].endswith("\n\n```suggestion\nowner: jim\n```\n")


def test_a_line_that_the_change_did_not_touch_is_left_to_its_link(repo, git, changed):
    repo.deal(SOUND.replace("owner: jim", "owner: Jim"))
    git.commit()
    repo.deal(SOUND.replace("owner: jim", "owner: Jim").replace("General Membership", "Another Membership"))
    comment, review = changed()
    assert "/edit/topic/deals/acme.yaml)" in comment
    assert review == []


def test_what_one_move_misses_is_one_message_with_one_block_and_no_suggestion(repo, changed):
    known = (
        "maniac_t: {need: {status: met, date: 2026-01-05, note: Old}}\nicp: {hypothesis: teaching-led, version: 1}\n"
    )
    repo.deal(f"{SOUND}stages: [enrichment: 2026-01-05, outreach: 2026-01-12]\n{known}")
    comment, review = changed()
    [message] = [line for line in comment.splitlines() if line.endswith("(`need-not-met`)")]
    assert "before 'outreach', 2 things are missing" in message
    after = comment.split(message)[1].split("- **")[0]
    assert after.count("```yaml") == 1
    assert "…" in after
    assert review == []


def test_the_fence_is_longer_than_any_in_the_line(repo, changed):
    repo.deal(SOUND.replace("General Membership", "Acme: ````x"))
    _, [comment] = changed()
    assert comment["body"].endswith('\n\n`````suggestion\ntitle: "Acme: ````x"\n`````\n')


@pytest.mark.parametrize("words", ["Acme: ghp_a1B2a1B2a1B2a1B2a1B2", "Acme: ##[error]x", "Acme: " + "x" * 1_000])
def test_what_cannot_be_shown_as_it_is_is_not_suggested(repo, changed, words):
    repo.deal(SOUND.replace("General Membership", words))
    assert changed()[1] == []


@pytest.mark.parametrize("words", ["<img src=x> @mallory [x](y)", "-->", "`x`", "fixes #1"])
def test_words_of_a_stranger_stay_words(repo, changed, words):
    repo.deal(
        SOUND.replace("owner: jim", f"owner: jim\nactivity:\n  - {{date: 2026-01-20, kind: note, note: One, {words}}}")
    )
    _, review = changed()
    for comment in review:
        said = re.sub(r"(?s)\n(`{3,})suggestion\n.*?\n\1\n", "", comment["body"])
        assert "<img" not in said
        assert "@mallory" not in said
        assert "[x](y)" not in said
        assert " #1" not in said


def test_a_file_that_was_renamed_is_left_alone(repo, git, changed):
    repo.deal(SOUND.replace("owner: jim", "owner: Jim"))
    git.commit()
    git("mv", "deals/acme.yaml", "deals/acme-two.yaml")
    assert changed()[1] == []


def test_a_new_file_is_of_new_lines(repo, changed):
    repo.deal(SOUND.replace("owner: jim", "owner: Jim"), id="second")
    assert [(each["path"], each["line"]) for each in changed()[1]] == [("deals/second.yaml", 4)]


def test_the_same_line_has_the_same_mark_wherever_it_stands(repo, git, changed):
    repo.deal(SOUND.replace("owner: jim", "owner: Jim"))
    _, [one] = changed()
    repo.deal("# A remark\n" + SOUND.replace("owner: jim", "owner: Jim"))
    git("reset", "-q", "--soft", "HEAD~1")
    _, [other] = changed()
    assert (one["line"], other["line"]) == (4, 5)
    assert one["body"] == other["body"]


@pytest.mark.parametrize("words", [[], ["HEAD"], ["2026-10-01", "2026-11-05"]])
def test_a_review_is_about_two_commits(repo, git, words):
    ran = repo.run("diff", *words, "--review", str(repo.root.parent / "review.json"))
    assert ran.code in (2, 3)
    assert not (repo.root.parent / "review.json").exists()
