"""``salesops site``: it checks, builds and says where; what it refuses leaves the old site as it was."""

import hashlib
import re

import pytest
from gitting import Git


@pytest.fixture
def crm(repo, home):
    """A sound repository with the mkdocs.yml of this one, without its guides in the menu."""
    config = (home / "mkdocs.yml").read_text(encoding="utf-8")
    repo.write("mkdocs.yml", re.sub(r"(?ms)^  - (?:Help).*?(?=^  - [A-Z]|^\S)", "", config).encode())
    return repo


def contents(folder):
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.fixture
def old_site(crm):
    """What an earlier build left, as far as the command can tell."""
    crm.write("build/html/index.html", "<h1>Yesterday</h1>")
    crm.write("build/html/assets/salesops/salesops.css", "")
    return crm.root / "build/html"


def test_it_builds_and_says_how_much_and_where(crm):
    ran = crm.run("site")
    assert ran.code == 0
    assert re.fullmatch(r"\d+ pages as of 2026-11-20: open .*build/html/index\.html\n", ran.out)
    assert "As of <time" in (crm.root / "build/html/board.html").read_text(encoding="utf-8")


def test_it_builds_elsewhere_when_asked_from_any_folder_below(crm, tmp_path):
    ran = crm.run("-C", "deals", "site", "-o", str(tmp_path / "out"), "--as-of", "2026-06-01")
    assert ran.code == 0
    assert "as of 2026-06-01" in ran.out
    assert (tmp_path / "out/deals/cascadia-2025.html").is_file()
    assert not (crm.root / "build/html").exists()


@pytest.mark.parametrize(
    ("path", "content", "said"),
    [
        ("deals/acme.yaml", "title: [\n", "deals/acme.yaml:"),
        ("deals/acme.yaml", "title: Words\n", "the site is not built from records that break the rules"),
        ("site/board.md", "<!--salesops-body-->\n", "salesops: the site is not built: the frame of board has <!--salesops-body--> 2 times"),
        ("site/how.md", "---\ntitle: <b>How</b>\n---\n", "its title would be markup"),
        ("site/how.md", b"caf\xe9", "site/how.md is not UTF-8 text"),
        ("site/\x1b[31m<b>.md", "Words", "site/\\x1b[31m<b>.md: the name would be markup"),
    ],
)  # fmt: skip
def test_what_it_refuses_leaves_the_old_site_as_it_was(crm, old_site, path, content, said):
    before = contents(old_site)
    crm.write(path, content)
    ran = crm.run("site")
    assert ran.code == 1
    assert said in ran.err
    assert ran.out == ""
    assert "\x1b" not in ran.err
    assert contents(old_site) == before


def test_a_link_among_the_pages_is_an_error_of_the_records(crm, tmp_path):
    (tmp_path / "secret.md").write_text("secret", encoding="utf-8")
    crm.write("site/how.md", "# How\n")
    (crm.root / "site/link.md").symlink_to(tmp_path / "secret.md")
    ran = crm.run("site")
    assert ran.code == 1
    assert "error[not-a-file]" in ran.err
    assert "site/link.md is not a plain file" in ran.err
    assert not (crm.root / "build/html").exists()


@pytest.mark.parametrize(
    ("out", "said"),
    [
        ("photos", "has files that are not a site: choose an empty folder"),
        ("site", "is where the repository's own files are: choose another folder"),
        ("deals/html", "is where the repository's own files are: choose another folder"),
        (".", "is where the repository's own files are: choose another folder"),
        ("mkdocs.yml", "is not a folder"),
    ],
)
def test_a_folder_that_is_not_free_is_called_wrongly(crm, out, said):
    crm.write("photos/holiday.jpg", b"sun")
    before = contents(crm.root)
    ran = crm.run("site", "-o", out)
    assert ran.code == 2
    assert said in ran.err
    assert contents(crm.root) == before


def test_without_mkdocs_yml_it_is_called_wrongly(crm):
    (crm.root / "mkdocs.yml").unlink()
    ran = crm.run("site")
    assert ran.code == 2
    assert "there is no mkdocs.yml next to playbook/" in ran.err
    assert not (crm.root / "build").exists(), "nothing was begun"


def test_without_a_process_it_says_so(crm):
    (crm.root / "playbook/process/v3.yaml").unlink()
    ran = crm.run("site")
    assert ran.code == 1
    assert "there is no process version in playbook/process/" in ran.err


