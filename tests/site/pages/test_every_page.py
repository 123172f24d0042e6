"""What holds for every page of the site of the demonstration records, on a server as from the disk, without any script."""

import json
import re
from datetime import date
from html import unescape
from itertools import pairwise
from urllib.parse import unquote, urljoin, urlsplit

import pytest

from salesops.site.pages.page import file_of

OVERVIEWS = (
    "",
    "board",
    "pipeline",
    "closed",
    "renewals",
    "retention",
    "metrics",
    "members",
    "process",
    "prices",
    "messages",
    "new",
)


def links(page):
    """What a page refers to: the element and the address."""
    for element in page.every():
        for name in ("href", "src", "data", "action", "srcset", "poster"):
            if element.attributes.get(name) is not None:
                yield element, element[name]


def is_elsewhere(link):
    return bool(urlsplit(link).scheme or urlsplit(link).netloc)


def target(path, link):
    """Where a link of a page leads inside the site: the file, and the fragment; what leads out of the folder begins with a slash."""
    there = urlsplit(urljoin(f"file:///site/{file_of(path)}", link))
    return unquote(there.path).removeprefix("/site/"), unquote(there.fragment)


def path_of(file):
    """The name of the page in a file."""
    return file.removesuffix(".html") if file != "index.html" else ""


def inside(site, part=lambda page: page):
    """Each link that stays on the site, and the page that has it."""
    for path, page in site.items():
        yield from ((path, link) for _, link in links(part(page)) if not is_elsewhere(link))


def lost_links(site, found):
    """The links that lead from the disk to no file, or to no place in it; a folder is not a file."""
    for path, link in found:
        there, fragment = target(path, link)
        if not (site.html / there).is_file():
            yield f"{path}: {link} is not a file that is there"
        elif fragment and not list(site[path_of(there)].every(id=fragment)):
            yield f"{path}: {link} has no such place"


def test_there_is_a_page_for_each_overview_deal_member_and_measured_metric(demo):
    book = demo.snapshot.book
    measured = [id for id, reading in demo.readings.items() if reading]
    wanted = {
        *OVERVIEWS,
        *(f"deals/{id}" for id in book.deals),
        *(f"members/{id}" for id in book.members),
        *(f"metrics/{id}" for id in measured),
    }
    assert len(measured) > 20
    assert wanted <= set(demo)


def test_nothing_is_left_of_the_shell_and_the_marks(demo):
    assert not [path for path in demo if path.startswith("records")]
    for file in demo.html.rglob("*.html"):
        text = file.read_text(encoding="utf-8")
        assert "<!--salesops-" not in text, file
        assert "salesops-title" not in text, file
        assert "salesops-shell" not in text, file
    assert "salesops-shell" not in (demo.html / "sitemap.xml").read_text(encoding="utf-8")
    assert "salesops-shell" not in (demo.html / "search/search_index.json").read_text(encoding="utf-8")


def test_every_link_of_every_page_leads_to_a_file_and_every_fragment_to_a_place(demo):
    found = list(inside(demo))
    assert len(found) > 4000
    assert not list(lost_links(demo, found))


@pytest.mark.parametrize(
    "day",
    [
        pytest.param("2019-01-01", marks=pytest.mark.proof),
        *(pytest.param(day, marks=pytest.mark.long) for day in ("2026-06-15", "2025-06-01", "2099-12-31")),
    ],
)
def test_no_link_is_lost_on_another_day_either(crm, site_of, day):
    site = site_of(crm, date.fromisoformat(day))
    assert not list(lost_links(site, inside(site, lambda page: page.one("article"))))


def test_the_page_for_lost_links_leads_to_files_from_any_depth_of_a_server(demo):
    found = [link for _, link in links(demo["404"]) if not is_elsewhere(link) and not link.startswith("#")]
    assert len(found) > 20
    assert not [link for link in found if not link.startswith("/") or not (demo.html / link[1:]).is_file()]


def test_every_entry_of_the_search_leads_to_a_page_and_the_index_for_the_disk_is_the_same(demo):
    index = (demo.html / "search/search_index.json").read_text(encoding="utf-8")
    assert (demo.html / "search/search_index.js").read_text(encoding="utf-8") == f"var __index = {index};\n"
    found = [("", entry["location"]) for entry in json.loads(index)["docs"]]
    assert {path_of(target(*entry)[0]) for entry in found} == set(demo)
    assert not list(lost_links(demo, found))


def test_nothing_is_fetched_from_another_host(demo):
    for path, page in demo.items():
        for element, link in links(page):
            other = bool(urlsplit(link).netloc) or urlsplit(link).scheme not in ("", "mailto", "https", "http")
            assert not (other and element.tag != "a"), (path, element.tag, link)
        assert not list(page.every("base")), path
        for element in page.every(style=True):
            raise AssertionError((path, element.tag, "an inline style, which the policy forbids"))
    for sheet in demo.html.rglob("*.css"):
        text = sheet.read_text(encoding="utf-8")
        assert "@import" not in text, sheet
        assert "url(http" not in text, sheet
        assert "url(//" not in text, sheet


