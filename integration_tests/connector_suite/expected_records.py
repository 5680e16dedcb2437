"""Rows that a read of the sample site must bring, in ../expected_records.jsonl. Run as a program, it records them anew:

PYTHONPATH=integration_tests/support .venv-airbyte-cdk/bin/python integration_tests/connector_suite/expected_records.py
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from connector import Json, discover, full_refresh, read
from sample_site import SampleSite, sample_site
from site_truth import key_of

FILE = Path(__file__).resolve().parents[1] / "expected_records.jsonl"

PAGES = 200
"""The size of the site that the rows are of; the same size is the same site."""


def portable(site: SampleSite, row: Json) -> Json:
    """A row without the port that the site happens to have."""
    return json.loads(json.dumps(row).replace(site.url, "https://acme.atlassian.net"))


def expected_records() -> list[tuple[str, Json]]:
    """The stream and the row of each expected record."""
    lines = [json.loads(line) for line in FILE.read_text(encoding="utf-8").splitlines()]
    return [(line["stream"], line["data"]) for line in lines]


def record() -> None:
    """Writes the first and the last row of each stream, by primary key."""
    with sample_site(PAGES) as site, tempfile.TemporaryDirectory() as folder:
        streams = discover(Path(folder), site.config)
        done = read(Path(folder), site.config, full_refresh(streams))
        lines = []
        for name in [stream["name"] for stream in streams]:
            rows = sorted(done.records(name), key=lambda row: key_of(name, row))
            for row in (rows[0], rows[-1]):
                lines.append(json.dumps({"stream": name, "data": portable(site, row), "emitted_at": 0}))
    FILE.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    record()