@pytest.mark.proof
@pytest.mark.parametrize(
    "config",
    [
        "site_name: [\n",
        "theme: {name: nothing-of-the-kind}\nsite_name: x\n",
        "plugins: [nothing-of-the-kind]\nsite_name: x\n",
        "docs_dir: nowhere\n",
        "",
    ],
    ids=["not YAML", "unknown theme", "unknown plugin", "no name", "empty"],
)
def test_a_broken_mkdocs_yml_is_said_in_a_sentence_and_is_no_fault_of_ours(crm, old_site, config):
    before = contents(old_site)
    crm.write("mkdocs.yml", config)
    done = crm.spawn("site")
    assert done.returncode in (1, 2)
    assert "Traceback" not in done.stderr
    assert "internal error" not in done.stderr
    assert done.stderr.strip()
    assert contents(old_site) == before


def test_warnings_stop_it_only_when_asked(crm):
    crm.deal("next: {action: Call, due: 2026-11-19}")
    assert crm.run("site").code == 0
    ran = crm.run("site", "--strict")
    assert ran.code == 1
    assert "warning[next-step-overdue]" in ran.err


def test_an_earlier_day_is_built_from_records_that_are_checked_as_of_today(crm):
    crm.deal("stages: [enrichment: 2026-06-01]")
    ran = crm.run("site", "--as-of", "2026-05-01")
    assert ran.code == 0
    assert not (crm.root / "build/html/deals/acme.html").exists()
    assert (crm.root / "build/html/deals/cascadia-2025.html").exists()


def test_a_disk_that_is_full_is_not_a_fault_of_the_records(crm, old_site, monkeypatch):
    before = contents(old_site)
    monkeypatch.setattr(
        "salesops.site.build._add_to_search", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left on device"))
    )
    ran = crm.run("site")
    assert ran.code == 3
    assert "No space left on device" in ran.err
    assert contents(old_site) == before


@pytest.mark.proof
def test_a_team_page_with_a_link_that_leads_nowhere_stops_a_strict_build(crm):
    assert crm.run("site", "--strict").code == 0
    crm.write("site/how.md", "# How\n\n[lost](nowhere.md)\n")
    assert crm.run("site").code == 0
    done = crm.spawn("site", "--strict")
    assert done.returncode == 1
    assert "'nowhere.md'" in done.stderr
    assert "salesops: the site is not built: Aborted with 1 warnings in strict mode!" in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


@pytest.mark.proof
def test_what_mkdocs_warns_of_is_written_as_every_foreign_text_is(crm):
    crm.write("site/how.md", "# How\n\n[lost](\x1b[31mred.md)\n")
    done = crm.spawn("site")
    assert "\\x1b[31mred.md" in done.stderr
    assert "\x1b" not in done.stderr


def test_this_repository_never_builds_into_the_folder_of_its_own_pages(home):
    config = (home / "mkdocs.yml").read_text(encoding="utf-8")
    assert re.search(r"(?m)^site_dir: build/html\b", config)
    assert re.search(r"(?m)^docs_dir: site\b", config)
    assert "site/" not in (home / ".gitignore").read_text(encoding="utf-8").splitlines()
    assert "/site/" not in (home / ".gitignore").read_text(encoding="utf-8").splitlines()


# as it was known at the ends of earlier months


@pytest.fixture
def old_crm(crm):
    """A repository that began in September; a deal was parked in that month, which was written down in November."""
    git = Git(crm.root)
    crm.deal("stages: [enrichment: 2026-09-07]")
    git("init", "-q", "-b", "main", "--template=")
    git("add", "-A")
    git("commit", "-q", "-m", "Begin", GIT_COMMITTER_DATE="2026-09-08T12:00:00Z")
    crm.deal("stages: [enrichment: 2026-09-07]\nparked: [{since: 2026-09-14, until: 2026-12-14, why: A new dean}]")
    git("add", "-A")
    git("commit", "-q", "-m", "Late", GIT_COMMITTER_DATE="2026-11-09T12:00:00Z")
    return crm


def board_text(html):
    """What stands in the columns of a board."""
    board = re.search(r'<div class="so-board .*?</ol>', html.read_text(encoding="utf-8"), re.DOTALL)[0]
    return re.sub(r"<[^>]*>|\s+", " ", board).split()


@pytest.mark.proof
def test_the_board_of_a_month_end_is_the_board_that_was_built_on_that_evening(old_crm, tmp_path):
    ran = old_crm.run("site", "--months", "2", "--as-of", "2026-11-20")
    assert (ran.code, ran.err) == (0, "")
    assert old_crm.run("site", "--known", "2026-09-30", "--as-of", "2026-09-30", "-o", str(tmp_path / "then")).code == 0
    html = old_crm.root / "build/html"
    assert board_text(html / "board-2026-09-30.html") == board_text(tmp_path / "then/board.html")
    assert (html / "review-2026-10-31.html").is_file()
    assert 'href="./board-2026-09-30.html"' in (html / "board.html").read_text(encoding="utf-8")


