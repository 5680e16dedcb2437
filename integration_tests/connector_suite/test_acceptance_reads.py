"""What Airbyte's connector acceptance tests ask of reads, in our own words: basic, full refresh, incremental."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from connector import CHECKOUT, Json, Run, full_refresh, incremental, last_states, read, run
from expected_records import expected_records, portable
from sample_site import SampleSite
from site_truth import by_key, key_of

SCENARIOS = CHECKOUT / "integration_tests"

LOOKBACK = timedelta(minutes=10)
"""How far before the last change a sync reads again by default."""


@pytest.fixture(scope="module")
def catalog() -> Json:
    return json.loads((SCENARIOS / "configured_catalog.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def first(site: SampleSite, catalog: Json, tmp_path_factory: pytest.TempPathFactory) -> Run:
    return read(tmp_path_factory.mktemp("first"), site.config, catalog)


@pytest.fixture(scope="module")
def initial(site: SampleSite, streams: list[Json], tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The first sync of all streams that can be read incrementally."""
    return read(tmp_path_factory.mktemp("initial"), site.config, incremental(streams))


def names(catalog: Json) -> list[str]:
    return [configured["stream"]["name"] for configured in catalog["streams"]]


def strict_integer(checker: Any, value: Any) -> bool:
    """For JSON Schema 1.0 is an integer; for a destination it is not."""
    return isinstance(value, int) and not isinstance(value, bool)


StrictValidator = jsonschema.validators.extend(
    jsonschema.Draft7Validator, type_checker=jsonschema.Draft7Validator.TYPE_CHECKER.redefine("integer", strict_integer)
)


def test_the_configured_catalog_names_every_stream(catalog: Json, streams: list[Json]) -> None:
    assert names(catalog) == [stream["name"] for stream in streams]


def test_every_stream_brings_records_that_fit_its_schema(first: Run, catalog: Json) -> None:
    for configured in catalog["streams"]:
        stream = configured["stream"]
        rows = first.records(stream["name"])
        assert rows, stream["name"]
        validator = StrictValidator(stream["json_schema"], format_checker=jsonschema.FormatChecker())
        for row in rows:
            validator.validate(row)
            assert set(row) <= set(stream["json_schema"]["properties"]), stream["name"]


def test_primary_keys_are_unique_and_never_null(first: Run, catalog: Json) -> None:
    for name in names(catalog):
        for key in by_key(name, first.records(name)):
            assert None not in key


@pytest.mark.parametrize("mode", ["full_refresh", "incremental"])
def test_the_expected_records_are_there(
    first: Run, initial: Run, site: SampleSite, streams: list[Json], mode: str
) -> None:
    done = first if mode == "full_refresh" else initial
    wanted = set(names(catalog_of(mode, streams)))
    expected = [(stream, row) for stream, row in expected_records() if stream in wanted]
    assert {stream for stream, _ in expected} == wanted
    for stream, row in expected:
        found = portable(site, by_key(stream, done.records(stream))[key_of(stream, row)])
        assert {name: found.get(name) for name in row} == row


def test_statuses_come_in_order(first: Run, catalog: Json) -> None:
    for name in names(catalog):
        started, *running, complete = first.statuses(name)
        assert (started, complete) == ("STARTED", "COMPLETE"), name
        assert running and set(running) == {"RUNNING"}, name


def test_every_stream_has_states_with_counts_that_add_up(first: Run, catalog: Json) -> None:
    for name in names(catalog):
        states = first.states(name)
        assert states, name
        assert {state["type"] for state in states} == {"STREAM"}
        assert sum(state["sourceStats"]["recordCount"] for state in states) == len(first.records(name))


@pytest.mark.parametrize("field", ["sync_mode", "destination_sync_mode"])
def test_an_invalid_catalog_is_an_error(site: SampleSite, catalog: Json, tmp_path: Path, field: str) -> None:
    broken = {"streams": [{**catalog["streams"][0], field: "INVALID"}]}
    done = run("read", tmp_path, config=site.config, catalog=broken)
    assert done.exit_code == 1 and done.errors() and not done.of("RECORD")


