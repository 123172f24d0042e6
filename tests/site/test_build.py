"""Building the site: the team's own pages, what is refused, what is left as it was, and that it is the same bytes every time."""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from jinja2 import Environment
from mkdocs.config import load_config
from mkdocs.exceptions import PluginError

from salesops.cli import mkdocs_plugin
from salesops.cli.mkdocs_plugin import read_site
from salesops.site.build import NoPlace, Site, build, follows_from_files
from salesops.site.frames import BODY
from salesops.site.own_pages import CannotBuild
from salesops.site.pages.page import file_of
from salesops.store.load import load

SALESOPS = Path(sys.executable).parent / "salesops"
DAY = "2026-11-20"


@pytest.fixture
def crm(repo, home):
    """A sound repository with the mkdocs.yml of this one, without its guides in the menu."""
    config = (home / "mkdocs.yml").read_text(encoding="utf-8")
    repo.write(
        "mkdocs.yml", re.sub(r"(?ms)^  - (?:Guides|Reference|Contributing).*?(?=^  - [A-Z]|^\S)", "", config).encode()
    )
    return repo


def site(crm, day=DAY):
    """Build the site where the command builds it."""
    html = crm.root / "build/html"
    build(read_site(crm.root, day), html)
    return html


def page(html, path):
    return (html / file_of(path)).read_text(encoding="utf-8")


