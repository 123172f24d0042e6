"""Text that would run if it were markup: it is shown as the text it is, on every page, in titles and in the search."""

import json
import re
import shutil
from itertools import cycle
from xml.etree import ElementTree

import pytest
import yaml
from gitting import Git

from salesops.records.scalars import url
from salesops.site.pages.page import file_of
from salesops.store.load import load

PLAIN = "Plain words"
DEAL = """\
title: {t}
member: {member}
type: new business
tier: general
owner: jim
stages:
{stages}
value: {{mrr: 1250 USD, one_off: 100 USD, months: 12}}
expected_close: 2026-03-01
probability: {{value: 60%, date: 2026-01-05, why: {t}}}
source: {{channel: {t}, campaign: spring}}
next: {{action: {t}, due: 2026-03-01, owner: jim}}
parked: [{{since: {parked}, until: 2027-02-01, why: {t}}}]
maniac_t:
  money: {{status: met, date: 2026-01-05, note: {t}, amount: 1 USD}}
  authority: {{status: met, date: 2026-01-05, note: {t}, contacts: [a-smith]}}
  need: {{status: partial, date: 2026-01-05, note: {t}, evidence: "https://notes.example/a"}}
  impending_event: {{status: unmet, date: 2026-01-05, note: {t}, event: 2026-02-01}}
  application: {{status: unknown, date: 2026-01-05, note: {t}}}
  competition: {{status: met, date: 2026-01-05, note: {t}, alternatives: [{t}, {t}]}}
  timeline: {{status: met, date: 2026-01-05, note: {t}}}
icp: {{hypothesis: bet, version: 1, fit: true, note: {t}}}
discovery: {{jobs: [{t}], requirements: [{t}, {t}], notes: "https://notes.example/b"}}
activity:
  - {{date: 2026-01-06, kind: email, template: {t}, experiment: words, variant: {t}, opened: true, note: {t}}}
  - {{date: 2026-01-07, kind: meeting, about: discovery, status: cancelled, with: [a-smith], note: {t}, notes: "https://notes.example/c"}}
proposal: {{requested: 2026-01-08, template: {t}, link: "https://notes.example/d", objections: [{{about: {t}, note: {t}}}, {{about: {t}, resolved: true}}]}}
contract: {{signed: 2026-01-09, start: 2026-02-01, end: {end}, mrr: 1250 USD, entity: {t}, template: {t}, agreement: "https://notes.example/e"}}
order:
  configurator: https://notes.example/f
  hubs: [{{name: {t}, environment: {t}, authentication: {t}, storage: {t}}}]
  issues: ["https://notes.example/g"]
win: {{learning: {t}, signals: [{t}]}}
loss: {{reason: price, learning: {t}, verdict: icp, reengage: never, playbook: {t}}}
renewal: {{intent: unsure, expansion: {t}, valued: {t}, would_refer: true}}
reopened: [{{date: 2026-01-10, why: {t}}}]
moved_back: [{{date: 2026-01-10, why: {t}}}]
links: [{{kind: {t}, url: "https://notes.example/h"}}]
waived: [{{need: {t}, stage: {t}, by: jim, date: 2026-01-10, why: {t}}}]
corrections: [{{field: {t}, was: {t}, by: jim, date: 2026-01-10, why: {t}}}]
x: {{word: {t}, list: [{t}, {{inner: {t}}}]}}
"""
MEMBER = """\
name: {t}
kind: university
country: US
website: https://member.example
contacts: [{{id: a-smith, name: {t}, role: {t}, email: a@member.example, decides: true}}]
vendor_setup: {{status: done}}
communities: [{{name: {t}, users: 3}}]
hubs: [{{name: {t}, url: "https://hub.example"}}, {{name: {t}}}]
health: [{{date: 2026-01-05, status: green, note: {t}}}]
invoices: [{{month: 2026-01, usage: 1 USD}}]
links: [{{kind: {t}, url: "https://notes.example/h"}}]
x: {{word: {t}, list: [{t}, {{inner: {t}}}]}}
"""
TEAM = """\
organisation: {t}
time_zone: UTC
currency: USD
people: {{jim: {{name: {t}, roles: [{t}]}}}}
"""
TARGETS = "targets: [{{id: a, metric: sqd, at_least: '12', by: 2026-12-31, why: {t}}}]\n"
OUTREACH = "message: intro@2\nnote: {t}\nresults: [{{date: 2026-01-05, sent: 9, opened: 3, note: {t}}}]\n"
WORDS = frozenset("title purpose activities learning when why means source changelog name".split())
"""What the process says in words of the team's own."""
LIVES = {
    "open": ("  - enrichment: 2026-01-05\n  - outreach: 2026-01-06", "2027-01-01", "2026-12-31"),
    "parked": ("  - enrichment: 2026-01-05", "2026-02-01", "2026-12-31"),
    "won": ("  - enrichment: 2026-01-05\n  - closed won: 2026-11-18", "2027-01-01", "2026-10-31"),
    "lost": ("  - enrichment: 2026-01-05\n  - closed lost: 2026-11-18", "2027-01-01", "2026-12-31"),
}


