"""A preview that writes: pages of this computer that know its token, and nobody else."""

from __future__ import annotations

import io
import json
import sys
from wsgiref.util import is_hop_by_hop
from wsgiref.validate import validator

import pytest
from gitting import Git, cloned

from salesops.cli.editing import ADDRESS, MAX_LIST, REVIEW, Editing

LIST = 'salesops: "1"\nchanges:\n  - {log: acme, date: 2026-01-07, kind: note, note: "Wants a price, and a letter"}\n'
PAGE = {"HTTP_HOST": "127.0.0.1:8000", "HTTP_ORIGIN": "http://127.0.0.1:8000"}


@pytest.fixture
def editing(repo):
    repo.deal("activity:\n  - {date: 2026-01-06, kind: note, note: Begun}\n")
    return Editing(repo.root, 8000, "2026-11-20")


def ask(editing, body=LIST, **heads):
    """What a request comes to: its status, and what the page is told."""
    raw = body.encode()
    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": ADDRESS,
        "CONTENT_LENGTH": str(len(raw)),
        "HTTP_X_SALESOPS_TOKEN": editing.token,
        "wsgi.input": io.BytesIO(raw),
        **PAGE,
        **heads,
    }
    said = []
    answers = editing.around(lambda environ, start: [b'{"lines": ["the preview"]}'])
    found = b"".join(
        answers({key: it for key, it in environ.items() if it is not None}, lambda *head: said.append(head))
    )
    return (said[0][0][:3] if said else ""), json.loads(found)


def test_what_a_page_of_the_preview_posts_is_written(editing, repo):
    status, told = ask(editing)
    assert (status, told["written"]) == ("200", True)
    assert told["lines"][-1].startswith("Written: deals/acme.yaml (1 line added")
    assert 'note: "Wants a price, and a letter"}' in (repo.root / "deals/acme.yaml").read_text(encoding="utf-8")
    assert ask(editing)[1]["lines"][0].startswith("There already: nothing to write.")


def test_a_form_is_answered_in_sentences_and_not_with_the_lines_of_a_file(editing):
    _, told = ask(editing, body=LIST.replace("date: 2026-01-07", "date: 2027-01-01"))
    assert told["lines"][0].startswith("error: date (activity): 2027-01-01 is after the day of the check")
    assert told["lines"][1].startswith("  correct the day; ")
    assert told["lines"][-1] == "Nothing was written."
    assert not any(mark in "\n".join(told["lines"]) for mark in (" | ", "^", ".yaml:"))


def test_localhost_is_this_computer_as_well(editing):
    host = {"HTTP_HOST": "localhost:8000", "HTTP_ORIGIN": "http://localhost:8000"}
    assert ask(editing, **host)[0] == "200"


WRONG_HEADS = [
    ({"REQUEST_METHOD": "GET"}, "405"),
    ({"REQUEST_METHOD": "PUT"}, "405"),
    ({"HTTP_HOST": "evil.example:8000", "HTTP_ORIGIN": "http://evil.example:8000"}, "403"),
    ({"HTTP_HOST": "127.0.0.1:8001", "HTTP_ORIGIN": "http://127.0.0.1:8001"}, "403"),
    ({"HTTP_HOST": None}, "403"),
    ({"HTTP_ORIGIN": None}, "403"),
    ({"HTTP_ORIGIN": "null"}, "403"),
    ({"HTTP_ORIGIN": "http://evil.example"}, "403"),
    ({"HTTP_ORIGIN": "https://127.0.0.1:8000"}, "403"),
    ({"HTTP_ORIGIN": "http://localhost:8000"}, "403"),
    ({"HTTP_X_SALESOPS_TOKEN": None}, "403"),
    ({"HTTP_X_SALESOPS_TOKEN": ""}, "403"),
    ({"HTTP_X_SALESOPS_TOKEN": "é\udcff"}, "403"),
    ({"CONTENT_LENGTH": None}, "411"),
    ({"CONTENT_LENGTH": "-1"}, "411"),
    ({"CONTENT_LENGTH": "1" * 13}, "411"),
    ({"HTTP_TRANSFER_ENCODING": "chunked"}, "411"),
]


@pytest.mark.parametrize(
    ("heads", "status"),
    [
        *WRONG_HEADS,
        ({"CONTENT_LENGTH": str(MAX_LIST + 1)}, "413"),
        ({"body": "x" * 1_048_576}, "413"),
        ({"body": LIST.replace("kind: note", "kind: visit")}, "422"),
        ({"body": LIST.replace("acme", "nobody")}, "422"),
        ({"body": "\0"}, "422"),
        ({"body": ""}, "422"),
    ],
)
def test_whatever_is_not_right_writes_nothing(editing, repo, heads, status):
    before = {file: file.read_bytes() for file in repo.root.rglob("*.yaml")}
    found, told = ask(editing, **heads)
    assert (found, told["written"]) == (status, False)
    assert told["lines"]
    assert {file: file.read_bytes() for file in repo.root.rglob("*.yaml")} == before