def test_links_to_other_hosts_tell_them_nothing(demo):
    for path in (path for path in demo if path.startswith(("deals/", "members/"))):
        for link in demo.article(path).every("a"):
            assert link.attributes.get("rel") == "noopener noreferrer" or not link["href"].startswith("http"), path


def test_every_page_carries_a_policy_that_allows_only_its_own_host_and_the_scripts_of_the_theme(demo):
    allowed = set()
    for file in demo.html.rglob("*.html"):
        text = file.read_text(encoding="utf-8")
        policy = parsed_policy(text)
        assert "<script" not in text[: text.index("Content-Security-Policy")], file
        assert policy["default-src"] == policy["base-uri"] == policy["form-action"] == "'none'"
        assert policy["style-src"] == policy["connect-src"] == "'self'"
        assert not [rule for rule in policy.values() if "unsafe" in rule or "http" in rule or "*" in rule]
        allowed |= set(policy["script-src"].split())
    assert 2 < len(allowed) < 12, "the scripts of the theme differ only by the depth of the page"


def parsed_policy(html):
    text = re.search('http-equiv="Content-Security-Policy" content="([^"]*)"', html)[1]
    return dict(rule.split(" ", 1) for rule in text.split("; "))


def test_record_pages_are_not_in_the_menu(demo):
    for path, page in demo.items():
        in_menus = {target(path, link["href"])[0] for menu in page.every("nav") for link in menu.every("a", href=True)}
        assert not [there for there in in_menus if re.match("(deals|members|metrics|records)/.", there)], path


def test_every_page_has_a_title_a_language_and_one_heading_of_the_first_order(demo):
    titles = {}
    for path, page in demo.items():
        assert page.one("html")["lang"] == "en"
        heading = page.one("h1")
        assert "hidden" not in heading.attributes, path
        assert heading.text, path
        titles.setdefault(page.one("head").one("title").text, []).append(path)
    assert all(title.endswith(" - Fernwater sales") for title in titles)
    assert not [paths for paths in titles.values() if len(paths) > 1]


def test_headings_leave_out_no_order(demo):
    for path in demo:
        orders = [int(found.tag[1]) for found in demo.article(path).every() if found.tag in ("h1", "h2", "h3", "h4")]
        assert orders[0] == 1, path
        assert all(below - above <= 1 for above, below in pairwise(orders)), path


def test_no_id_stands_twice_on_a_page(demo):
    for path, page in demo.items():
        ids = [element["id"] for element in page.every(id=True)]
        assert len(ids) == len(set(ids)), (path, {id for id in ids if ids.count(id) > 1})


def test_every_table_says_what_its_columns_are(demo):
    for path in demo:
        for table in demo.article(path).every("table"):
            heads = list(table.one("thead").every("th"))
            generated = table.has("class", "so-table")
            assert heads, path
            assert all(head.attributes.get("scope") == "col" for head in heads) or not generated, path
            assert all(head.text for head in heads) or not generated, path
            assert not generated or table.one("caption").text, path
            for body in table.every("tbody"):
                groups = list(body.every("tr", class_="so-group-row"))
                rows = [row for row in body.every("tr") if row not in groups]
                assert all(group.one("th")["scope"] == "rowgroup" for group in groups), path
                assert all(int(group.one("th")["colspan"]) == len(heads) for group in groups), path
                assert all(head.attributes.get("scope") == "row" for row in rows for head in row.every("th")), path
                assert all(len(row.children_of("th", "td")) == len(heads) for row in rows), path


def test_every_picture_says_what_it_shows(demo):
    for path in demo:
        for picture in demo.article(path).every("img"):
            assert picture.attributes.get("alt"), path
        for drawing in demo.article(path).every("svg"):
            # what only repeats the words beside it is hidden from those who listen
            assert drawing.attributes.get("aria-label") or drawing.attributes.get("aria-hidden") == "true", path


SLIPS = re.compile(
    r"\bNone\b(?!\.)|Undefined|Decimal\(|datetime\.|\bnan\b|object at 0x|\{\{|\{%|\(\)|\b1 (?:day|deal|user|hub)s\b|\b(?:True|False)\b"
)


def test_no_page_shows_what_only_a_program_would_write(demo):
    for path in demo:
        if not path.startswith(("guides", "reference", "contributing")):
            found = SLIPS.search(demo.article(path).text)
            assert not found, (path, found)


def test_the_search_knows_each_deal_and_member_in_few_words(demo):
    file = demo.html / "search/search_index.json"
    docs = {entry["location"]: entry for entry in json.loads(file.read_text(encoding="utf-8"))["docs"]}
    book = demo.snapshot.book
    for id, deal in book.deals.items():
        assert book.members[deal.member].name in unescape(docs[f"deals/{id}.html"]["title"])
        found = docs[f"deals/{id}.html"]
        said = re.findall(r"\w+", unescape(f"{found['title']} {found['text']}").casefold())
        assert set(id.split("-")) <= set(said), "by its id, which is not said twice"
        people = [contact.name for contact in book.members[deal.member].contacts if contact.name]
        is_open = demo.snapshot.is_open(demo.snapshot.history(id))
        assert [name for name in people if name in unescape(found["text"])] == (people if is_open else []), (
            "the people of an open deal; those of one that has ended lead to their institution"
        )
    for id, member in book.members.items():
        assert unescape(docs[f"members/{id}.html"]["title"]) == member.name
    records = [entry for location, entry in docs.items() if re.match("(deals|members)/.", location)]
    assert len(records) == len(book.deals) + len(book.members)
    assert sum(len(json.dumps(entry)) for entry in records) < 250 * len(records)