def quoted(text):
    """A text, or a whole record, as YAML with every text in double quotes."""
    return json.dumps(text, ensure_ascii=False)


def line(text):
    """A text as a page shows it: with single blanks."""
    return " ".join(text.split())


def reworded(value, turn, key=""):
    """A process with other words."""
    if isinstance(value, dict):
        return {inner: reworded(found, turn, inner) for inner, found in value.items()}
    if isinstance(value, list):
        return [reworded(found, turn, key) for found in value]
    return next(turn) if key in WORDS else value


def records(texts, process):
    """A repository in which every text of a deal, a member, the team and the process is one of these."""
    first = quoted(texts[0])
    turn = cycle(texts)
    yield "playbook/team.yaml", TEAM.format(t=first)
    yield "playbook/targets.yaml", TARGETS.format(t=first)
    yield "playbook/icp/bet.yaml", f"claim: {first}\nversion: 1\nsince: 2025-01-01\nstatus: testing\n"
    yield "playbook/experiments/words.yaml", f"hypothesis: {first}\nvariants: [{first}]\nstatus: running\n"
    yield "playbook/prices/2025.yaml", f"since: 2025-01-01\nfees: {{{first}: 1 USD}}\nnote: {first}\n"
    yield "playbook/outreach/intro-2.yaml", OUTREACH.format(t=first)
    yield "playbook/process/v3.yaml", quoted(reworded(yaml.load(process, yaml.BaseLoader), turn))
    for at, text in enumerate(texts):
        yield f"members/m{at:02}.yaml", MEMBER.format(t=quoted(text))
        for life, (stages, parked, end) in LIVES.items():
            deal = DEAL.format(t=quoted(text), member=f"m{at:02}", stages=stages, parked=parked, end=end)
            yield f"deals/{life}-{at:02}.yaml", deal


def commit_each(root, texts):
    """A history of these records in which every text is once the author and the subject of a commit."""
    git = Git(root)
    git("init", "-q", "-b", "main")
    git("add", "-A", ":!deals/open-*")
    git("commit", "-q", "-m", "The beginning")
    for at, text in enumerate(texts):
        git("add", f"deals/open-{at:02}.yaml")
        who, when = f"A {text}", f"2026-11-18T12:{at:02}:00Z"
        git("commit", "-q", "--cleanup=verbatim", "-F", "-", stdin=text, GIT_AUTHOR_NAME=who, GIT_COMMITTER_DATE=when)


