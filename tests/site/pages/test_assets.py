"""What others wrote and we pass on: the file is the one that was reviewed, and its licence travels with it."""

import gzip
import hashlib
import tomllib
from importlib import resources

import pytest
import vega_bundle

ASSETS = resources.files("salesops.site") / "assets"
VENDORED = tomllib.loads((ASSETS / "VENDORED.toml").read_text(encoding="utf-8"))["vendored"]
OURS = {"VENDORED.toml", "charts.css", "charts.js", "forms.js", "page.js", "salesops.css", "search.js", "tables.js"}
GRANTS = {
    "MIT": "Permission is hereby granted, free of charge",
    "BSD-3-Clause": "Redistribution and use in source and binary forms, with or without modification, are permitted",
}


@pytest.mark.parametrize("entry", VENDORED, ids=lambda entry: entry["name"])
def test_a_file_of_others_is_the_one_that_the_manifest_names(entry):
    content = (ASSETS / entry["file"]).read_bytes()
    assert hashlib.sha256(content).hexdigest() == entry["sha256"]
    assert f"{entry['name']} {entry['version']}" in content[:200].decode()


@pytest.mark.parametrize("entry", VENDORED, ids=lambda entry: entry["name"])
def test_its_licence_stands_beside_it(entry):
    licence = " ".join((ASSETS / entry["licence_file"]).read_text(encoding="utf-8").split())
    assert GRANTS[entry["licence"]] in licence


def test_a_bundle_names_what_is_in_it_with_the_versions_of_its_recipe():
    entry = next(entry for entry in VENDORED if "bundled" in entry)
    licences = (ASSETS / entry["licence_file"]).read_text(encoding="utf-8")
    bundled = {entry["package"]: entry["version"], **entry["bundled"]}
    assert bundled == vega_bundle.VERSIONS
    assert (ASSETS / entry["file"]).read_bytes()[:200].decode().startswith(vega_bundle.BANNER.format(**bundled))
    for package, version in bundled.items():
        assert f"{package} {version}, {entry['licence']}" in licences


def test_nothing_else_of_others_is_in_the_folder():
    named = {entry[key] for entry in VENDORED for key in ("file", "licence_file")}
    assert {asset.name for asset in ASSETS.iterdir()} == named | OURS


def test_the_site_carries_them_as_they_are(demo):
    for asset in ASSETS.iterdir():
        assert (demo.html / "assets/salesops" / asset.name).read_bytes() == asset.read_bytes()


@pytest.mark.proof
def test_a_page_without_a_table_that_sorts_loads_no_script_for_it(demo):
    for path in demo:
        article = demo.article(path)
        sorts = bool(list(article.every("table", class_="so-sortable")))
        loads = [script["src"].rpartition("/")[2] for script in article.every("script", src=True)]
        assert ("forms.js" in loads) == bool(list(article.every("form"))), path
        assert (
            ("tables.js" in loads) == sorts
            or path in ("board", "closed", "members", "pipeline")
            or path.startswith("metrics/")
        ), path


def test_our_scripts_are_light_as_a_server_sends_them(demo):
    sent = {name: len(gzip.compress((ASSETS / name).read_bytes(), mtime=0)) for name in OURS}
    for path in demo:
        loads = {script["src"].rpartition("/")[2] for script in demo.article(path).every("script", src=True)}
        assert sum(sent[name] for name in loads & OURS) + sent["search.js"] < 16 * 1024, path
    assert sent["salesops.css"] + sent["charts.css"] < 10 * 1024
