"""A link to edit a record, or to read a commit, leads to the place that the host of the repository has for it."""

from __future__ import annotations

import pytest

from salesops.site.pages.hosts import (
    commit_address,
    compare_address,
    edit_address,
    new_file_address,
    new_file_page,
    web_address,
)


@pytest.mark.parametrize(
    ("repository", "edit", "commit"),
    [
        ("https://github.com/team/crm.git", "/edit/main/deals/a.yaml", "/commit/1a2b"),
        ("https://github.example.org/team/crm/", "/edit/main/deals/a.yaml", "/commit/1a2b"),
        ("https://gitlab.com/team/crm", "/-/edit/main/deals/a.yaml", "/-/commit/1a2b"),
        ("https://gitlab.example.org/team/sales/crm.git", "/-/edit/main/deals/a.yaml", "/-/commit/1a2b"),
        ("https://code.example.org/team/sales/crm", "/-/edit/main/deals/a.yaml", "/-/commit/1a2b"),
        ("https://codeberg.org/team/crm", "/_edit/main/deals/a.yaml", "/commit/1a2b"),
        ("https://gitea.example.org/team/crm", "/_edit/main/deals/a.yaml", "/commit/1a2b"),
        ("https://my-forgejo.example.org/team/crm", "/_edit/main/deals/a.yaml", "/commit/1a2b"),
        ("https://bitbucket.org/team/crm", "/src/main/deals/a.yaml?mode=edit", "/commits/1a2b"),
        ("https://code.example.org/team/crm", "/edit/main/deals/a.yaml", "/commit/1a2b"),
    ],
)
def test_links_fit_the_host_of_the_repository(repository, edit, commit):
    home = repository.rstrip("/").removesuffix(".git")
    assert edit_address(repository, "main", "deals/a.yaml") == home + edit
    assert commit_address(repository, "1a2b") == home + commit


def test_odd_branches_and_files_are_written_as_addresses():
    found = edit_address("https://github.com/team/crm", "sales/2026 #1", "deals/two words/a?.yaml")
    assert found == "https://github.com/team/crm/edit/sales/2026%20%231/deals/two%20words/a%3F.yaml"


@pytest.mark.parametrize(
    ("remote", "page"),
    [
        ("git@github.com:team/crm.git", "https://github.com/team/crm"),
        ("https://jim:secret@github.com/team/crm.git", "https://github.com/team/crm"),
        ("ssh://git@code.example.org:2222/team/crm.git", "https://code.example.org/team/crm"),
        ("http://localhost.example:3000/team/crm/", "http://localhost.example:3000/team/crm"),
        ("../remote.git", None),
        ("/srv/crm.git", None),
        ("C:/crm.git", None),
        ("file:///srv/crm.git", None),
        ("", None),
    ],
)
def test_the_page_of_a_repository_is_known_by_its_remote_and_holds_no_key(remote, page):
    assert web_address(remote) == page


@pytest.mark.parametrize(
    ("repository", "page"),
    [
        ("https://github.com/team/crm", "/compare/main...acme-%231?expand=1"),
        (
            "https://gitlab.com/team/crm",
            "/-/merge_requests/new?merge_request%5Bsource_branch%5D=acme-%231&merge_request%5Btarget_branch%5D=main",
        ),
        ("https://codeberg.org/team/crm", "/compare/main...acme-%231"),
        ("https://bitbucket.org/team/crm", "/pull-requests/new?source=acme-%231&dest=main"),
    ],
)
def test_a_branch_is_proposed_on_the_page_that_the_host_has_for_it(repository, page):
    assert compare_address(repository, "main", "acme-#1") == repository + page


def test_a_new_file_is_begun_with_its_name_and_text_where_the_host_takes_them():
    said = ("it's #1", "members/a.yaml", "name: …  # & so on\n")
    begun = "/new/it%27s%20%231?filename=members%2Fa.yaml&value=name%3A%20%E2%80%A6%20%20%23%20%26%20so%20on%0A"
    assert new_file_address("https://github.com/team/crm", *said) == f"https://github.com/team/crm{begun}"
    for host in ("gitlab.com", "codeberg.org", "bitbucket.org"):
        assert new_file_address(f"https://{host}/team/crm", *said) is None


def test_a_new_file_begins_in_the_browser_where_the_host_is_known_to_take_one():
    assert new_file_page("https://github.com/a/b.git", "main") == "https://github.com/a/b/new/main"
    assert new_file_page("https://gitlab.com/a/b/c", "main") is None
