"""PyAirbyte with OAuth 2.0: each refresh token works once, so the config that a run hands on is the one of the next run."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import airbyte as ab
import pytest
from airbyte import exceptions
from airbyte.caches import DuckDBCache
from connector import EXECUTABLE, Json
from sample_site import SampleSite
from site_truth import STREAMS, by_key, known_to_the_site, own_fields
from warehouse import Warehouse

PAGES = 60

Keys = set[tuple[Any, ...]]
"""Primary keys of a stream's rows."""


class Keeper:
    """What keeps a config between runs, as PyAirbyte's users do it: the last one that was handed on."""

    def __init__(self, config: Json) -> None:
        self.configs = [config]

    @property
    def config(self) -> Json:
        return self.configs[-1]

    def keep(self, config: Any) -> None:
        self.configs.append(dict(config))

    def source(self, **options: Any) -> ab.Source:
        """A source that is made anew, as in a process of its own."""
        return ab.get_source(
            "source-confluence",
            config=self.config,
            config_change_callback=self.keep,
            local_executable=EXECUTABLE,
            install_if_missing=False,
            **options,
        )


@pytest.fixture
def keeper(site: SampleSite) -> Keeper:
    """A new grant for each test. Keys that the connector does not know are to stay."""
    return Keeper({**site.oauth_config(), "reconcile_interval_hours": 0, "a_key_of_ours": {"kept": ["as", "it", "is"]}})


def grant_of(site: SampleSite, keeper: Keeper) -> Json:
    """The grant that the first config came with."""
    first = keeper.configs[0]["credentials"]["refresh_token"]
    (found,) = [grant for grant in site.grants() if grant["refreshTokens"][0]["token"] == first]
    return found


def assert_table_is_that_of_the_site(
    site: SampleSite, warehouse: Warehouse, stream: str, earlier: Mapping[str, Keys] | None = None
) -> None:
    """Rows that an earlier sync brought and that are gone stay where the stream has no tombstones: PyAirbyte merges."""
    tells_deletions = "_ab_cdc_deleted_at" in warehouse.column_types(stream)
    is_live = "_ab_cdc_deleted_at IS NULL" if tells_deletions else "TRUE"
    found = by_key(stream, known_to_the_site(stream, warehouse.rows(stream, where=is_live)))
    truth = by_key(stream, site.truth(stream))
    left_behind = set() if tells_deletions else (earlier or {}).get(stream, set()) - set(truth)
    assert set(found) - left_behind == set(truth), f"{stream}: other keys than the site"
    for key, row in truth.items():
        assert own_fields(stream, found[key]) == warehouse.expected(stream, row), f"{stream} {key}"


def test_check_hands_on_the_whole_config_with_new_tokens(site: SampleSite, keeper: Keeper) -> None:
    keeper.source().check()
    before, after = keeper.configs
    given, handed_on = before["credentials"], after["credentials"]
    assert {**after, "credentials": given} == before
    assert set(handed_on) == {*given, "access_token", "token_expiry_date"}
    assert handed_on["refresh_token"] != given["refresh_token"]
    assert {key: handed_on[key] for key in ("auth_type", "client_id", "client_secret")} == {
        key: given[key] for key in ("auth_type", "client_id", "client_secret")
    }
    grant = grant_of(site, keeper)
    assert [token["uses"] for token in grant["refreshTokens"]] == [1, 0]
    assert handed_on["access_token"] == grant["accessTokens"][-1]["token"]


def test_runs_after_it_use_what_it_handed_on_and_ask_for_no_more(
    site: SampleSite, keeper: Keeper, streams: dict[str, Json], tmp_path: Path
) -> None:
    keeper.source().check()
    cache = DuckDBCache(db_path=tmp_path / "warehouse.duckdb", schema_name="wiki")
    keeper.source(streams="*").read(cache=cache)
    assert len(keeper.configs) == 2
    assert [token["uses"] for token in grant_of(site, keeper)["refreshTokens"]] == [1, 0]
    warehouse = Warehouse(cache, streams)
    for stream in STREAMS:
        assert_table_is_that_of_the_site(site, warehouse, stream)


def test_syncs_go_on_from_generation_to_generation_of_tokens(
    site: SampleSite, keeper: Keeper, streams: dict[str, Json], tmp_path: Path
) -> None:
    database = tmp_path / "warehouse.duckdb"
    earlier: dict[str, Keys] = {}
    for generation in range(1, 4):
        keeper.source(streams="*").read(cache=DuckDBCache(db_path=database, schema_name="wiki"))
        assert len(keeper.configs) == 1 + generation
        warehouse = Warehouse(DuckDBCache(db_path=database, schema_name="wiki"), streams)
        for stream in STREAMS:
            assert_table_is_that_of_the_site(site, warehouse, stream, earlier)
            earlier.setdefault(stream, set()).update(by_key(stream, site.truth(stream)))
        page = site.truth("pages")[generation]
        site.change(
            {"action": "rename", "id": page["id"], "title": f"Renamed after sync {generation}"},
            {"action": "trash", "id": site.truth("pages")[-generation]["id"]},
        )
        site.expire_access_tokens()
    grant = grant_of(site, keeper)
    assert [token["uses"] for token in grant["refreshTokens"]] == [1, 1, 1, 0]
    assert grant["killedByReuse"] is False


def test_tokens_that_die_during_a_read_cost_nothing(
    site: SampleSite, keeper: Keeper, streams: dict[str, Json], tmp_path: Path
) -> None:
    site.set(tokenLifetimeSeconds=1, latencyMs=60, maxPageSize=10)
    try:
        cache = DuckDBCache(db_path=tmp_path / "warehouse.duckdb", schema_name="wiki")
        keeper.source(streams="*").read(cache=cache)
    finally:
        site.set(tokenLifetimeSeconds=3600, latencyMs=0, maxPageSize=0)
    assert len(keeper.configs) > 2
    grant = grant_of(site, keeper)
    assert [token["uses"] for token in grant["refreshTokens"]] == [1] * (len(keeper.configs) - 1) + [0]
    assert keeper.config["credentials"]["refresh_token"] == grant["refreshTokens"][-1]["token"]
    warehouse = Warehouse(cache, streams)
    for stream in STREAMS:
        assert_table_is_that_of_the_site(site, warehouse, stream)


def test_the_config_of_before_is_dead_and_takes_the_grant_with_it(site: SampleSite, keeper: Keeper) -> None:
    keeper.source().check()
    forgetful = Keeper(keeper.configs[0])
    with pytest.raises(exceptions.AirbyteConnectorCheckFailedError):
        forgetful.source().check()
    assert len(forgetful.configs) == 1
    assert grant_of(site, keeper)["killedByReuse"] is True
    with pytest.raises(exceptions.AirbyteConnectorCheckFailedError):
        keeper.source().check()


def test_a_service_account_hands_nothing_on(site: SampleSite, streams: dict[str, Json], tmp_path: Path) -> None:
    keeper = Keeper(site.service_account_config())
    keeper.source().check()
    cache = DuckDBCache(db_path=tmp_path / "warehouse.duckdb", schema_name="wiki")
    keeper.source(streams=["spaces", "pages"]).read(cache=cache)
    assert len(keeper.configs) == 1
    for stream in ("spaces", "pages"):
        assert_table_is_that_of_the_site(site, Warehouse(cache, streams), stream)
