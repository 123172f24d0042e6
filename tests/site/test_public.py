"""The public site: it says what the team's allow-list names, and nobody can tell a deal or a member from it."""

import base64
import html
import json
import re
import shutil
import subprocess
from collections import Counter
from datetime import date
from decimal import Decimal
from itertools import pairwise, repeat
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from altering import FIELDS, two_states
from canaries import demonstration, planted

from salesops.book.status import Standing
from salesops.metrics import metrics_of
from salesops.records.kinds import KINDS
from salesops.records.public import Public
from salesops.site.public.build import build_public
from salesops.site.public.figures import last_full_quarter, rounded
from salesops.site.public.view import public_view
from salesops.store.commits import CommitBooks
from salesops.store.load import load

HOME = Path(__file__).parents[2]
DAY = date(2026, 11, 20)
TOKEN, OTHER = "9f0c52d1a7e84b36", "16f2b0c4d8e3a957"


@pytest.fixture(autouse=True)
def _no_key(monkeypatch):
    monkeypatch.delenv("SALESOPS_PUBLIC_KEY", raising=False)


def allowed(**more: Any) -> Public:
    """An allow-list, as the team file holds it."""
    texts = {key: "true" if value is True else value for key, value in more.items()}
    return Public.model_validate({"title": "How we sell", **texts})


@pytest.fixture
def allow(repo, starting):
    """``allow(numbers=["sqd"])``: write an allow-list into the team file."""

    def written(**more):
        repo.write("mkdocs.yml", (HOME / "mkdocs.yml").read_bytes())
        section = json.dumps({"title": "How we sell", **more})
        repo.write("playbook/team.yaml", f"{starting['playbook/team.yaml']}public: {section}\n")
        return repo

    return written


