"""``mkdocs build`` and the previews: the same pages as ``salesops site``, and a saved record shows within seconds."""

import hashlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from gitting import Git

BIN = Path(sys.executable).parent
PATIENCE = 30


def hear_ctrl_c():
    """Tests that run in the background have Ctrl-C switched off, and what they start would inherit that."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.fixture
def crm(repo, home):
    """A sound repository with the mkdocs.yml of this one, without its guides in the menu."""
    config = (home / "mkdocs.yml").read_text(encoding="utf-8")
    repo.write(
        "mkdocs.yml", re.sub(r"(?ms)^  - (?:Guides|Reference|Contributing).*?(?=^  - [A-Z]|^\S)", "", config).encode()
    )
    repo.write("site/how.md", "# How we sell\n")
    return repo


@pytest.fixture(scope="module")
def env():
    """What the commands see, apart from what a test says."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SALESOPS", "SOURCE_DATE"))}
    return kept | {"SALESOPS_AS_OF": "2026-11-20", "NO_MKDOCS_2_WARNING": "1", "PYTHONUNBUFFERED": "1"}


def run(program, *words, cwd, env):
    return subprocess.run(
        [BIN / program, *words], cwd=cwd, env=env, capture_output=True, text=True, check=False, timeout=PATIENCE
    )


def contents(folder):
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


# Built by hand


@pytest.mark.proof
def test_mkdocs_build_makes_the_same_bytes_as_salesops_site(repo, home, env):
    for name in ("deals", "members", "playbook", "site"):
        shutil.rmtree(repo.root / name, ignore_errors=True)
        if (home / name).is_dir():
            shutil.copytree(home / name, repo.root / name)
    (repo.root / "site").mkdir(exist_ok=True)
    shutil.copy(home / "mkdocs.yml", repo.root)
    assert run("mkdocs", "build", "-q", "-d", "by-hand", cwd=repo.root, env=env).returncode == 0
    assert run("salesops", "site", "-o", "by-us", cwd=repo.root, env=env).returncode == 0
    by_hand, by_us = contents(repo.root / "by-hand"), contents(repo.root / "by-us")
    assert len(by_us) > 100
    assert {name for name in by_hand.keys() | by_us.keys() if by_hand.get(name) != by_us.get(name)} <= {"sitemap.xml"}
    assert run("mkdocs", "build", "-q", "--use-directory-urls", cwd=repo.root, env=env).returncode == 0
    assert {**contents(repo.root / "build/html"), "sitemap.xml": ""} == {**by_us, "sitemap.xml": ""}


@pytest.mark.samples(1)
@pytest.mark.parametrize(
    ("path", "content", "said"),
    [
        ("deals/acme.yaml", "title: [\n", "deals/acme.yaml:"),
        ("playbook/process/v3.yaml", "version: v3\n", "there is no process version in playbook/process/ that can be read"),
        ("site/board.md", "<!--salesops-body-->\n", "has <!--salesops-body--> 2 times"),
        ("site/how.md", "---\ntitle: <b>How</b>\n---\n", "its title would be markup"),
    ],
)  # fmt: skip
def test_mkdocs_build_refuses_in_a_sentence_what_salesops_site_refuses(crm, env, path, content, said):
    crm.write(path, content)
    done = run("mkdocs", "build", cwd=crm.root, env=env)
    assert done.returncode == 1
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_day_that_is_none_is_refused_in_a_sentence(crm, env):
    done = run("mkdocs", "build", cwd=crm.root, env=env | {"SALESOPS_AS_OF": "yesterday"})
    assert done.returncode in (1, 2)
    assert "'yesterday' is not a day" in done.stderr
    assert "Traceback" not in done.stderr


# Served