def test_a_second_full_refresh_brings_the_same_rows_later(
    first: Run, site: SampleSite, catalog: Json, tmp_path: Path
) -> None:
    second = read(tmp_path, site.config, catalog)
    for name in names(catalog):
        assert by_key(name, second.records(name)) == by_key(name, first.records(name))
    times = [[record["record"]["emitted_at"] for record in done.of("RECORD")] for done in (first, second)]
    assert min(times[1]) > max(times[0])


def test_an_abnormal_state_starts_the_streams_anew(
    first: Run, site: SampleSite, streams: list[Json], tmp_path: Path
) -> None:
    """States of every incremental stream that are not ours, read incrementally where that can be, and whole otherwise."""
    state = json.loads((SCENARIOS / "abnormal_state.json").read_text(encoding="utf-8"))
    odd = {each["stream"]["stream_descriptor"]["name"]: each["stream"] for each in state if "stream" in each}
    followed = incremental(streams)
    assert set(names(followed)) <= set(odd)
    others = [stream for stream in streams if stream["name"] not in names(followed)]
    done = read(tmp_path, site.config, {"streams": [*followed["streams"], *full_refresh(others)["streams"]]}, state)
    for name in [stream["name"] for stream in streams]:
        assert by_key(name, done.records(name)) == by_key(name, first.records(name))
    warnings = [message["log"]["message"] for message in done.of("LOG") if message["log"]["level"] == "WARN"]
    # No state at all is none to warn of.
    for name in [name for name in names(followed) if odd[name]["stream_state"] is not None]:
        assert any(warning.startswith(f"{name}:") for warning in warnings), name


def catalog_of(mode: str, streams: list[Json]) -> Json:
    if mode == "full_refresh":
        return full_refresh(streams)
    found = incremental(streams)
    if not found["streams"]:
        pytest.skip("no stream declares incremental")
    return found


@pytest.mark.parametrize("mode", ["full_refresh", "incremental"])
def test_a_read_goes_on_from_any_of_its_states_and_loses_nothing(
    first: Run, initial: Run, site: SampleSite, streams: list[Json], tmp_path: Path, mode: str
) -> None:
    configured = catalog_of(mode, streams)
    whole = first if mode == "full_refresh" else initial
    ends = [number for number, message in enumerate(whole.messages, 1) if message["type"] == "STATE"]
    assert len(ends) >= len(names(configured))
    for end in ends[:: max(1, len(ends) // 5)]:
        before = Run(whole.lines[:end], "", 0)
        after = read(tmp_path, site.config, configured, last_states(before))
        for name in names(configured):
            keys = {key_of(name, row) for part in (before, after) for row in part.records(name)}
            assert keys == set(by_key(name, whole.records(name))), (name, end)


def time_of(row: Json) -> datetime:
    """When the row was last changed; a record of a log never is."""
    return datetime.fromisoformat(row.get("changedAt") or row["createdAt"])


def test_an_incremental_read_brings_nothing_older_than_its_state(
    initial: Run, site: SampleSite, streams: list[Json], tmp_path: Path
) -> None:
    configured = catalog_of("incremental", streams)
    following = read(tmp_path, site.config, configured, last_states(initial))
    for name in names(configured):
        assert initial.records(name) and following.states(name), name
        newest = max(time_of(row) for row in initial.records(name))
        for row in following.records(name):
            assert time_of(row) >= newest - LOOKBACK, name


def in_the_far_future(value: Any) -> Any:
    """A state with each of its times moved to the year 2999, times in milliseconds included."""
    if isinstance(value, dict):
        return {name: in_the_far_future(item) for name, item in value.items()}
    if isinstance(value, list):
        return [in_the_far_future(item) for item in value]
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}T[0-9:.]+Z", value):
        return "2999-12-31T23:59:59.000Z"
    if isinstance(value, int) and 1_000_000_000_000 < value < 4_000_000_000_000:
        return 32_503_679_999_000
    return value


def test_an_incremental_read_from_a_state_in_the_far_future_brings_states_alone(
    initial: Run, site: SampleSite, streams: list[Json], tmp_path: Path
) -> None:
    configured = catalog_of("incremental", streams)
    states = last_states(initial)
    future = in_the_far_future(states)
    assert future != states
    done = read(tmp_path, site.config, configured, future)
    for name in names(configured):
        assert not done.records(name) and done.states(name), name