def files(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def ours(folder):
    """The files of a public site that are not the theme's."""
    return {name: content for name, content in files(folder).items() if not name.startswith("assets/")}


def words(content):
    """What a page says between its tags."""
    text = content.decode() if isinstance(content, bytes) else content
    return " ".join(html.unescape(re.sub(r"(?s)<script.*?</script>|<[^>]*>", " ", text)).split())


def published(repo, *more, **env):
    """The public site that the command builds."""
    ran = repo.run("site", "--public", *more, **env)
    assert ran.code == 0, ran.err
    return repo.root / "build/public"


# Private by default


def test_without_an_allow_list_there_is_no_public_site_and_the_lines_to_write_are_shown(repo):
    ran = repo.run("site", "--public")
    assert (ran.code, ran.out) == (1, "")
    assert "Everything is private until it does; add" in ran.err
    assert "public:\n  title: …\n" in ran.err, "nothing is said for the team that it has not said"
    assert not (repo.root / "build").exists()


def test_the_lines_that_are_shown_are_enough_once_the_title_is_written(repo, starting):
    lines = re.search(r"(?m)^public:\n(?:  .*\n)+", repo.run("site", "--public").err)[0]
    repo.write("playbook/team.yaml", starting["playbook/team.yaml"] + lines.replace("…", "How we sell"))
    assert {"index.html", "404.html"} == ours(published(repo)).keys()


def test_a_title_alone_publishes_one_page_that_tells_nothing(allow):
    found = words(ours(published(allow()))["index.html"])
    assert "How we sell" in found
    assert "Nothing is told yet." in found
    assert "Cascadia" not in found


def test_records_that_break_the_rules_are_not_published(allow):
    repo = allow(hypotheses=["teaching-lead"])
    ran = repo.run("site", "--public")
    assert ran.code == 1
    assert "public-name-unknown" in ran.err
    assert not (repo.root / "build/public").exists()


# Where it is built


@pytest.mark.parametrize("out", ["build/html", "build", ".", "deals", "site"])
def test_it_never_takes_the_place_of_the_private_site_or_of_the_records(allow, out):
    ran = allow().run("site", "--public", "-o", out)
    assert ran.code == 2
    assert "where the repository's own files are" in ran.err


def test_neither_site_replaces_the_other_wherever_they_are(allow, tmp_path):
    repo = allow()
    published(repo, "-o", str(tmp_path / "open"))
    assert "files that are not a site" in repo.run("site", "-o", str(tmp_path / "open")).err
    assert repo.run("site", "-o", str(tmp_path / "closed")).code == 0
    assert "files that are not a site" in repo.run("site", "--public", "-o", str(tmp_path / "closed")).err
    assert "where the repository's own files are" in repo.run("site", "-o", "build/public").err


def test_a_second_build_takes_the_place_of_the_first(allow):
    published(allow(tiers=True))
    assert ours(published(allow())).keys() == {"index.html", "404.html"}
    assert [path.name for path in (allow().root / "build").iterdir()] == ["public"], "nothing is left beside it"


def test_no_writer_of_the_private_site_is_run(allow, monkeypatch):
    def never(*_, **__):
        raise AssertionError("a writer of the private site was asked")

    repo = allow(process=True, numbers=["sqd"], tiers=True)
    repo.write("mkdocs.yml", "hooks: [run.py]\nsite_name: Ours\n")
    for name in ("every_page", "data_files", "build", "Site.prepare", "Site.finish", "_add_to_search", "menu"):
        monkeypatch.setattr(f"salesops.site.build.{name}", never)
    monkeypatch.setattr("salesops.cli.actions.site_build.git_history", never)
    published(repo)
    assert not (repo.root / "build/docs").exists()


def test_it_is_built_as_of_another_day_and_as_of_an_earlier_commit(allow, tmp_path):
    repo = allow(numbers=["won-value"], money_step="50000 USD")
    page = ours(published(repo, "--as-of", "2026-02-10"))["numbers.html"]
    assert "2025-12-31" in words(page)
    for command in (
        ["init", "-q"],
        ["add", "-A"],
        ["-c", "user.name=a", "-c", "user.email=a@b.example", "commit", "-qm", "a"],
    ):
        subprocess.run(["git", *command], cwd=repo.root, check=True)
    allow(title="Another title")
    assert "How we sell" in words(ours(published(repo, "--known", "HEAD"))["index.html"])


# What every page says of itself


def test_both_sites_say_on_every_page_for_whom_they_are(allow):
    repo = allow(process=True, pages=["how.md"])
    repo.write("site/how.md", "# How\n")
    assert repo.run("site").code == 0
    private = {path: path.read_text(encoding="utf-8") for path in (repo.root / "build/html").rglob("*.html")}
    public = {path: path.read_text(encoding="utf-8") for path in published(repo).rglob("*.html")}
    assert len(private) > 20
    assert len(public) == 4
    for text in private.values():
        assert text.count('<p class="so-whose">Private: for the team</p>') == 1
    for text in public.values():
        assert text.count('<p class="so-whose">Public: names and amounts left out</p>') == 1
        assert "Private: for the team" not in text


def test_a_site_that_shows_a_name_says_so(allow):
    repo = allow(members=[{"member": "cascadia-university", "as": "name"}])
    found = words(ours(published(repo))["members.html"])
    assert "Public: names and amounts left out, except what the team chose to show" in found


def test_search_engines_are_asked_to_stay_away_unless_the_team_wants_them(allow):
    noindex = b'<meta name="robots" content="noindex">'
    assert all(noindex in content for content in ours(published(allow())).values())
    assert not any(noindex in content for content in ours(published(allow(indexed="true"))).values())


def test_there_is_nothing_for_machines_to_read_and_no_way_back_to_the_records(allow):
    repo = allow(process=True, tiers=True, numbers=["sqd"], pages=["how.md"])
    repo.write("site/how.md", "# How\n\n<!-- for us -->\n\nWords.\n")
    text = (repo.root / "playbook/team.yaml").read_text(encoding="utf-8")
    repo.write("playbook/team.yaml", text + "repository: https://github.com/our-org/our-sales\n")
    site = files(published(repo))
    pages = {name: content.decode() for name, content in site.items() if name.endswith(".html")}
    rest = {name for name in site if not name.endswith(".html") and not name.startswith("assets/")}
    assert rest == set(), "no index, no feed, no calendar, no table, no map"
    assert not [name for name in site if name.endswith((".json", ".csv", ".ics", ".xml", ".gz", ".yaml", ".md"))]
    for page in pages.values():
        assert not re.search(r"<form|<!--|our-org|\.yaml|\.md\b|playbook/|/edit/|rel=.alternate", page)
        assert "Content-Security-Policy" in page


# The allow-list opens exactly what it names


def test_each_entry_of_the_allow_list_opens_one_thing(allow):
    repo = allow()
    repo.write("site/how.md", "# How we work\n\nOn Mondays.\n")
    repo.write("site/door.png", b"\x89PNG")
    before = ours(published(repo))
    opened = {
        "process": (True, {"process.html"}),
        "tiers": (True, {"process.html"}),
        "hypotheses": (["teaching-led"], {"learning.html"}),
        "experiments": (["subject-lines"], {"learning.html"}),
        "lessons": (["cascadia-2025"], {"learning.html"}),
        "numbers": (["sqd"], {"numbers.html"}),
        "members": ([{"member": "cascadia-university", "as": "name"}], {"members.html"}),
        "pages": (["how.md"], {"how.html"}),
    }
    for field, (value, new) in opened.items():
        found = ours(published(allow(**{field: value})))
        assert found.keys() - before.keys() == new, field
    assert "door.png" not in found


def test_a_page_of_the_team_is_published_only_where_it_is_named(allow):
    repo = allow(pages=["how.md", "door.png", "index.md"])
    repo.write("site/how.md", "# How we work\n\nOn Mondays.\n")
    repo.write("site/index.md", "# Mine\n\nWelcome, stranger.\n")
    repo.write("site/secret.md", "# Not this\n")
    repo.write("site/door.png", b"\x89PNG")
    site = ours(published(repo))
    assert "On Mondays." in words(site["how.html"])
    assert "Welcome, stranger." in words(site["index.html"])
    assert site["door.png"] == b"\x89PNG"
    assert not [name for name, content in site.items() if b"Not this" in content or "secret" in name]


def test_a_page_that_is_not_there_stops_the_build(allow):
    ran = allow(pages=["how.md"]).run("site", "--public")
    assert ran.code == 1
    assert "names how.md, and there is no page site/how.md" in ran.err


def test_what_a_deal_taught_is_told_without_a_name_unless_the_member_has_one(allow):
    bare = words(ours(published(allow(lessons=["cascadia-2025"])))["learning.html"])
    assert "The course decided" in bare
    assert "Cascadia" not in bare
    member = {"member": "cascadia-university", "as": "name"}
    named = words(ours(published(allow(lessons=["cascadia-2025"], members=[member])))["learning.html"])
    assert "The course decided Cascadia University" in named


def test_text_of_the_records_is_text_on_the_public_site_too(allow):
    repo = allow(title="</title><script>x</script>", hypotheses=["teaching-led"], process=True)
    repo.write(
        "playbook/icp/teaching-led.yaml", "claim: <b>They</b> buy.\nversion: 1\nsince: 2025-01-01\nstatus: testing\n"
    )
    for content in ours(published(repo)).values():
        assert b"<script>x" not in content
        assert b"<b>They" not in content


# Names


def test_a_pseudonym_stays_with_its_token_and_is_unrelated_with_another(repo):
    snapshot = repo.book().on(DAY)

    def called(**more):
        member = {"member": "cascadia-university", "as": "pseudonym"} | more
        return public_view(snapshot, allowed(members=[member])).members

    first, again, other = called(token=TOKEN), called(token=TOKEN), called(token=OTHER)
    assert first == again != other
    assert not set(first[0].split()[1].replace("-", "")) <= set("CASCADIA")
    same = sum(one == two for one, two in zip(first[0][7:], other[0][7:], strict=True))
    assert same <= 4


def test_a_pseudonym_comes_from_a_key_outside_of_the_records_where_they_have_no_token(allow):
    repo = allow(members=[{"member": "cascadia-university", "as": "pseudonym"}])
    one = ours(published(repo, SALESOPS_PUBLIC_KEY="a" * 32))["members.html"]
    two = ours(published(repo, SALESOPS_PUBLIC_KEY="b" * 32))["members.html"]
    assert re.search(r"Member [A-Z2-7]{4}-[A-Z2-7]{4}", words(one))
    assert one != two
    assert one == ours(published(repo, SALESOPS_PUBLIC_KEY="a" * 32))["members.html"]
    assert b"ascadia" not in one


def test_without_a_token_and_a_key_a_member_is_counted_only(allow):
    repo = allow(members=[{"member": "cascadia-university", "as": "pseudonym"}])
    ran = repo.run("site", "--public")
    assert ran.code == 0
    assert "no pseudonym for cascadia-university: counted only" in ran.err
    assert "members.html" not in ours(repo.root / "build/public")


def test_a_key_that_could_be_guessed_is_refused(allow):
    ran = allow().run("site", "--public", SALESOPS_PUBLIC_KEY="secret")
    assert ran.code == 2
    assert "could be guessed" in ran.err
    assert "secret" not in ran.err.replace("secrets", "")


def test_a_token_that_could_be_guessed_is_refused_and_not_printed(allow):
    repo = allow(members=[{"member": "cascadia-university", "as": "pseudonym", "token": "acorn"}])
    ran = repo.run("site", "--public")
    assert ran.code == 1
    assert "token-too-short" in ran.err


# Numbers


def deals_of(repo, number, **more):
    """So many members, each with an open deal of its own."""
    for at in range(number):
        repo.member(id=f"member-{at}")
        fields = "".join(f"{key}: {value}\n" for key, value in more.items())
        repo.deal(f"member: member-{at}\n{fields}", id=f"deal-{at}")


def value_of(repo, metric, day=date(2026, 4, 1), **more):
    """What the public site says of one number."""
    found = public_view(repo.book().on(day), allowed(numbers=[metric], **more)).figures
    return found[0].value


@pytest.mark.parametrize(
    ("number", "said"), [(0, "withheld"), (4, "withheld"), (5, "5 or more"), (9, "5 or more"), (10, "10 or more")]
)
def test_counts_below_the_least_count_are_withheld_and_others_are_rounded_down(repo, number, said):
    deals_of(repo, number)
    assert value_of(repo, "open-deals") == said


def test_the_least_count_is_the_teams_to_choose(repo):
    deals_of(repo, 7)
    assert value_of(repo, "open-deals", k="7") == "7 or more"
    assert value_of(repo, "open-deals", k="3") == "6 or more"
    assert value_of(repo, "open-deals", k="8") == "withheld"


def test_many_deals_of_few_members_are_few(repo):
    for at in range(12):
        repo.deal(id=f"deal-{at}")
    assert value_of(repo, "open-deals") == "withheld"


def test_the_page_says_why_a_number_is_withheld(allow):
    repo = allow(numbers=["open-deals"])
    found = words(ours(published(repo))["numbers.html"])
    assert "withheld where it rests on fewer than 5 members" in found


def test_a_sum_is_shown_in_steps_that_no_member_fills(repo):
    deals_of(repo, 6, value="{mrr: 1000 USD, months: 10}")
    assert value_of(repo, "pipeline-value") == "withheld", "no step is said"
    assert value_of(repo, "pipeline-value", money_step="25000 USD") == "50,000\u00a0USD or more"
    assert value_of(repo, "pipeline-value", money_step="90000 USD") == "less than 90,000\u00a0USD"
    assert value_of(repo, "pipeline-value", money_step="10000 USD") == "withheld", "one deal is worth as much"
    assert value_of(repo, "pipeline-value", money_step="25000 CAD") == "withheld", "there is no rate"


def test_a_sum_of_few_is_withheld(repo):
    deals_of(repo, 4, value="{mrr: 1000 USD, months: 10}")
    assert value_of(repo, "pipeline-value", money_step="25000 USD") == "withheld"


def test_a_share_in_which_all_went_one_way_is_withheld(repo):
    deals_of(repo, 8, stages="[{enrichment: 2026-01-05}, {outreach: 2026-01-08}]")
    assert value_of(repo, "enrichment-to-outreach") == "withheld"


def test_a_length_of_time_is_never_shown(repo):
    deals_of(repo, 8)
    assert value_of(repo, "age-in-enrichment") == "withheld"


@pytest.mark.parametrize(
    ("day", "until"),
    [("2026-01-01", "2025-12-31"), ("2026-03-31", "2025-12-31"), ("2026-04-01", "2026-03-31"), ("2026-11-20", "2026-09-30")],
)  # fmt: skip
def test_numbers_are_those_of_the_end_of_the_last_full_quarter(day, until):
    assert last_full_quarter(date.fromisoformat(day)) == date.fromisoformat(until)


# Yesterday's site beside today's

WATCHED = ("open-deals", "sqd", "won-value", "pipeline-value", "win-rate")
STEP = Decimal(200_000)


def shown_by(snapshot, allow_list, known):
    """Each watched number as it may be shown; one that reads as before, with the same deals behind it, is known."""
    metrics, found = metrics_of(snapshot.process), {}
    for name in WATCHED:
        key = name, repr(metrics[name].measure(snapshot))
        if key not in known:
            known[key] = rounded(snapshot, metrics[name], allow_list)
        found[name] = known[key]
    return found


@pytest.mark.proof
def test_no_two_consecutive_commits_differ_by_a_single_deal(demo_history):
    """Every commit of the demonstration, its numbers even of its very day, which is stricter than of its quarter."""
    books, allow_list = CommitBooks(demo_history), allowed(money_step=f"{STEP} USD")
    told = subprocess.run(
        ["git", "log", "--first-parent", "--reverse", "--format=%H %cs"],
        cwd=demo_history,
        capture_output=True,
        text=True,
        check=True,
    )
    sites, worths, moved, known = [], set(), Counter(), {}
    for commit, day in (line.split() for line in told.stdout.splitlines()):
        snapshot = books.book(commit)[0].on(date.fromisoformat(day))
        worths |= {amount.amount for history in snapshot.histories for amount in Standing(snapshot, history).amounts}
        sites.append((shown_by(snapshot, allow_list, known), len(snapshot.open)))
    for (before, was), (after, now) in pairwise(sites):
        moved["true"] += was != now
        for name in WATCHED:
            if before[name] is None or after[name] is None:
                continue
            apart = abs(after[name].value - before[name].value)
            moved[name] += apart != 0
            assert apart == 0 or apart >= after[name].step, name
            assert apart not in worths | {Decimal(1)}, name
    assert max(worths) < STEP
    assert moved["true"] > 50, "the demonstration moves"
    assert 0 < moved["open-deals"] < moved["true"], "what is shown moves, too, and seldom"


# A word in every private text

BIRD, FISH = 'Kanarie<&"é>Vogel', 'Zeebaars<&"é>Kabel'


def written_with(root, word):
    """The whole demonstration with a word in every text, and the fields in which it stands, by kind."""
    where = {}
    for path, record in demonstration():
        kind = next(kind.name for kind in KINDS.values() if kind.holds(path))
        places = planted(kind, record, repeat(word))
        where.setdefault(kind, set()).update(tuple(part for part in place if isinstance(part, str)) for place in places)
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(record, ensure_ascii=False), encoding="utf-8")
    (root / "site").mkdir()
    (root / "site/secret.md").write_text(f"# {re.sub('[^A-Za-z]', '', word)}\n", encoding="utf-8")
    return where