@pytest.mark.proof
def test_a_page_of_a_month_end_stands_beside_the_home_page_and_finds_its_styles_there(old_crm):
    old_crm.run("site", "--months", "2", "--as-of", "2026-11-20")
    html = old_crm.root / "build/html"
    text = (html / "board-2026-09-30.html").read_text(encoding="utf-8")
    found = re.findall(r'(?:href|src)="(?!https?:|#|mailto:)([^"#?]+)', text)
    assert "./assets/salesops/salesops.css" in found
    assert [at for at in found if not at.endswith(".md") and not (html / at).is_file()] == []
    assert '"base": "."' in text
    assert "script-src 'self' 'sha256-" in text, "the theme's own scripts may run"


@pytest.mark.proof
def test_month_ends_before_the_first_commit_have_no_pages_and_it_says_so(old_crm):
    ran = old_crm.run("site", "--months", "12", "--as-of", "2026-11-20")
    assert ran.code == 0
    assert "at the ends of 2 of the last 12 months something was known: these have pages" in ran.err
    assert not (old_crm.root / "build/html/board-2026-08-31.html").exists()


def test_without_git_it_says_why_it_cannot_tell_what_was_known(crm, old_site):
    before = contents(old_site)
    ran = crm.run("site", "--months", "12")
    assert ran.code == 3
    assert "cannot decide: what was known at the ends of earlier months: " in ran.err
    assert contents(old_site) == before


def test_no_months_are_asked_for_wrongly(crm):
    assert crm.run("site", "--months", "0").code == 2


@pytest.fixture
def built(crm):
    """A repository under git whose site was built by the installed command."""
    Git(crm.root).begin()
    assert crm.spawn("site").stdout.endswith("build/html/index.html\n")
    return crm


STANDS = "index.html (nothing has changed since it was built)\n"


def test_a_site_is_not_built_again_where_nothing_has_changed(built):
    before, board = contents(built.root / "build/html"), (built.root / "build/html/board.html").stat()
    again = built.spawn("site")
    assert (again.returncode, again.stderr) == (0, "")
    assert re.fullmatch(rf"\d+ pages as of 2026-11-20: open .*/build/html/{re.escape(STANDS)}", again.stdout)
    assert (built.root / "build/html/board.html").stat().st_mtime_ns == board.st_mtime_ns
    assert not built.spawn("site", "--rebuild").stdout.endswith(STANDS)
    assert (built.root / "build/html/board.html").stat().st_mtime_ns != board.st_mtime_ns
    assert contents(built.root / "build/html") == before, "and a new build would have written the same"


def test_a_word_that_changes_is_on_the_site_again_and_what_breaks_a_rule_is_refused(built):
    deal = built.root / "deals/cascadia-2025.yaml"
    deal.write_text(deal.read_text(encoding="utf-8").replace("The course decided", "The dean decided"))
    assert not built.spawn("site").stdout.endswith(STANDS)
    assert "The dean decided" in (built.root / "build/html/deals/cascadia-2025.html").read_text(encoding="utf-8")
    built.write("deals/acme.yaml", "title: [\n")
    ran = built.spawn("site")
    assert (ran.returncode, ran.stdout) == (1, "")
    assert "deals/acme.yaml:" in ran.stderr


@pytest.mark.proof
def test_what_mkdocs_warns_of_is_said_each_time(crm):
    crm.write("site/how.md", "# How\n\n[gone](gone.md)\n")
    Git(crm.root).begin()
    for _ in range(2):
        ran = crm.spawn("site")
        assert "gone.md" in ran.stderr
        assert not ran.stdout.endswith(STANDS)


@pytest.mark.proof
def test_month_ends_and_what_was_known_are_built_each_time(built):
    for words in (("--months", "1"), ("--known", "HEAD")):
        ran = built.spawn("site", *words)
        assert (ran.returncode, ran.stdout.endswith(STANDS)) == (0, False), ran.stderr
    wrong = built.spawn("-C", "nowhere", "site")
    assert (wrong.returncode, wrong.stdout) == (2, "")


@pytest.mark.proof
def test_a_site_of_which_git_could_not_tell_the_history_is_built_each_time(built):
    (built.root / ".git/shallow").write_text(Git(built.root)("rev-parse", "HEAD") + "\n")
    for _ in range(2):
        ran = built.spawn("site")
        assert (ran.returncode, ran.stdout.endswith(STANDS)) == (0, False), ran.stderr