def test_every_other_address_is_the_preview(editing):
    assert ask(editing, PATH_INFO="/index.html") == ("", {"lines": ["the preview"]})


def test_the_token_is_another_each_time_and_stands_in_each_page(editing, repo, tmp_path):
    page = tmp_path / "site/index.html"
    page.parent.mkdir()
    page.write_text('<head><meta charset="utf-8"></head>', encoding="utf-8")
    editing.mark(page.parent)
    assert f'<meta name="salesops-edit" content="{editing.token}">' in page.read_text(encoding="utf-8")
    assert Editing(repo.root, 8000).token != editing.token
    assert editing.token not in repr(editing)


def test_the_heads_of_an_answer_are_such_that_a_server_takes_them(editing):
    asked = {"REQUEST_METHOD": "GET", "PATH_INFO": ADDRESS, "SERVER_NAME": "127.0.0.1", "SERVER_PORT": "8000"}
    asked |= {"wsgi.input": io.BytesIO(), "wsgi.errors": io.StringIO(), "SCRIPT_NAME": "", "QUERY_STRING": ""}
    asked |= {
        "wsgi.url_scheme": "http",
        "wsgi.version": (1, 0),
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    heads = []
    validator(editing.around(lambda environ, start: []))(asked, lambda *head: heads.append(head) or print).close()
    assert heads[0][0] == "405 Method Not Allowed"
    assert not [name for name, _ in heads[0][1] if is_hop_by_hop(name)]


# Send for review


@pytest.fixture
def clone(editing, repo, tmp_path, monkeypatch):
    return Git(cloned(repo, tmp_path, monkeypatch).root)


@pytest.mark.skipif(sys.platform == "win32", reason="stubs are shell scripts")
def test_what_was_written_goes_for_review_as_by_the_command(editing, repo, clone):
    assert ask(editing)[0] == "200"
    status, told = ask(editing, "", PATH_INFO=REVIEW)
    branch = clone("symbolic-ref", "--short", "HEAD")
    assert (status, told["sent"]) == ("200", True)
    assert told["lines"][0] == f"branch    {branch} (new, from main of today)"
    assert told["lines"][-1] == "pushed; open a pull request for it on the page of origin"
    assert any(line.startswith("check     no errors") for line in told["lines"])
    assert clone("ls-remote", "origin", branch).split()[0] == clone("rev-parse", "HEAD")
    clone("remote", "set-url", "--push", "origin", "../remote.git")
    clone("config", "remote.origin.url", "https://github.com/acme/sales.git")
    clone("config", "url.../remote.git.insteadOf", "https://github.com/acme/sales.git")
    assert ask(editing, LIST.replace("Wants", "Has"))[0] == "200"
    address = ask(editing, "", PATH_INFO=REVIEW)[1]["address"]
    assert address == f"https://github.com/acme/sales/compare/main...{branch}?expand=1"


@pytest.mark.skipif(sys.platform == "win32", reason="stubs are shell scripts")
def test_nothing_written_is_nothing_to_send(editing, repo, clone):
    before = clone("for-each-ref"), clone("status", "--porcelain")
    status, told = ask(editing, "", PATH_INFO=REVIEW)
    assert (status, told["sent"]) == ("409", False)
    assert told["lines"] == ["Nothing to send: the records are as they were merged, or sent, last."]
    assert (clone("for-each-ref"), clone("status", "--porcelain")) == before


@pytest.mark.skipif(sys.platform == "win32", reason="stubs are shell scripts")
def test_why_it_was_not_sent_is_said_in_the_words_of_the_command(editing, repo, clone):
    assert ask(editing)[0] == "200"
    clone("remote", "remove", "origin")
    status, told = ask(editing, "", PATH_INFO=REVIEW)
    assert (status, told["sent"]) == ("409", False)
    assert told["lines"][0].startswith("there is no remote to send it to: ")


@pytest.mark.skipif(sys.platform == "win32", reason="stubs are shell scripts")
@pytest.mark.parametrize(("heads", "status"), WRONG_HEADS)
def test_only_a_page_of_the_preview_sends_for_review(editing, repo, clone, heads, status):
    assert ask(editing)[0] == "200"
    before = clone("for-each-ref"), clone("status", "--porcelain")
    found, told = ask(editing, "", **{"PATH_INFO": REVIEW, **heads})
    assert (found, told["sent"]) == (status, False)
    assert (clone("for-each-ref"), clone("status", "--porcelain")) == before