NUMBERS = ("open-deals", "win-rate", "won-value", "mrr", "existing-business-active", "gross-retention")


def site_of(root, html_, **more):
    """The public site of a folder, built whatever a check would say of its records."""
    allow_list = allowed(numbers=list(NUMBERS), money_step="100000 USD", **more)
    facts = public_view(load(root)[0].on(DAY), allow_list)
    build_public(root, facts, allow_list.pages, html_)
    return facts, files(html_)


def encodings(word):
    """A word in every form in which it could lie in a file."""
    raw = word.encode()
    yield from (raw, html.escape(word).encode(), html.escape(word, quote=False).encode())
    yield from (quote(word).encode(), json.dumps(word)[1:-1].encode(), raw.hex().encode(), raw.hex().upper().encode())
    yield from (raw.lower(), word[::-1].encode(), word[::-1].lower().encode())
    for shift in range(3):
        whole = base64.b64encode(b"x" * shift + raw)
        yield whole[4 * (shift > 0) : len(whole) - 4]


@pytest.fixture(scope="module")
def two_sites(tmp_path_factory):
    """The public sites of two demonstrations that differ in every private text."""
    made = []
    for word in (BIRD, FISH):
        root = tmp_path_factory.mktemp("canaries")
        where = written_with(root, word)
        made.append((where, *site_of(root, root / "build/public"), root))
    return made


