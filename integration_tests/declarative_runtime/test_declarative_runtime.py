"""The sample site read by Airbyte's declarative runtime, which shares no code with us: the rows must be the same."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from connector import Json, Run, discover, full_refresh, incremental, read
from sample_site import SampleSite, sample_site
from site_truth import ADDED_FIELDS, STREAMS, TOLD_OTHERWISE, storable

MANIFEST = Path(__file__).with_name("manifest.yaml")
RUNTIME = Path(sys.executable).with_name("source-declarative-manifest")

PAGES = 150

SEVERAL_PAGES = {"pages": 20, "blog_posts": 5, "spaces": 3, "footer_comments": 20, "attachments": 20, "audit_log": 20}
"""Limits in the manifest: small, so that these lists have several pages."""

NOT_IN_LISTS = {"users", "folders", "whiteboards", "databases", "embeds", "content_restrictions", "templates"}
"""Streams of ours that no list of Confluence's gives, or several that overlap, so that a manifest cannot read them."""

Rename = Callable[[Json], Json]


def without(*names: str) -> Rename:
    return lambda row: {name: value for name, value in row.items() if name not in names}


def renamed(**names: str) -> Rename:
    return lambda row: {names.get(name, name): value for name, value in row.items()}


def only(*names: str) -> Rename:
    return lambda row: {name: row.get(name) for name in names}


def as_it_is(row: Json) -> Json:
    return row


class Twin:
    """A stream of ours, which of its rows a stream of the manifest has, and how both are brought to one form."""

    def __init__(self, stream: str, ours: Rename = as_it_is, theirs: Rename = as_it_is, **having: str) -> None:
        self.stream, self.ours, self.theirs, self.having = stream, ours, theirs, having

    def is_among(self, row: Json) -> bool:
        return all(row[name] == value for name, value in self.having.items())


def counted(what: str, content_type: str) -> Twin:
    """One of the two counts of `content_views`, which the API answers one by one, as `count` of an id that is a number."""

    def theirs(row: Json) -> Json:
        return {"contentId": str(row["id"]), what: row["count"]}

    return Twin("content_views", only("contentId", what), theirs, contentType=content_type)


TWINS = {
    "pages": Twin("pages"),
    "blog_posts": Twin("blog_posts"),
    "spaces": Twin("spaces"),
    "footer_comments": Twin("comments", commentType="footer"),
    "inline_comments": Twin("comments", commentType="inline"),
    "attachments": Twin("attachments"),
    "custom_content": Twin("custom_content"),
    "tasks": Twin("tasks"),
    "labels": Twin("labels"),
    "classification_levels": Twin("classification_levels"),
    "groups": Twin("groups"),
    "group_members": Twin("group_members"),
    "space_roles": Twin("space_roles"),
    "space_labels": Twin("space_labels", ours=without("labelId")),
    "space_properties": Twin("space_properties"),
    "space_permissions": Twin("space_permissions"),
    "space_role_assignments": Twin("space_role_assignments", ours=without("principalType", "principalId")),
    "audit_log": Twin("audit_log", ours=without("auditId", "createdAt")),
}
for kind, content_type in (("page", "page"), ("blog_post", "blogpost")):
    untyped = {"ours": without("contentType"), "contentType": content_type}
    TWINS |= {
        f"{kind}_labels": Twin("content_labels", theirs=renamed(id="labelId"), **untyped),
        f"{kind}_likes": Twin("likes", **untyped),
        f"{kind}_properties": Twin("content_properties", **untyped),
        f"{kind}_versions": Twin("content_versions", **untyped),
        f"{kind}_views": counted("views", content_type),
        f"{kind}_viewers": counted("viewers", content_type),
    }
"""The manifest's streams, and ours of the same rows."""


@pytest.fixture(scope="module")
def site() -> Iterator[SampleSite]:
    with sample_site(PAGES) as served:
        yield served


@pytest.fixture(scope="module")
def ours(site: SampleSite, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Run]:
    """Both ways to read: all streams whole, and those that can be incrementally."""
    folder = tmp_path_factory.mktemp("ours")
    streams = discover(folder, site.config)
    return {
        "full_refresh": read(folder, site.config, full_refresh(streams)),
        "incremental": read(folder, site.config, incremental(streams)),
    }


def run_manifest(folder: Path, config: Json, command: str, *arguments: str) -> list[Json]:
    """The messages of a command of the declarative runtime."""
    path = folder / "config.json"
    path.write_text(json.dumps(config), encoding="utf-8")
    done = subprocess.run(
        [str(RUNTIME), command, "--manifest-path", str(MANIFEST), "--config", str(path), *arguments],
        capture_output=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, (done.stdout + done.stderr).decode()[-3000:]
    return [json.loads(line) for line in done.stdout.decode().split("\n") if line.startswith("{")]


@pytest.fixture(scope="module")
def theirs(site: SampleSite, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Json]]:
    """The manifest's rows by stream."""
    folder = tmp_path_factory.mktemp("theirs")
    (catalog,) = [message for message in run_manifest(folder, site.config, "discover") if message["type"] == "CATALOG"]
    path = folder / "catalog.json"
    path.write_text(json.dumps(full_refresh(catalog["catalog"]["streams"])), encoding="utf-8")
    messages = run_manifest(folder, site.config, "read", "--catalog", str(path))
    records = [message["record"] for message in messages if message["type"] == "RECORD"]
    return {name: [each["data"] for each in records if each["stream"] == name] for name in TWINS}


def without_nulls(row: Json) -> Json:
    """The runtime leaves out the fields of an object that are null; a destination cannot tell the difference."""
    return {
        name: without_nulls(value) if isinstance(value, dict) else value
        for name, value in row.items()
        if value is not None
    }


def comparable(twin: Twin, row: Json, form: Rename) -> str:
    """A row as one text, without what the connector adds to Confluence's and what was not asked for."""
    own = {"updatedAt"} if twin.stream == "tasks" else set()
    left_out = ADDED_FIELDS - own | TOLD_OTHERWISE.get(twin.stream, set())
    kept = {name: value for name, value in form(row).items() if name not in left_out}
    return json.dumps(without_nulls(storable(kept)), sort_keys=True)


def test_the_runtime_connects_to_the_sample_site(site: SampleSite, tmp_path: Path) -> None:
    messages = run_manifest(tmp_path, site.config, "check")
    (status,) = [message["connectionStatus"] for message in messages if message["type"] == "CONNECTION_STATUS"]
    assert status["status"] == "SUCCEEDED"


def test_every_stream_that_lists_give_is_compared() -> None:
    assert {twin.stream for twin in TWINS.values()} == set(STREAMS) - NOT_IN_LISTS


@pytest.mark.parametrize("name", SEVERAL_PAGES)
def test_the_lists_have_several_pages_to_follow(theirs: dict[str, list[Json]], name: str) -> None:
    assert len(theirs[name]) > 2 * SEVERAL_PAGES[name]


@pytest.mark.parametrize("name", TWINS)
def test_both_connectors_bring_the_same_rows(
    ours: dict[str, Run], theirs: dict[str, list[Json]], name: str
) -> None:
    """Ours whole, and as the first incremental sync where a stream has one."""
    twin = TWINS[name]
    # What a destination cannot take is replaced by ours.
    other = sorted(comparable(twin, row, twin.theirs) for row in theirs[name])
    assert other
    for mode, done in ours.items():
        if done.statuses(twin.stream):
            own = [comparable(twin, row, twin.ours) for row in done.records(twin.stream) if twin.is_among(row)]
            assert sorted(own) == other, mode
