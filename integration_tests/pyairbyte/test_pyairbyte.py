"""PyAirbyte as a user has it: get_source, check, read into DuckDB, and again after the site was edited."""

from __future__ import annotations

import os
import subprocess
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import airbyte as ab
import pytest
from airbyte import exceptions
from airbyte.caches import DuckDBCache
from connector import EXECUTABLE, Json
from sample_site import SampleSite
from site_truth import STREAMS, by_key, known_to_the_site, own_fields
from warehouse import Warehouse, column, is_of_any_form
from working_day import edit

PAGES = 300


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("duckdb") / "warehouse.duckdb"


def source_of(config: Json, **options: Any) -> ab.Source:
    return ab.get_source(
        "source-confluence", config=config, local_executable=EXECUTABLE, install_if_missing=False, **options
    )


@pytest.fixture(scope="module")
def source(site: SampleSite) -> ab.Source:
    # A reconciliation in each sync: edits that carry no version, and deletions, are to be seen by the next one.
    found = source_of({**site.config, "reconcile_interval_hours": 0})
    found.select_all_streams()
    return found


@dataclass(frozen=True)
class Sync:
    """What a sync left in the warehouse, and what was true of the site meanwhile."""

    truth: dict[str, list[Json]]
    rows: dict[str, list[Json]]
    counts: dict[str, int]
    distinct_keys: dict[str, int]
    read_at: dict[str, datetime]
    warehouse: Warehouse


def sync(site: SampleSite, source: ab.Source, cache: DuckDBCache, streams: dict[str, Json], **options: Any) -> Sync:
    source.read(cache=cache, **options)
    warehouse = Warehouse(cache, streams)
    return Sync(
        truth={stream: site.truth(stream) for stream in STREAMS},
        rows={stream: warehouse.rows(stream) for stream in STREAMS},
        counts={stream: warehouse.count(stream) for stream in STREAMS},
        distinct_keys={stream: warehouse.distinct_keys(stream) for stream in STREAMS},
        read_at={stream: warehouse.read_at(stream) for stream in STREAMS},
        warehouse=warehouse,
    )


@pytest.fixture(scope="module")
def first(site: SampleSite, source: ab.Source, database: Path, streams: dict[str, Json]) -> Sync:
    return sync(site, source, DuckDBCache(db_path=database, schema_name="wiki"), streams)


@pytest.fixture(scope="module")
def second(first: Sync, site: SampleSite, source: ab.Source, database: Path, streams: dict[str, Json]) -> Sync:
    edit(site, first.truth)
    return sync(site, source, DuckDBCache(db_path=database, schema_name="wiki"), streams)


def assert_rows_of_site(sync: Sync, stream: str, rows: list[Json]) -> None:
    """These rows of a table are those of the site, field by field."""
    truth = by_key(stream, sync.truth[stream])
    found = by_key(stream, known_to_the_site(stream, rows))
    assert set(found) == set(truth), f"{stream}: other keys than the site"
    for key, row in truth.items():
        expected = sync.warehouse.expected(stream, row)
        assert own_fields(stream, found[key]) == expected, f"{stream} {key}"


def vanished(first: Sync, second: Sync, stream: str) -> set[tuple[Any, ...]]:
    """The keys of rows that the site had at the first sync and had no more at the second."""
    return set(by_key(stream, first.truth[stream])) - set(by_key(stream, second.truth[stream]))


def is_incremental(streams: dict[str, Json], stream: str) -> bool:
    return "incremental" in streams[stream]["supported_sync_modes"]


def tells_deletions(streams: dict[str, Json], stream: str) -> bool:
    """A log is incremental, and nothing of it is ever deleted."""
    return "_ab_cdc_deleted_at" in streams[stream]["json_schema"]["properties"]


def test_check_succeeds(source: ab.Source) -> None:
    source.check()


def test_check_raises_when_the_token_is_not_accepted(site: SampleSite) -> None:
    with pytest.raises(exceptions.AirbyteConnectorCheckFailedError):
        source_of(site.rejected_config).check()


def test_a_read_raises_when_the_token_is_not_accepted(site: SampleSite, tmp_path: Path) -> None:
    refused = source_of(site.rejected_config, streams=["spaces"])
    cache = DuckDBCache(db_path=tmp_path / "warehouse.duckdb", schema_name="wiki")
    with pytest.raises(exceptions.AirbyteConnectorFailedError):
        refused.read(cache=cache)


def test_all_streams_are_available(source: ab.Source) -> None:
    assert set(STREAMS) <= set(source.get_available_streams())


@pytest.mark.parametrize("stream", STREAMS)
def test_the_first_read_makes_the_table_equal_to_the_site(first: Sync, stream: str) -> None:
    assert first.counts[stream] > 0
    assert_rows_of_site(first, stream, first.rows[stream])


@pytest.mark.parametrize("stream", STREAMS)
def test_primary_keys_are_unique_after_each_read(first: Sync, second: Sync, stream: str) -> None:
    assert first.distinct_keys[stream] == first.counts[stream]
    assert second.distinct_keys[stream] == second.counts[stream]


