"""The sample site read by Airbyte's declarative runtime , which shares no code with us: the rows must be the same."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from connector import Json, Run, discover, full_refresh, read
from sample_site import SampleSite, sample_site
from site_truth import ADDED_FIELDS, by_key, storable

MANIFEST = Path(__file__).with_name("manifest.yaml")
RUNTIME = Path(sys.executable).with_name("source-declarative-manifest")

PAGES = 500

PAGE_SIZES = {"pages": 50, "spaces": 3, "footer_comments": 50}
"""The limits in the manifest: small, so that every list has several pages."""

STREAMS = {"pages": "pages", "spaces": "spaces", "footer_comments": "comments"}
"""The manifest's streams, and ours of the same rows."""


@pytest.fixture(scope="module")
def site() -> Iterator[SampleSite]:
    with sample_site(PAGES) as served:
        yield served


@pytest.fixture(scope="module")
def ours(site: SampleSite, tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp("ours")
    wanted = [stream for stream in discover(folder, site.config) if stream["name"] in STREAMS.values()]
    return read(folder, site.config, full_refresh(wanted))


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
    return {name: [each["data"] for each in records if each["stream"] == name] for name in STREAMS}


def our_rows(ours: Run, stream: str) -> list[Json]:
    rows = ours.records(STREAMS[stream])
    return [row for row in rows if stream != "footer_comments" or row["commentType"] == "footer"]


def without_nulls(row: Json) -> Json:
    """The runtime leaves out the fields of an object that are null; a destination cannot tell the difference."""
    return {
        name: without_nulls(value) if isinstance(value, dict) else value
        for name, value in row.items()
        if value is not None
    }


def test_the_runtime_connects_to_the_sample_site(site: SampleSite, tmp_path: Path) -> None:
    messages = run_manifest(tmp_path, site.config, "check")
    (status,) = [message["connectionStatus"] for message in messages if message["type"] == "CONNECTION_STATUS"]
    assert status["status"] == "SUCCEEDED"


@pytest.mark.parametrize("stream", STREAMS)
def test_the_lists_have_several_pages_to_follow(theirs: dict[str, list[Json]], stream: str) -> None:
    assert len(theirs[stream]) > 2 * PAGE_SIZES[stream]


@pytest.mark.parametrize("stream", STREAMS)
def test_both_connectors_bring_the_same_rows(ours: Run, theirs: dict[str, list[Json]], stream: str) -> None:
    own = by_key(stream, our_rows(ours, stream))
    other = by_key(stream, theirs[stream])
    assert set(own) == set(other)
    assert all("body" in row or stream == "spaces" for row in theirs[stream])
    for key, row in other.items():
        # What the connector adds is not Confluence's; what a destination cannot take is replaced by ours.
        added = {name: value for name, value in own[key].items() if name not in ADDED_FIELDS}
        assert without_nulls(added) == without_nulls(storable(row)), key