@pytest.mark.proof
def test_the_word_stands_in_every_sort_of_text(two_sites):
    where = two_sites[0][0]
    assert where.keys() == KINDS.keys()
    assert {
        ("title",),
        ("maniac_t", "money", "note"),
        ("activity", "note"),
        ("links", "url"),
        ("win", "learning"),
    } <= where["deal"]
    assert {("name",), ("contacts", "email"), ("contacts", "name"), ("health", "note"), ("hubs", "url")} <= where[
        "member"
    ]
    assert {("organisation",), ("repository",), ("people", "maren", "name")} <= where["team"]
    assert sum(map(len, where.values())) > 150


def test_no_private_text_is_in_any_file_of_the_public_site(two_sites):
    _, facts, site, root = two_sites[0]
    assert any(figure.value != "withheld" for figure in facts.figures), "there is something to see"
    forms = {form for word in (BIRD, "Kanarie", "Vogel") for form in encodings(word) if len(form) > 4}
    assert b"Kanarie" in b"".join(file.read_bytes() for file in root.glob("deals/**/*.yaml")), (
        "it was there to be found"
    )
    found = {(name, form) for name, content in site.items() for form in forms if form in content}
    assert not found
    assert not [name for name in site if "anarie" in name.lower()]


def test_nobody_in_the_records_is_named(two_sites):
    _, _, site, root = two_sites[0]
    book = load(root)[0]
    names = {*book.deals, *book.members, *book.team.people, *book.experiments, *book.icp} - {"past"}
    names |= {person.name.split()[0] for person in book.team.people.values()}
    text = " ".join(words(content) for name, content in site.items() if name.endswith(".html"))
    assert not {name for name in names if re.search(rf"\b{re.escape(name)}\b", text)}


