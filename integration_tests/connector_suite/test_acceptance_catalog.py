"""What Airbyte's connector acceptance tests ask of discover and of the metadata, in our own words."""

from __future__ import annotations

from typing import Any

import jsonschema
import pytest
import yaml
from connector import CHECKOUT, Json
from site_truth import STREAMS


def keywords(schema: Any) -> set[str]:
    """Every keyword in a schema; names of properties are none."""
    if not isinstance(schema, dict):
        return set()
    nested = [*schema.get("properties", {}).values(), schema.get("items"), schema.get("additionalProperties")]
    nested += [variant for name in ("oneOf", "anyOf", "allOf") for variant in schema.get(name, [])]
    return set(schema).union(*(keywords(each) for each in nested))


def test_streams_have_names_of_their_own(streams: list[Json]) -> None:
    names = [stream["name"] for stream in streams]
    assert len(set(names)) == len(names)
    assert set(STREAMS) <= set(names)


def test_schemas_are_draft_7_objects_that_allow_more_fields(streams: list[Json]) -> None:
    for stream in streams:
        schema = stream["json_schema"]
        jsonschema.Draft7Validator.check_schema(schema)
        assert schema["type"] == "object" and schema["properties"], stream["name"]
        assert schema.get("additionalProperties", True) is True, stream["name"]
        assert not {"$ref", "allOf", "not", "anyOf"} & keywords(schema), stream["name"]


def test_every_field_may_be_null(streams: list[Json]) -> None:
    for stream in streams:
        for name, schema in stream["json_schema"]["properties"].items():
            assert "null" in schema["type"], (stream["name"], name)


def test_primary_keys_are_declared_scalar_fields(streams: list[Json]) -> None:
    for stream in streams:
        keys = stream["source_defined_primary_key"]
        assert keys, stream["name"]
        for (key,) in keys:
            assert not {"object", "array"} & set(stream["json_schema"]["properties"][key]["type"])


def test_sync_modes_fit_the_cursor(streams: list[Json]) -> None:
    for stream in streams:
        assert set(stream["supported_sync_modes"]) <= {"full_refresh", "incremental"}
        assert "full_refresh" in stream["supported_sync_modes"], stream["name"]
        if "incremental" in stream["supported_sync_modes"]:
            assert stream["source_defined_cursor"] is True
            (cursor,) = stream["default_cursor_field"]
            assert cursor in stream["json_schema"]["properties"]


@pytest.fixture(scope="module")
def metadata() -> Json:
    return yaml.safe_load((CHECKOUT / "metadata.yaml").read_text(encoding="utf-8"))["data"]


def test_metadata_suggests_streams_that_there_are(streams: list[Json], metadata: Json) -> None:
    assert set(metadata["suggestedStreams"]["streams"]) <= {stream["name"] for stream in streams}


def test_metadata_allows_the_site_and_the_gateway(metadata: Json) -> None:
    assert {"${domain_name}", "api.atlassian.com"} <= set(metadata["allowedHosts"]["hosts"])