class Preview:
    """A preview that is running, and what it shows."""

    def __init__(self, process, port):
        self.process, self.address = process, f"http://127.0.0.1:{port}"

    def page(self, path):
        try:
            with urllib.request.urlopen(f"{self.address}/{path}", timeout=5) as answer:
                return answer.read().decode()
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return ""

    def shows(self, path, text, *, shown=True):
        """Whether a page comes to show a text, or to show it no more."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            assert self.process.poll() is None, self.process.stderr.read()
            page = self.page(path)
            if page and (text in page) == shown:
                return True
            time.sleep(0.1)
        return False

    def stop(self):
        self.process.send_signal(signal.SIGINT)
        _, said = self.process.communicate(timeout=PATIENCE)
        return said


@pytest.fixture
def serve(crm, env):
    """``serve("salesops", "serve", "--port", "{port}")``: a preview on a free port, ended with the test."""
    started = []

    def begin(*words, **more):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        command = [BIN / words[0], *(word.format(port=port) for word in words[1:])]
        process = subprocess.Popen(
            command,
            cwd=crm.root,
            env=env | more,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=hear_ctrl_c,
        )
        started.append(process)
        return Preview(process, port)

    yield begin
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate()


COMMANDS = [("salesops", "serve", "--port", "{port}"), ("mkdocs", "serve", "--dev-addr", "127.0.0.1:{port}")]


@pytest.mark.parametrize(
    "command", [COMMANDS[0], pytest.param(COMMANDS[1], marks=pytest.mark.proof)], ids=["salesops", "mkdocs"]
)
def test_a_preview_shows_a_saved_record_and_a_saved_page_and_stops_when_asked(crm, serve, command):
    preview = serve(*command)
    assert preview.shows("", "<h1>Today</h1>")
    assert "livereload" in preview.page("board.html"), "the page reloads itself"
    assert "Content-Security-Policy" not in preview.page("board.html"), "which the policy would forbid"
    crm.deal("title: A brand new deal")
    assert preview.shows("board.html", "A brand new deal")
    assert preview.shows("deals/acme.html", "<h1>A brand new deal</h1>")
    crm.write("site/board.md", "Read it aloud.\n")
    assert preview.shows("board.html", "Read it aloud.")
    crm.deal("title: [unfinished")
    assert preview.shows("board.html", "A brand new deal", shown=False), (
        "a deal that is half written leaves the rest whole"
    )
    said = preview.stop()
    assert preview.process.returncode == 0, said
    assert "Traceback" not in said
    assert "deals/acme.yaml:" in said, "what is wrong with it is said"


@pytest.mark.proof
def test_a_preview_does_not_chase_its_own_tail(crm, serve):
    preview = serve("salesops", "serve", "--port", "{port}")
    assert preview.shows("", "<h1>Today</h1>")
    docs = crm.root / "build/docs"
    before = {path: path.stat().st_mtime_ns for path in docs.rglob("*.md")}
    crm.deal("title: A brand new deal")
    assert preview.shows("board.html", "A brand new deal")
    after = {path: path.stat().st_mtime_ns for path in docs.rglob("*.md")}
    assert after == before, "records do not touch what MkDocs reads"
    preview.stop()


@pytest.mark.proof
def test_a_preview_of_an_earlier_day_and_without_a_folder_of_pages(crm, serve):
    crm.deal("stages: [enrichment: 2026-06-01]")
    shutil.rmtree(crm.root / "site")
    preview = serve("salesops", "serve", "--port", "{port}", "--as-of", "2026-05-31")
    assert preview.shows("board.html", "2026-05-31")
    assert "acme" not in preview.page("board.html")
    preview.stop()


@pytest.mark.proof
def test_a_preview_shows_the_board_of_month_ends_where_that_was_asked_for(crm, serve):
    git = Git(crm.root)
    git("init", "-q", "-b", "main")
    git("add", "-A")
    then = "2026-10-05T12:00:00Z"
    git("commit", "-qm", "First", GIT_COMMITTER_DATE=then, GIT_AUTHOR_DATE=then)
    preview = serve("salesops", "serve", "--port", "{port}", "--as-of", "2026-11-20", "--months", "2")
    assert preview.shows("board-2026-10-31.html", "Board as known on 31 Oct 2026")
    assert preview.page("board-2026-09-30.html") == ""
    assert "at the ends of 1 of the last 2 months something was known" in preview.stop()


@pytest.mark.proof
def test_a_preview_without_a_history_goes_on_without_month_ends_and_says_why(crm, serve):
    preview = serve("salesops", "serve", "--port", "{port}", "--months", "2")
    assert preview.shows("board.html", "<h1>Board</h1>")
    said = preview.stop()
    assert "at the ends of 0 of the last 2 months something was known (" in said
    assert "Traceback" not in said


def test_a_port_that_is_taken_is_said_in_a_sentence(crm, serve):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        preview = serve("salesops", "serve", "--port", str(taken.getsockname()[1]))
        _, said = preview.process.communicate(timeout=PATIENCE)
    assert preview.process.returncode not in (0, 70)
    assert "is taken: choose another, such as --port" in said
    assert "Traceback" not in said


def test_a_preview_without_mkdocs_yml_is_called_wrongly(crm):
    (crm.root / "mkdocs.yml").unlink()
    done = crm.run("serve")
    assert done.code == 2
    assert "there is no mkdocs.yml next to playbook/" in done.err


def posted(preview, token, **heads):
    """What the preview says to a list that is posted to it, by its status."""
    own = {"Origin": preview.address, "X-Salesops-Token": token, **heads}
    body = b'salesops: "1"\nchanges:\n  - {log: acme, date: 2026-01-07, kind: note, note: "Written from a page"}\n'
    request = urllib.request.Request(f"{preview.address}/salesops/changes", body, own, method="POST")
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return answer.status
    except urllib.error.HTTPError as refused:
        return refused.code


@pytest.mark.proof
def test_a_preview_writes_for_its_own_pages_where_that_was_asked_for(crm, serve):
    crm.deal("activity:\n  - {date: 2026-01-06, kind: note, note: Begun}\n")
    record = crm.root / "deals/acme.yaml"
    preview = serve("salesops", "serve", "--edit", "--port", "{port}")
    assert preview.shows("deals/acme.html", "salesops-edit")
    token = preview.page("deals/acme.html").split('name="salesops-edit" content="')[1].split('"')[0]
    before = record.read_bytes()
    assert posted(preview, token, Origin="http://evil.example") == 403
    assert posted(preview, token, Host="evil.example") == 403
    assert posted(preview, "guessed") == 403
    assert record.read_bytes() == before
    assert posted(preview, token) == 200
    assert b"Written from a page" in record.read_bytes()
    assert preview.shows("deals/acme.html", "Written from a page")


@pytest.mark.proof
def test_a_preview_never_writes_where_it_was_not_asked_for(crm, serve):
    crm.deal("activity:\n  - {date: 2026-01-06, kind: note, note: Begun}\n")
    record = crm.root / "deals/acme.yaml"
    preview = serve("salesops", "serve", "--port", "{port}")
    assert preview.shows("deals/acme.html", "so-facts")
    before = record.read_bytes()
    assert "salesops-edit" not in preview.page("deals/acme.html")
    assert posted(preview, "") in (404, 405, 501)
    assert record.read_bytes() == before