def test_another_private_text_leaves_every_byte_of_the_public_site_as_it_was(two_sites):
    (_, one, first, _), (_, two, second, _) = two_sites
    assert one == two
    assert first == second


def test_only_what_is_named_lets_its_own_text_through(two_sites, tmp_path):
    _, _, before, root = two_sites[0]
    stem = b"Kanarie"
    for field, value in (
        ("hypotheses", ["past"]),
        ("experiments", ["past"]),
        ("lessons", ["full-won"]),
        ("tiers", True),
        ("process", True),
    ):
        _, site = site_of(root, tmp_path / field, **{field: value})
        with_it = {name for name, content in site.items() if stem in content}
        assert with_it == site.keys() - before.keys() != set(), field


@pytest.mark.parametrize(("kind", "name"), FIELDS)
def test_a_field_that_is_not_named_changes_nothing(repo, kind, name):
    """Every field of every kind, altered: what the public site knows is the same, and it is made from that alone."""
    path, before, after = two_states(kind, name)
    allow_list = allowed(
        numbers=["open-deals", "win-rate"],
        members=[{"member": "cascadia-university", "as": "pseudonym", "token": TOKEN}],
    )
    known = []
    for text in (before, after):
        repo.write(path, text.encode())
        known.append(public_view(repo.book().on(DAY), allow_list))
    assert known[0] == known[1]


def test_the_pages_are_made_from_those_facts_alone(repo, tmp_path):
    facts = public_view(repo.book().on(DAY), allowed(process=True, tiers=True, hypotheses=["teaching-led"]))
    shutil.rmtree(repo.root / "deals")
    shutil.rmtree(repo.root / "members")
    build_public(repo.root, facts, (), tmp_path / "one")
    shutil.rmtree(repo.root)
    repo.root.mkdir()
    build_public(repo.root, facts, (), tmp_path / "two")
    assert files(tmp_path / "one") == files(tmp_path / "two")