@pytest.fixture(scope="module")
def payloads(hostile):
    return json.loads((hostile / "payloads.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def crm(tmp_path_factory, payloads, home, fill):
    """The hostile repository; what the reader refuses altogether is left out."""
    process = (home / "playbook/process/v3.yaml").read_text(encoding="utf-8")
    root = tmp_path_factory.mktemp("hostile") / "crm"
    fill(root, dict(records(payloads, process)))
    shutil.copy(home / "mkdocs.yml", root)
    config = (root / "mkdocs.yml").read_text(encoding="utf-8")
    (root / "mkdocs.yml").write_text(
        re.sub(r"^nav:(?s:.*?)(?=^\S|\Z)", "nav: [{Numbers: []}, {Playbook: []}]\n", config, flags=re.MULTILINE),
        encoding="utf-8",
    )
    assert not load(root)[1], "the reader takes every payload as text"
    commit_each(root, payloads)
    return root


@pytest.fixture(scope="module")
def site(crm, site_of):
    return site_of(crm)


def test_the_text_shown_is_the_text_stored(site, payloads):
    for at, text in enumerate(payloads):
        wanted = line(text)
        deal, member = site.article(f"deals/open-{at:02}"), site.article(f"members/m{at:02}")
        assert deal.one("h1").raw == text
        assert member.one("h1").raw == text
        # Each text of the record as often as the template shows it, and nothing of it lost.
        assert deal.text.count(wanted) >= 40
        assert member.text.count(wanted) >= 11
        exact = [cell.raw for cell in deal.every("dd")]
        assert any(text in cell for cell in exact)


def test_titles_are_text_too(site, payloads):
    for at, text in enumerate(payloads):
        assert site[f"deals/open-{at:02}"].one("head").one("title").text == line(f"{text}: {text} - Fernwater sales")
        assert site[f"members/m{at:02}"].one("head").one("title").text == line(f"{text} - Fernwater sales")


@pytest.mark.proof
def test_no_text_changes_the_shape_of_a_page(site, payloads, home, site_of, tmp_path, fill):
    """The elements and attributes are the same as those of a page whose texts are plain words."""
    root = tmp_path / "crm"
    plain_words = [
        f"{PLAIN} {at:02}" for at in range(len(payloads))
    ]  # as different from each other as the payloads are
    fill(root, dict(records(plain_words, (home / "playbook/process/v3.yaml").read_text(encoding="utf-8"))))
    shutil.copy(site.root / "mkdocs.yml", root)
    commit_each(root, plain_words)
    plain = site_of(root)
    assert set(plain) == set(site)
    for path in site:
        assert without_code(site[path].shape) == without_code(plain[path].shape), path


def without_code(shape):
    """A definition sets what stands between backticks as code, also where a stage's title brings them; a form offers each tier once."""
    return [element for element in shape if element not in (("code",), ("option", "value"))]


def test_subjects_and_authors_of_commits_are_text_too(site, payloads):
    """Git itself takes angle brackets out of a name, and ends a subject with the first empty line."""
    shown = [commit.text for commit in site.article("changes").every("p", class_="so-commit")]
    assert len(shown) == len(payloads) + 1
    for at, text in enumerate(payloads):
        subject, name = line(text.split("\n\n")[0]), line("A " + re.sub("[<>\n]", "", text)).rstrip(".,:;\"'\\")
        (own,) = [commit.text for commit in site.article(f"deals/open-{at:02}").every("p", class_="so-commit")]
        assert own in shown
        assert subject in own, text
        assert name in own, text


def test_the_feed_is_well_formed_and_holds_the_same_texts(site, payloads):
    space = "{http://www.w3.org/2005/Atom}"
    feed = ElementTree.fromstring((site.html / "changes.xml").read_bytes())
    titles = [line(title.text) for title in feed.iter(f"{space}title")][1:]
    assert titles[-2::-1] == [line(text.split("\n\n")[0]) for text in payloads]


@pytest.mark.proof
def test_links_are_only_what_a_browser_may_follow(site):
    for path, page in site.items():
        for link in page.every("a", href=True):
            assert re.match(
                r"https?://|mailto:|[a-z0-9./#-]*$|[./a-z0-9-]+#|[./a-z0-9]*\?[a-z]+=[a-z0-9-]+(?:&[a-z]+=[a-z0-9-]+)?$",
                link["href"],
            ), (path, link["href"])


def test_no_payload_is_taken_for_a_link(payloads):
    for text in payloads:
        with pytest.raises(Exception, match="link"):
            url(text)


def test_the_search_index_holds_no_markup(site):
    for entry in json.loads((site.html / "search/search_index.json").read_text(encoding="utf-8"))["docs"]:
        assert "<" not in entry["title"] + entry["text"]


@pytest.fixture(scope="module")
def unguarded(site, tmp_path_factory):
    """The same site without its policy: the first wall has to hold alone."""
    html = tmp_path_factory.mktemp("unguarded") / "html"
    shutil.copytree(site.html, html)
    for file in html.rglob("*.html"):
        text = file.read_text(encoding="utf-8")
        file.write_text(re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", text), encoding="utf-8")
    return html


@pytest.mark.proof
@pytest.mark.browser
def test_nothing_runs_on_any_page_even_without_the_policy(browser, unguarded, serve, site, payloads):
    states = [f"deals/{life}-{at:02}" for at in range(len(payloads)) for life in (["open"] if at else LIVES)]
    states += [f"members/m{at:02}" for at in range(0, len(payloads), 5)]  # the shape of the others is the same
    others = [path for path in site if "/" not in path]  # changes and integrity are among them
    metrics = ["metrics/sqd", "metrics/win-rate", "metrics/renewal-overdue", "metrics/age-in-outreach"]
    with serve(unguarded) as address, browser.tab() as tab:
        for path in (*others, *metrics, *states):
            tab.go(f"{address}/{file_of(path)}")
            shown, heading = tab.run("[document.title, document.querySelector('h1').textContent]")
            named = f"{heading}: {heading}" if path.startswith("deals/") else heading
            assert not path.startswith(("deals/", "members/")) or shown == line(f"{named} - Fernwater sales")
        tab.listen(0.5)
        assert not tab.ran
        assert not tab.faults


FOUND = "[...document.querySelectorAll('.md-search-result__link')].map(link => [link.pathname, link.querySelector('h1')?.textContent])"


@pytest.mark.browser
def test_nothing_runs_in_the_search(browser, unguarded, serve, payloads):
    """Deals are found by their ids here; the results then show the titles and the words beside them."""
    with serve(unguarded) as address, browser.tab() as tab:
        for at in (0, 1, 2, 4, 7, 9, 10, 14, 20, 28):
            tab.go(f"{address}/?q=open-{at:02}")
            found = dict(tab.wait(f"(found => found.length && found)({FOUND})"))
            text = payloads[at]
            assert line(found[f"/deals/open-{at:02}.html"]) == line(f"{text}: {text}")
        tab.listen(0.3)
        assert not tab.ran
        assert not tab.faults


@pytest.mark.browser
def test_the_browser_would_have_told(browser, payloads, serve, tmp_path):
    """The control: the same payloads as raw markup do run."""
    for at, text in enumerate(payloads):
        (tmp_path / f"{at}.html").write_text(
            f"<!doctype html><title>{text}</title><body>{text}<p title='{text}'>", encoding="utf-8"
        )
    with serve(tmp_path) as address, browser.tab() as tab:
        for at in range(len(payloads)):
            tab.go(f"{address}/{at}.html")
        tab.listen(0.3)
        assert len(set(tab.ran)) >= 15
