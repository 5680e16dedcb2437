"""Rows of an extract as other people's software reads them, brought into the form of the site's own rows."""

from __future__ import annotations

import csv
import json
import math
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pandas
import pyarrow.parquet
from connector import EXECUTABLE, Json
from site_truth import key_of, known_to_the_site, own_fields, storable

Rows = list[Json]

SHELL = Path(sys.executable).parent / "duckdb"


def extract(config: Path, target: Path, *flags: str) -> subprocess.CompletedProcess[str]:
    """Extracts all of the site; what does not succeed is an error here."""
    arguments = [str(EXECUTABLE), "extract", "--config", str(config), "--to", str(target), *flags]
    done = subprocess.run(arguments, capture_output=True, check=False, timeout=120, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    return done


def by_duckdb(target: Path, name: str) -> Rows:
    """What Python's DuckDB reads out of a file."""
    with duckdb.connect(str(target), read_only=True) as connection:
        connection.execute("set TimeZone = 'UTC'")
        return connection.execute(f'select * from "{name}"').to_arrow_table().to_pylist()


def by_shell(target: Path, name: str) -> Rows:
    """What the DuckDB shell prints."""
    query = f"set TimeZone = 'UTC'; select to_json(t)::varchar as row from \"{name}\" t"
    done = subprocess.run(
        [str(SHELL), "-readonly", "-json", str(target), query], capture_output=True, check=True, encoding="utf-8"
    )
    return [json.loads(row["row"]) for row in json.loads(done.stdout or "[]")]


def by_pyarrow(folder: Path, name: str) -> Rows:
    return pyarrow.parquet.read_table(folder / f"{name}.parquet").to_pylist()


def by_pandas(folder: Path, name: str) -> Rows:
    return pandas.read_parquet(folder / f"{name}.parquet").to_dict("records")


def by_pandas_from_csv(folder: Path, name: str) -> Rows:
    table = pandas.read_csv(folder / f"{name}.csv", dtype=str, keep_default_na=False)
    return table.to_dict("records")


def by_csv(folder: Path, name: str) -> Rows:
    csv.field_size_limit(2**31 - 1)
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def by_lines(folder: Path, name: str) -> Rows:
    with (folder / f"{name}.ndjson").open(encoding="utf-8", newline="\n") as file:
        return [json.loads(line) for line in file]


READERS: dict[str, tuple[str, Callable[[Path, str], Rows]]] = {
    "duckdb": ("duckdb", by_duckdb),
    "shell": ("duckdb", by_shell),
    "pyarrow": ("parquet", by_pyarrow),
    "pandas": ("parquet", by_pandas),
    "pandas from csv": ("csv", by_pandas_from_csv),
    "csv": ("csv", by_csv),
    "lines of JSON": ("ndjson", by_lines),
}
"""By the name of a reader: the format that it reads, and how."""


def normal(stream: str, rows: Rows, schema: Json) -> dict[tuple[Any, ...], Json]:
    """Rows by their keys, without what is null or empty: a table keeps null for what is absent, and CSV no difference to ''."""
    known = known_to_the_site(stream, [dict(row) for row in rows])
    plain = [
        {name: _value(value, schema["properties"].get(name, {})) for name, value in own_fields(stream, row).items()}
        for row in known
    ]
    kept = [{name: value for name, value in row.items() if value not in (None, "")} for row in plain]
    found = {key_of(stream, row): row for row in kept}
    assert len(found) == len(kept), f"{stream}: a primary key is there twice"
    return found


def _value(value: Any, schema: Json) -> Any:
    if value is None or value is pandas.NaT or (isinstance(value, float) and math.isnan(value)) or value == "":
        return None
    kinds = [kind for kind in schema.get("type", []) if kind != "null"]
    if schema.get("format") == "date-time":
        if isinstance(value, datetime):
            return value.astimezone(UTC).replace(tzinfo=UTC)
        # DuckDB writes offsets as +00.
        return datetime.fromisoformat(f"{value}:00" if value.endswith("+00") else value).astimezone(UTC)
    if kinds == ["integer"]:
        return int(value)
    if kinds == ["number"]:
        return float(value)
    if kinds == ["boolean"] and isinstance(value, str):
        return value == "true" or value == "True"
    if (kinds == ["object"] or kinds == ["array"]) and isinstance(value, str):
        return storable(json.loads(value))
    return storable(value)
