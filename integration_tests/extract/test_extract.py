"""The files of `extract`, opened by what people have: each is the site, before and after a day of edits."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest
from connector import EXECUTABLE, Json, discover
from opened import READERS, SHELL, by_duckdb, extract, normal
from sample_site import SampleSite, sample_site
from site_truth import STREAMS

PAGES = 100


@dataclass(frozen=True)
class Extracts:
    site: SampleSite
    schemas: dict[str, Json]
    config: Path
    targets: dict[str, Path]


@pytest.fixture(scope="module")
def extracts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Extracts]:
    folder = tmp_path_factory.mktemp("extracts")
    with sample_site(PAGES) as site:
        schemas = {stream["name"]: stream["json_schema"] for stream in discover(folder, site.config)}
        config = folder / "config.json"
        config.write_text(json.dumps({**site.config, "reconcile_interval_hours": 0}), encoding="utf-8")
        targets = {"duckdb": folder / "the site's.duckdb"}
        extract(config, targets["duckdb"])
        for format in ("parquet", "csv", "ndjson"):
            targets[format] = folder / format
            extract(config, targets[format], "--format", format)
        yield Extracts(site, schemas, config, targets)


def expect_site(extracts: Extracts, reader: str, *streams: str) -> None:
    format, read = READERS[reader]
    for stream in streams or STREAMS:
        schema = extracts.schemas[stream]
        rows = normal(stream, read(extracts.targets[format], stream), schema)
        truth = normal(stream, extracts.site.truth(stream), schema)
        assert rows.keys() == truth.keys(), f"{stream} by {reader}"
        for key, row in truth.items():
            assert rows[key] == row, f"{stream} {key} by {reader}"


@pytest.mark.parametrize("reader", READERS)
def test_every_table_is_the_site(extracts: Extracts, reader: str) -> None:
    expect_site(extracts, reader)


def test_all_streams_are_there(extracts: Extracts) -> None:
    assert set(extracts.schemas) == set(STREAMS)
    for format in ("parquet", "csv", "ndjson"):
        files = {path.name for path in extracts.targets[format].iterdir()} - {".source-confluence"}
        assert files == {f"{name}.{format}" for name in (*STREAMS, "deleted_rows")}


def test_types_and_comments_are_seen(extracts: Extracts) -> None:
    with duckdb.connect(str(extracts.targets["duckdb"]), read_only=True) as connection:
        found = connection.execute(
            "select column_name, data_type, comment from duckdb_columns() where table_name = 'pages'"
        ).fetchall()
    properties = extracts.schemas["pages"]["properties"]
    assert {name: comment for name, _, comment in found} == {
        name: facts["description"] for name, facts in properties.items()
    }
    types = {name: type for name, type, _ in found}
    assert (types["createdAt"], types["version"], types["position"]) == ("TIMESTAMP WITH TIME ZONE", "JSON", "BIGINT")


def test_the_next_extract_brings_what_has_changed(extracts: Extracts) -> None:
    pages = [page for page in extracts.site.truth("pages") if page["status"] == "current"]
    edited, trashed, purged = (page["id"] for page in pages[:3])
    extracts.site.change(
        {"action": "edit", "id": edited, "title": "Edited — 新"},
        {"action": "trash", "id": trashed},
        {"action": "purge", "id": purged},
    )
    for target in extracts.targets.values():
        extract(extracts.config, target)
    for reader in READERS:
        expect_site(extracts, reader, "pages", "comments", "attachments")
    deleted = by_duckdb(extracts.targets["duckdb"], "deleted_rows")
    reasons = {json.loads(row["key"])["id"]: row["deletion_reason"] for row in deleted if row["stream"] == "pages"}
    # What is purged without having been in the trash cannot be told from what is hidden.
    assert {trashed: "trashed", purged: "not_visible"}.items() <= reasons.items()


def test_what_a_kill_leaves_behind_can_be_read(extracts: Extracts, tmp_path: Path) -> None:
    target = tmp_path / "site.duckdb"
    shutil.copy(extracts.targets["duckdb"], target)
    page = extracts.site.truth("pages")[5]["id"]
    extracts.site.change({"action": "edit", "id": page, "title": "Edited before a kill"})
    arguments = [str(EXECUTABLE), "extract", "--config", str(extracts.config), "--to", str(target)]
    killed = subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(0.7)
    killed.kill()
    killed.wait()
    count = subprocess.run(
        [str(SHELL), "-readonly", "-csv", "-noheader", str(target), "select count(*) from pages"],
        capture_output=True,
        check=True,
        encoding="utf-8",
    )
    assert int(count.stdout) > 0
    extract(extracts.config, target)
    expect_site(Extracts(extracts.site, extracts.schemas, extracts.config, {"duckdb": target}), "duckdb", "pages")