@pytest.mark.parametrize("stream", STREAMS)
def test_every_declared_column_is_there_with_its_type(first: Sync, streams: dict[str, Json], stream: str) -> None:
    types = first.warehouse.column_types(stream)
    for field, schema in streams[stream]["json_schema"]["properties"].items():
        found = types[column(field)]
        if schema.get("format") == "date-time":
            assert found == "TIMESTAMP", field
        elif is_of_any_form(schema):
            assert found == "VARCHAR", field
        elif {"object", "array"} & set(schema["type"]):
            assert found == "JSON", field
        elif "integer" in schema["type"]:
            assert found == "BIGINT", field
        elif "number" in schema["type"]:
            assert found == "DECIMAL(38,9)", field
        elif "boolean" in schema["type"]:
            assert found == "BOOLEAN", field
        else:
            assert found == "VARCHAR", field


@pytest.mark.parametrize(
    "stream", ["pages", "blog_posts", "comments", "attachments", "custom_content", "content_properties"]
)
def test_updated_at_is_the_time_of_the_last_version(second: Sync, stream: str) -> None:
    apart = "updatedat IS DISTINCT FROM CAST(version->>'createdAt' AS TIMESTAMP) AND _ab_cdc_deleted_at IS NULL"
    assert second.warehouse.count(stream, where=apart) == 0
    assert second.warehouse.count(stream, where="updatedat IS NOT NULL") > 0


def test_there_is_one_state_for_each_stream(second: Sync) -> None:
    rows = second.warehouse.sql(f"SELECT stream_name FROM {second.warehouse.table('_airbyte_state')}")
    assert sorted(row["stream_name"] for row in rows) == sorted(STREAMS)


@pytest.mark.parametrize("stream", STREAMS)
def test_the_edits_left_something_to_see(first: Sync, second: Sync, stream: str) -> None:
    assert by_key(stream, first.truth[stream]) != by_key(stream, second.truth[stream])


def test_the_edits_took_rows_away_that_only_tombstones_can_tell(
    first: Sync, second: Sync, streams: dict[str, Json]
) -> None:
    for stream in STREAMS:
        if tells_deletions(streams, stream):
            assert vanished(first, second, stream), stream


@pytest.mark.parametrize("stream", STREAMS)
def test_after_edits_the_live_rows_are_those_of_the_site(
    first: Sync, second: Sync, streams: dict[str, Json], stream: str
) -> None:
    """PyAirbyte merges by primary key and never deletes: what vanished stays, unless a tombstone hides it."""
    if tells_deletions(streams, stream):
        live = [row for row in second.rows[stream] if row["_ab_cdc_deleted_at"] is None]
    else:
        gone = vanished(first, second, stream)
        live = [row for key, row in by_key(stream, second.rows[stream]).items() if key not in gone]
    assert_rows_of_site(second, stream, live)


@pytest.mark.parametrize("stream", STREAMS)
def test_rows_that_vanished_are_told_by_tombstones_or_stay_as_they_were(
    first: Sync, second: Sync, streams: dict[str, Json], stream: str
) -> None:
    """A full refresh cannot tell a merging destination about deletions; a stream that is incremental does."""
    rows = by_key(stream, second.rows[stream])
    before = by_key(stream, first.rows[stream])
    for key in vanished(first, second, stream):
        if tells_deletions(streams, stream):
            assert rows[key]["_ab_cdc_deleted_at"] is not None and rows[key]["deletionReason"], key
        else:
            assert rows[key] == before[key]
            assert rows[key].get("_ab_cdc_deleted_at") is None


def test_an_incremental_stream_sends_only_what_changed(first: Sync, second: Sync, streams: dict[str, Json]) -> None:
    """Of two hundred rows a few; of the records of a log those that the edits wrote."""
    for stream in [name for name in STREAMS if is_incremental(streams, name)]:
        sent = second.warehouse.count(stream, where=f"_airbyte_extracted_at > TIMESTAMP '{first.read_at[stream]}'")
        assert 0 < sent < first.counts[stream] / 2, stream


def test_a_forced_full_refresh_into_another_schema_equals_the_site(
    second: Sync, site: SampleSite, source: ab.Source, database: Path, streams: dict[str, Json]
) -> None:
    cache = DuckDBCache(db_path=database, schema_name="anew")
    anew = sync(site, source, cache, streams, force_full_refresh=True)
    for stream in STREAMS:
        assert_rows_of_site(anew, stream, anew.rows[stream])


def reading_children() -> list[str]:
    """The connector's processes of this one that are reading."""
    listed = subprocess.run(["ps", "-A", "-ww", "-o", "ppid=,args="], capture_output=True, text=True, check=True).stdout
    children = [line.split(maxsplit=1) for line in listed.splitlines()]
    return [args for parent, args in children if parent == str(os.getpid()) and " read " in args]


def test_records_broken_off_after_three_leave_no_process_behind(source: ab.Source) -> None:
    records = source.get_records("pages")
    for _, record in zip(range(3), records, strict=False):
        assert record["id"]
    assert len(reading_children()) == 1
    records.close()
    assert next(records, None) is None
    del records
    # PyAirbyte waits ten seconds for the end before it kills.
    deadline = time.monotonic() + 12
    while reading_children() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert reading_children() == []
