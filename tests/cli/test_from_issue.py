"""``salesops from-issue``: what an issue asks for is read as data, and nothing is written but an answer and a proposal."""

from __future__ import annotations

import json

import pytest

from salesops.edits.sent_issue import fenced, issue_in, list_in

CALL = '{log: acme, date: 2026-11-19, kind: call, outcome: spoke, note: "Wants a price, she said"}'


def block(*changes: str) -> str:
    return "```salesops\nsalesops: 1\nchanges:\n" + "".join(f"  - {change}\n" for change in changes) + "```\n"


@pytest.fixture
def sent(repo):
    """Send an issue; how the command ended, its answer, and its proposal."""
    repo.deal()

    def send(body: str | None, association: str = "MEMBER"):
        user = {"login": "octocat", "id": 583231}
        issue = {"number": 12, "body": body, "user": user, "author_association": association}
        event = repo.write("../event.json", json.dumps({"issue": issue}))
        out = repo.root.parent / "out"
        ran = repo.run("from-issue", str(event), "-o", str(out))
        proposal = out / "proposal.json"
        return (
            ran,
            (out / "answer.md").read_text(encoding="utf-8"),
            json.loads(proposal.read_text()) if proposal.exists() else None,
        )

    return send


def files(repo) -> dict[str, bytes]:
    return {str(file): file.read_bytes() for file in repo.root.rglob("*") if file.is_file()}


def test_a_list_becomes_a_proposal_and_the_records_stay_as_they_are(repo, sent):
    before = files(repo) | {str(repo.deal()): repo.deal().read_bytes()}
    ran, answer, proposal = sent(f"Please.\n\n{block(CALL)}\nThanks")
    assert ran.code == 0
    assert files(repo) == before
    assert "a call on 19 November: Wants a price, she said**" in answer
    [file] = proposal["files"]
    assert file["path"] == "deals/acme.yaml"
    assert 'note: "Wants a price, she said"}\n' in file["content"]
    assert proposal["message"].endswith("\n\nIssue: 12\n")


def test_a_message_names_the_line_of_the_issue(sent):
    ran, answer, proposal = sent(f"One\n\nTwo\n{block(CALL, CALL.replace('acme', 'acmee'))}")
    assert (ran.code, proposal) == (1, None)
    assert "`issue-12:8` there is no deal 'acmee'" in answer
    assert "did you mean 'acme'?" in answer


def test_the_check_holds_for_what_an_issue_asks_for(sent):
    ran, answer, proposal = sent(block("{move: acme, to: proposal, date: 2026-11-20}"))
    assert (ran.code, proposal) == (1, None)
    assert "deals/acme.yaml" in answer
    assert answer.startswith("<!-- salesops -->\n**Nothing was changed:** ")


def test_an_answer_fits_into_a_comment(sent):
    wrong = [CALL.replace("acme", f"nobody-{number}-{'x' * 60}") for number in range(900)]
    ran, answer, _ = sent(block(*wrong))
    assert ran.code == 1
    assert len(answer) < 60_000
    assert "more: run `salesops check`" in answer or "more lines" in answer


@pytest.mark.parametrize("association", ["NONE", "CONTRIBUTOR", "member", ""])
def test_of_somebody_elses_issue_nothing_is_read(sent, association):
    ran, answer, proposal = sent("```salesops\n*a\n```", association)
    assert (ran.code, proposal) == (1, None)
    assert answer.endswith("Only members of this repository change records by an issue. Nothing in it was read.\n")


def test_the_filled_form_of_somebody_else_is_not_read_either(repo, sent):
    form = "\n\n".join(f"### {label}\n\nacme" for label in ("Deal", "What it was", "What happened"))
    ran, answer, proposal = sent(form, "NONE")
    assert (ran.code, proposal) == (1, None)
    assert answer.endswith("Nothing in it was read.\n")


@pytest.mark.parametrize("association", ["OWNER", "MEMBER", "COLLABORATOR"])
def test_every_member_of_the_repository_may_ask(sent, association):
    assert sent(block(CALL), association)[0].code == 0


@pytest.mark.parametrize(
    "event",
    [
        "", "{}", "[]", "null", "{" * 5_000, '{"issue": 1}', '{"issue": {"number": 1}}',
        '{"issue": {"number": true, "body": "", "user": {"login": "a", "id": 1}, "author_association": "OWNER"}}',
        '{"issue": {"number": 1, "body": 5, "user": {"login": "a", "id": 1}, "author_association": "OWNER"}}',
        '{"issue": {"number": 1, "body": "", "user": {"login": "a b", "id": 1}, "author_association": "OWNER"}}',
        '{"issue": {"number": 1, "body": "", "user": {"login": "a", "id": 1}, "author_association": "OWNER", "pull_request": {}}}',
    ],
)  # fmt: skip
def test_what_is_not_an_issue_is_a_wrong_call(repo, event):
    assert issue_in(event.encode()) is None
    ran = repo.run("from-issue", str(repo.write("../event.json", event)), "-o", str(repo.root.parent / "out"))
    assert ran.code == 2
    assert "is not what GitHub says of an issue" in ran.err
    assert not (repo.root.parent / "out").exists()


def test_the_text_of_an_issue_may_be_missing(sent):
    assert sent(None)[0].code == 1


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("```salesops\na\n```", ["salesops"]),
        ("~~~salesops\na\n~~~", ["salesops"]),
        ("````\n```salesops\n```\n````", [""]),
        ("```a\n~~~\n```\n~~~b\n~~~", ["a", "b"]),
        ("    ```salesops\n    a\n    ```", []),
        ("```salesops `x`\na", []),
        ("``` salesops \na\n ```  ", ["salesops"]),
        ("```salesops" + " " * 100_000 + "x\n```", ["salesops" + " " * 100_000 + "x"]),
    ],
)
def test_a_block_is_fenced_as_github_fences_it(body, words):
    assert [found.word for found in fenced(body)] == words


def test_the_lines_of_a_list_keep_their_numbers():
    assert list_in("a\r\nb\r\n```salesops\r\nsalesops: 1\r\n```") == b"\n\n\nsalesops: 1\n"