def test_what_machines_read_is_the_same_as_the_command_prints(demo):
    together = json.loads((demo.html / "metrics.json").read_text(encoding="utf-8"))
    assert together["as_of"] == "2026-11-20"
    for metric in together["metrics"]:
        alone = json.loads((demo.html / f"metrics/{metric['id']}.json").read_text(encoding="utf-8"))
        assert {**together, **metric, "metrics": None} == {**alone, "metrics": None}


def test_a_yaml_file_in_the_folder_of_pages_is_not_published_and_the_lists_are(demo):
    found = [file for file in demo.html.rglob("*") if file.suffix in (".yaml", ".yml", ".py", ".csv")]
    assert sorted(file.name for file in found) == ["deals.csv", "members.csv"]


def lists(page):
    """The tables of a page, without those that repeat a chart."""
    drawn = [table for figure in page.every("figure") for table in figure.every("table")]
    return [table for table in page.every("table") if table not in drawn]


def column(table, name):
    """The cells of a column, as a reader without scripts sees them; of a day what a browser knows of it."""
    at = [head.text for head in table.one("thead").every("th")].index(name)
    cells = [row.children_of("th", "td")[at] for row in table.one("tbody").every("tr")]
    days = [next(cell.every("time"), None) for cell in cells]
    return [day["datetime"] if day else cell.text for day, cell in zip(days, cells, strict=True)]


def test_without_scripts_the_pipeline_holds_every_open_deal_by_the_day_of_the_next_step_and_says_their_sum(demo):
    open_ones, parked = lists(demo.article("pipeline"))
    assert len(column(open_ones, "Member")) == len(demo.snapshot.open)
    assert len(column(parked, "Deal")) == len(demo.snapshot.parked)
    steps = [history.deal.next for history in demo.snapshot.open]
    days = column(open_ones, "Next step")
    assert days == [*["no next step"] * steps.count(None), *sorted(str(step.due) for step in steps if step)]
    assert days == sorted(days, key=lambda day: day if day[0] == "2" else "")
    assert open_ones.one("tfoot").text.startswith(f"{len(demo.snapshot.open)} deals, ")


def test_without_scripts_a_pill_for_a_person_or_a_stage_leads_to_its_page_and_the_others_are_not_shown(demo):
    for path in ("board", "pipeline", "members"):
        pills = [pill for pill in demo.article(path).every("a", class_="so-pill") if pill.attributes.get("data-facet")]
        assert pills, path
        for pill in pills:
            leads = pill["href"].startswith(("./people/", "./stages/"))
            assert leads == (pill["data-facet"] in ("owner", "stage")) == (not pill.has("hidden", True)), pill.text


def test_without_scripts_closed_deals_stand_with_the_newest_first(demo):
    won, lost = lists(demo.article("closed"))
    assert len(column(won, "Deal")) == len(demo.snapshot.won)
    closings = [closing for history in demo.snapshot.histories for closing in history.closings]
    assert len(column(lost, "Deal")) == sum(closing.outcome == "lost" for closing in closings)  # each loss of a deal
    assert column(won, "Won") == sorted(column(won, "Won"), reverse=True)
    assert column(lost, "Lost") == sorted(column(lost, "Lost"), reverse=True)


def test_without_scripts_members_stand_by_the_end_of_their_contract_then_those_who_are_none(demo):
    table = demo.article("members").one("table")
    relations, ends = column(table, "Relation"), column(table, "Until")
    assert len(relations) == len(demo.snapshot.book.members)
    order = ["member", "member to be", "prospect", "former member", "not a member"]
    assert relations == sorted(relations, key=order.index)
    of_members = ends[: relations.count("member")]
    assert of_members == sorted(of_members, key=lambda end: (end == "open-ended", end))


def test_without_scripts_nothing_is_hidden_but_pills_and_a_form_and_in_its_place_stands_the_list_to_copy(demo):
    for path in demo:
        article = demo.article(path)
        forms = [form for form in article.every("form") if form.has("hidden", True)]
        inside = [element for form in forms for element in form.every(hidden=True)]
        for element in article.every(hidden=True):
            narrows = element.has("class", "so-pill") or element.has("data-count", True)  # they need the script
            narrows = narrows or element.has("data-copy", True)
            assert element in forms or element in inside or narrows, (path, element.tag)
        lists = [
            given
            for given in article.every("noscript")
            if given.one("pre").text.startswith('salesops: "1" changes: - {')
        ]
        assert len(lists) == len(forms), path


@pytest.mark.proof
def test_mkdocs_has_nothing_to_warn_of(crm, site_of):
    assert site_of(crm, strict=True)
