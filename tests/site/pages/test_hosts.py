"""A link to edit a record, or to read a commit, leads to the place that the host of the repository has for it."""

from __future__ import annotations

import pytest

from salesops.site.pages.hosts import commit_address, edit_address


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
