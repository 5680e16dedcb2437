"""A DuckDB file that PyAirbyte has filled, seen by SQL."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from airbyte.caches import DuckDBCache
from connector import Json
from site_truth import PRIMARY_KEYS, own_fields, storable


def column(field: str) -> str:
    """The name that PyAirbyte gives to a field's column."""
    return field.lower()


class Warehouse:
    """The tables of one schema, with the streams' JSON Schemas to tell what their columns are."""

    def __init__(self, cache: DuckDBCache, streams: Mapping[str, Json]) -> None:
        self._cache = cache
        self._streams = streams

    def sql(self, query: str) -> list[Json]:
        return [dict(row) for row in self._cache.run_sql_query(query)]

    def table(self, name: str) -> str:
        return f'"{self._cache.schema_name}"."{name}"'

    def count(self, name: str, what: str = "*", where: str = "TRUE") -> int:
        (row,) = self.sql(f"SELECT COUNT({what}) AS n FROM {self.table(name)} WHERE {where}")
        return int(row["n"])

    def distinct_keys(self, stream: str) -> int:
        keys = ", ".join(f'"{column(field)}"' for field in PRIMARY_KEYS.get(stream, ("id",)))
        return self.count(stream, f"DISTINCT ({keys})")

    def read_at(self, stream: str) -> datetime:
        """When the newest row of a stream was read."""
        (row,) = self.sql(f"SELECT MAX(_airbyte_extracted_at) AS at FROM {self.table(stream)}")
        return row["at"]

    def column_types(self, name: str) -> dict[str, str]:
        return {row["column_name"]: row["column_type"] for row in self.sql(f"DESCRIBE {self.table(name)}")}

    def rows(self, stream: str, where: str = "TRUE") -> list[Json]:
        """The rows with the stream's field names; times are datetimes."""
        properties = self._streams[stream]["json_schema"]["properties"]
        return [
            {field: row[column(field)] for field in properties}
            for row in self.sql(f"SELECT * FROM {self.table(stream)} WHERE {where}")
        ]

    def expected(self, stream: str, row: Json) -> Json:
        """A row of the site as the table must show it: absent fields are NULL, times are datetimes."""
        properties = self._streams[stream]["json_schema"]["properties"]
        whole = {field: storable(row.get(field)) for field in properties}
        return {field: _stored(properties[field], value) for field, value in own_fields(stream, whole).items()}


def is_of_any_form(schema: Json) -> bool:
    """Whether a column holds JSON of any form, for which PyAirbyte has no type: it keeps the text."""
    return len({"object", "array", "string", "number", "boolean"} & set(schema["type"])) > 1


def _stored(schema: Json, value: Any) -> Any:
    if value is None:
        return None
    if schema.get("format") == "date-time":
        return _utc(value)
    if is_of_any_form(schema) and not isinstance(value, str):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return value


def _utc(text: str) -> datetime:
    """PyAirbyte keeps times in UTC, in columns without a zone."""
    return datetime.fromisoformat(text).astimezone(UTC).replace(tzinfo=None)