def contents(folder):
    """Every file below a folder and a digest of what it holds."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def article(html):
    return html.split("<article", 1)[1].split("</article>", 1)[0]


# The team's own pages


def test_a_page_of_the_team_is_published_with_its_pictures(crm):
    crm.write("site/how/we-sell.md", "# How we sell\n\n![A door](door.png)\n")
    crm.write("site/how/door.png", b"\x89PNG")
    html = site(crm)
    assert "How we sell" in page(html, "how/we-sell")
    assert (html / "how/door.png").read_bytes() == b"\x89PNG"


def test_a_page_of_the_same_name_introduces_a_generated_one_below_its_heading(crm):
    crm.write(
        "site/board.md", "---\ntitle: Mine\n---\n# Our board\n\nEvery Monday we read it from **right to left**.\n"
    )
    text = article(page(site(crm), "board"))
    assert text.count("<h1") == 1
    assert "Our board" not in text
    heading, introduction, columns = (
        text.index(part) for part in ("<h1>Board</h1>", "<strong>right to left", "so-board")
    )
    assert heading < introduction < columns
    assert "<title>Board - " in page(crm.root / "build/html", "board")


@pytest.mark.parametrize(
    "written",
    [
        pytest.param(b"---\r\ntitle: X\r\n---\r\n# Ours\r\n\r\nHello\r\n", id="Windows line ends"),
        pytest.param(b"\xef\xbb\xbf---\ntitle: X\n---\nHello\n", id="byte-order mark", marks=pytest.mark.proof),
        pytest.param(b"Ours\n====\n\nHello", id="underlined heading", marks=pytest.mark.proof),
        pytest.param(b"Hello", id="no heading", marks=pytest.mark.proof),
        pytest.param(b"## Hello\n", id="second heading", marks=pytest.mark.proof),
    ],
)  # fmt: skip
def test_an_introduction_may_be_saved_by_any_editor(crm, written):
    crm.write("site/index.md", written)
    text = article(page(site(crm), ""))
    assert text.count("<h1") == 1
    assert "Hello" in text
    assert "title: X" not in text
    assert "Ours" not in text


def test_a_folder_of_the_team_called_records_stays(crm):
    crm.write("site/records/minutes.md", "# Minutes\n")
    html = site(crm)
    assert "Minutes" in page(html, "records/minutes")
    assert not (html / "records/salesops-shell").exists()


@pytest.mark.proof
def test_the_sources_of_the_team_survive_every_build(crm):
    crm.write("site/how.md", "# How\n")
    crm.write("site/assets/keep.pdf", b"%PDF")
    before = contents(crm.root / "site")
    site(crm)
    site(crm)
    assert contents(crm.root / "site") == before
    shutil.rmtree(crm.root / "site")
    site(crm)
    assert not (crm.root / "site").exists(), "a team without pages of its own needs no folder for them"


def test_only_pages_and_pictures_are_published(crm):
    for name in ("a.yaml", "b.html", "c.svg", "d.js", "e.csv", ".hidden.md", ".git/f.md", "g.py"):
        crm.write(f"site/{name}", "secret-of-the-team")
    html = site(crm)
    assert not [file for file in html.rglob("*") if file.is_file() and b"secret-of-the-team" in file.read_bytes()]


@pytest.mark.proof
def test_what_was_taken_out_of_the_pages_leaves_the_site(crm):
    crm.write("site/how.md", "# How\n")
    assert (site(crm) / "how.html").is_file()
    (crm.root / "site/how.md").unlink()
    assert not (site(crm) / "how.html").exists()


def test_a_deal_that_went_leaves_the_site(crm):
    crm.deal()
    assert (site(crm) / "deals/acme.html").is_file()
    (crm.root / "deals/acme.yaml").unlink()
    html = site(crm)
    assert not (html / "deals/acme.html").exists()
    assert b"acme" not in (html / "search/search_index.json").read_bytes()


def test_the_theme_is_compiled_once_however_often_the_site_is_built(crm, monkeypatch):
    compiled = []

    def noted(self, source, name, *more, **named):
        compiled.append(name)
        return compile_one(self, source, name, *more, **named)

    compile_one = Environment._generate
    monkeypatch.setattr(Environment, "_generate", noted)
    monkeypatch.setattr(mkdocs_plugin, "COMPILED", type(mkdocs_plugin.COMPILED)())
    before = contents(site(crm))
    assert contents(site(crm)) == before
    assert (compiled.count("base.html"), compiled.count("main.html")) == (1, 1)


# What is refused


@pytest.mark.parametrize(
    ("path", "content", "said"),
    [
        ("site/board.md", f"{BODY}\n", "has <!--salesops-body--> 2 times"),
        ("site/index.md", "<!--salesops-introduction-->\n", "has <!--salesops-introduction--> 2 times"),
        ("site/about.md", "---\ntitle: <script>alert(1)</script>\n---\n", "site/about.md: its title would be markup"),
        ("site/about.md", '---\ntitle: "\\x3cscript\\x3ealert(1)\\x3c/script\\x3e"\n---\n', "its title would be markup"),
        ('site/"><img src=x onerror=alert(1)>.md', "Words\n", "the name would be markup"),
        ("site/two\nlines.md", "Words\n", "the name would be markup"),
        ("site/about.md", b"caf\xe9\n", "site/about.md is not UTF-8 text"),
        ("site/board.md", b"caf\xe9\n", "site/board.md is not UTF-8 text"),
        ("site/deals/cascadia-2025.md", "# Mine\n", "has the address of a generated page: rename it"),
        ("site/deals/cascadia-2025/index.md", "# Mine\n", "has the address of a generated page: rename it"),
        ("site/deals/cascadia-2025/README.md", "# Mine\n", "has the address of a generated page: rename it"),
        ("site/members/index.md", "# Mine\n", "call it site/members.md to introduce that page"),
        ("site/records/salesops-shell.md", "# Mine\n", "has the address of a generated page"),
    ],
)  # fmt: skip
def test_a_page_that_would_harm_the_site_is_refused_in_a_sentence(crm, path, content, said):
    crm.write(path, content.encode() if isinstance(content, str) else content)
    with pytest.raises(CannotBuild) as fault:
        site(crm)
    assert said in str(fault.value)


@pytest.mark.parametrize(
    "make",
    [
        lambda at, outside: at.symlink_to(outside / "secret.md"),
        lambda at, outside: at.symlink_to(outside),
        lambda at, _: os.mkfifo(at),
    ],
    ids=["link to a file", "link to a folder", "pipe"],
)
def test_what_is_not_a_plain_file_is_refused(crm, make, tmp_path):
    crm.write("site/real.md", "# Real\n")
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/secret.md").write_text("secret", encoding="utf-8")
    make(crm.root / "site/odd.md", tmp_path / "outside")
    with pytest.raises(PluginError, match=r"site/odd\.md is not a plain file"):
        site(crm)


def test_a_folder_of_pages_that_leads_elsewhere_is_refused(crm, tmp_path):
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/secret.md").write_text("secret", encoding="utf-8")
    (crm.root / "site").symlink_to(tmp_path / "outside")
    with pytest.raises(PluginError, match="not a plain folder"):
        site(crm)


def with_stage(crm, old, new):
    """The repository with another name for a stage."""
    text = (crm.root / "playbook/process/v3.yaml").read_text(encoding="utf-8")
    named = re.sub(
        rf"(?m)(?<!lifecycle: )(?<![-\w]){old}(?=:|,|}}|$)", lambda _: json.dumps(new, ensure_ascii=False), text
    )
    crm.write("playbook/process/v3.yaml", named.encode())
    snapshot = load(crm.root)[0].on(date.fromisoformat(DAY))
    assert new in snapshot.process.stages
    return Site(crm.root, snapshot)


@pytest.mark.parametrize(
    "stage", ["../../../../outside", "/outside", "a/b", "a\\b", "..", "a:b", "a%2fb", "a?b", "a#b"]
)
def test_the_name_of_a_stage_never_becomes_a_way_out_of_the_site(crm, stage):
    found = with_stage(crm, "outreach", stage)
    before = contents(crm.root.parent)
    with pytest.raises(CannotBuild, match="cannot be the address of a page"):
        build(found, crm.root / "build/html")
    assert contents(crm.root.parent) == before


def test_the_name_of_a_stage_may_be_in_any_language(crm):
    build(with_stage(crm, "outreach", "erste Schritte für Größeres"), crm.root / "build/html")
    assert (crm.root / "build/html/metrics/age-in-erste-Schritte-für-Größeres.html").is_file()


@pytest.mark.parametrize(
    "out",
    [
        ".",
        "site",
        "site/html",
        "deals",
        "deals/html",
        "members",
        "playbook/html",
        "build",
        "build/docs",
        "build/docs/html",
        "..",
        ".git/html",
    ],
)
def test_the_site_never_lands_among_the_records(crm, out):
    (crm.root / ".git").mkdir()
    before = contents(crm.root)
    with pytest.raises(NoPlace, match="the repository's own files"):
        build(read_site(crm.root, DAY), crm.root / out)
    assert contents(crm.root) == before


def test_a_folder_that_holds_something_else_is_left_alone(crm, tmp_path):
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos/holiday.jpg").write_bytes(b"sun")
    with pytest.raises(NoPlace, match="files that are not a site"):
        build(read_site(crm.root, DAY), tmp_path / "photos")
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(NoPlace, match="not a folder"):
        build(read_site(crm.root, DAY), tmp_path / "file")
    assert contents(tmp_path / "photos")
    build(read_site(crm.root, DAY), tmp_path / "new/site")
    build(read_site(crm.root, DAY), tmp_path / "new/site")
    assert (tmp_path / "new/site/board.html").is_file()
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["site"], "nothing is left beside it"


@pytest.mark.proof
def test_the_old_site_stands_until_the_new_one_is_whole(crm, monkeypatch):
    html = site(crm)
    before = contents(html)
    crm.deal()
    crm.write("site/board.md", BODY)
    with pytest.raises(CannotBuild):
        site(crm)
    assert contents(html) == before
    assert [path.name for path in html.parent.iterdir() if path.name != "docs"] == ["html"]
    (crm.root / "site/board.md").unlink()
    monkeypatch.setattr(
        "salesops.site.build._add_to_search", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left"))
    )
    with pytest.raises(OSError, match="No space left"):
        site(crm)
    assert contents(html) == before
    monkeypatch.undo()
    assert "acme" in page(site(crm), "deals/acme")


def test_a_theme_without_a_place_for_the_policy_is_refused(crm, monkeypatch):
    monkeypatch.setattr("salesops.site.frames.CHARSET", "<meta charset=other>")
    with pytest.raises(CannotBuild, match="content security policy cannot be added"):
        site(crm)


def test_a_link_in_the_place_of_the_working_copy_is_replaced_and_not_followed(crm, tmp_path):
    (tmp_path / "outside").mkdir()
    (crm.root / "build").mkdir()
    (crm.root / "build/docs").symlink_to(tmp_path / "outside")
    site(crm)
    assert not any((tmp_path / "outside").iterdir())


def test_the_environment_is_left_as_it_was(crm, monkeypatch):
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    before = dict(os.environ)
    site(crm)
    assert dict(os.environ) == before
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "0")
    site(crm)
    assert os.environ["SOURCE_DATE_EPOCH"] == "0"


def test_the_site_map_names_the_pages_and_the_day(crm):
    config = (crm.root / "mkdocs.yml").read_text(encoding="utf-8")
    crm.write("mkdocs.yml", config + "site_url: https://crm.example/\n")
    html = site(crm, "2026-06-01")
    sitemap = (html / "sitemap.xml").read_text(encoding="utf-8")
    assert "<loc>https://crm.example/board.html</loc>" in sitemap
    assert "<lastmod>2026-06-01</lastmod>" in sitemap
    assert "salesops-shell" not in sitemap
    assert '<link rel="canonical" href="https://crm.example/deals/cascadia-2025.html">' in page(
        html, "deals/cascadia-2025"
    )


@pytest.mark.parametrize(
    "setting", ["use_directory_urls: true\n", pytest.param("", marks=pytest.mark.proof)], ids=["true", "not said"]
)
def test_pages_are_files_whatever_mkdocs_yml_says_of_folders(crm, setting):
    crm.deal()
    before = contents(site(crm))
    assert {"index.html", "board.html", "deals/acme.html", "reference/checks.html"} <= before.keys()
    config = (crm.root / "mkdocs.yml").read_text(encoding="utf-8")
    crm.write("mkdocs.yml", re.sub(r"(?m)^use_directory_urls: false.*\n", setting, config).encode())
    assert setting in (crm.root / "mkdocs.yml").read_text(encoding="utf-8") != config
    assert contents(site(crm)) == before


def test_scripts_that_the_team_loads_early_stay(crm):
    config = (crm.root / "mkdocs.yml").read_text(encoding="utf-8")
    crm.write("mkdocs.yml", config + "extra: {polyfills: [early.js]}\n")
    crm.write("site/how/we-sell.md", "# How we sell\n")
    text = page(site(crm), "how/we-sell")
    assert '<script src="../early.js"></script>' in text
    assert '<script src="../assets/salesops/search.js"></script>' in text


# The same bytes


@pytest.mark.proof
def test_the_site_is_the_same_bytes_whatever_the_process_the_zone_and_the_locale(crm, home, tmp_path):
    for name in ("deals", "members", "playbook", "site"):
        shutil.rmtree(crm.root / name, ignore_errors=True)
        if (home / name).is_dir():
            shutil.copytree(home / name, crm.root / name)
    shutil.copy(home / "mkdocs.yml", crm.root)
    surroundings = [
        {"PYTHONHASHSEED": "0", "TZ": "Pacific/Kiritimati", "LC_ALL": "C.UTF-8"},
        {"PYTHONHASHSEED": "1", "TZ": "Pacific/Pago_Pago", "LC_ALL": "C", "LANGUAGE": "tr"},
        {"PYTHONHASHSEED": "2", "TZ": "UTC", "COLUMNS": "20"},
    ]
    copies = [shutil.copytree(crm.root, tmp_path / f"copy-{at}") for at in range(3)]
    running = [
        subprocess.Popen(
            [SALESOPS, "site", "--as-of", DAY],
            cwd=copy,
            env={**os.environ, **env},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        for copy, env in zip(copies, surroundings, strict=True)
    ]
    for process in running:
        said, _ = process.communicate(timeout=60)
        assert process.returncode == 0, said.decode()
    first, *others = (contents(copy / "build/html") for copy in copies)
    assert len(first) > 100
    for other in others:
        assert other == first
    subprocess.run([SALESOPS, "site", "--as-of", DAY], cwd=copies[0], check=True, capture_output=True)
    assert contents(copies[0] / "build/html") == first, "a second time into the same folder"


@pytest.mark.parametrize(
    ("told", "follows"),
    [
        ("", True),
        ("plugins: [search, salesops]", True),
        ("markdown_extensions: [admonition, tables]", True),
        ("hooks: [ours.py]", False),
        ("theme: material\nplugins: [search, salesops]", True),
        ("theme: material\nplugins: [search, salesops, tags]", False),
        ("theme: {name: material, custom_dir: ours}", False),
        ("markdown_extensions: [pymdownx.details, markdown.extensions.extra]", True),
        ("markdown_extensions: [pymdownx.snippets]", False),
        ("markdown_extensions: ['pymdownx.snippets:SnippetExtension']", False),
        ("markdown_extensions: [extension_of_others]", False),
    ],
)
def test_a_site_follows_from_files_unless_something_else_may_be_read(tmp_path, monkeypatch, told, follows):
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "extension_of_others.py").write_text("from markdown.extensions.tables import makeExtension\n")
    (tmp_path / "ours.py").write_text("")
    (tmp_path / "ours").mkdir()
    (tmp_path / "docs").mkdir()
    (tmp_path / "mkdocs.yml").write_text(f"site_name: Ours\n{told}\n")
    assert follows_from_files(load_config(str(tmp_path / "mkdocs.yml"))) is follows


def test_a_metric_of_an_installed_package_may_read_anything(tmp_path, monkeypatch):
    (tmp_path / "docs").mkdir()
    (tmp_path / "mkdocs.yml").write_text("site_name: Ours\n")
    monkeypatch.setattr("salesops.site.build.installed", lambda: ("a metric",))
    assert not follows_from_files(load_config(str(tmp_path / "mkdocs.yml")))
