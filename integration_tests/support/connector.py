"""The connector as a command: where it is, and running it with files as the platform does."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

Json = dict[str, Any]

CHECKOUT = Path(__file__).resolve().parents[2]

EXECUTABLE = Path(os.environ.get("SOURCE_CONFLUENCE_EXECUTABLE", CHECKOUT / "bin" / "source-confluence")).absolute()
"""What is tried. The variable puts another build in its place, such as an installed package."""

SLOWEST_RUN_SECONDS = 120


@dataclass(frozen=True)
class Run:
    """What a command left behind: the lines of its stdout, and how it ended. Parsed once, however much is asserted."""

    lines: list[str]
    stderr: str
    exit_code: int

    @cached_property
    def messages(self) -> list[Json]:
        return [json.loads(line) for line in self.lines]

    @cached_property
    def _rows(self) -> dict[str, list[Json]]:
        rows: dict[str, list[Json]] = {}
        for message in self.of("RECORD"):
            rows.setdefault(message["record"]["stream"], []).append(message["record"]["data"])
        return rows

    def of(self, kind: str) -> list[Json]:
        """The messages of a type, such as RECORD."""
        return [message for message in self.messages if message["type"] == kind]

    def records(self, stream: str) -> list[Json]:
        """The rows of a stream."""
        return self._rows.get(stream, [])

    def states(self, stream: str) -> list[Json]:
        """The states of a stream, as the platform hands them back."""
        states = [message["state"] for message in self.of("STATE")]
        return [state for state in states if state["stream"]["stream_descriptor"]["name"] == stream]

    def statuses(self, stream: str) -> list[str]:
        traces = [message["trace"] for message in self.of("TRACE") if message["trace"]["type"] == "STREAM_STATUS"]
        found = [trace["stream_status"] for trace in traces]
        return [status["status"] for status in found if status["stream_descriptor"]["name"] == stream]

    def errors(self) -> list[Json]:
        """What the TRACE ERRORs say."""
        return [message["trace"]["error"] for message in self.of("TRACE") if message["trace"]["type"] == "ERROR"]


def run(command: str, folder: Path, **files: Any) -> Run:
    """Runs a command of the protocol; `files` are its flags, each with what its file shall hold."""
    arguments = [command]
    for flag, content in files.items():
        path = folder / f"{flag}.json"
        path.write_text(json.dumps(content), encoding="utf-8")
        arguments += [f"--{flag}", str(path)]
    done = subprocess.run(
        [str(EXECUTABLE), *arguments], capture_output=True, check=False, timeout=SLOWEST_RUN_SECONDS, cwd=folder
    )
    # Not splitlines(): that would also cut at U+2028 and its like, which a JSON text may hold.
    lines = done.stdout.decode("utf-8").split("\n")
    assert lines.pop() == "", "stdout ends in the middle of a line"
    return Run(lines, done.stderr.decode("utf-8", "replace"), done.returncode)


def discover(folder: Path, config: Mapping[str, Any]) -> list[Json]:
    """The streams of the catalog that the connector shows."""
    found = run("discover", folder, config=config)
    assert found.exit_code == 0, found.lines
    (message,) = found.of("CATALOG")
    return message["catalog"]["streams"]


def full_refresh(streams: list[Json]) -> Json:
    """A configured catalog that reads all of these streams whole."""
    return {
        "streams": [
            {"stream": stream, "sync_mode": "full_refresh", "destination_sync_mode": "overwrite"} for stream in streams
        ]
    }


def incremental(streams: list[Json]) -> Json:
    """A configured catalog of those of these streams that can be read incrementally."""
    return {
        "streams": [
            {
                "stream": stream,
                "sync_mode": "incremental",
                "destination_sync_mode": "append_dedup",
                "cursor_field": stream.get("default_cursor_field", []),
                "primary_key": stream["source_defined_primary_key"],
            }
            for stream in streams
            if "incremental" in stream["supported_sync_modes"]
        ]
    }


def read(folder: Path, config: Mapping[str, Any], catalog: Json, state: list[Json] | None = None) -> Run:
    """Reads whole: a run that did not succeed is an error here."""
    files: dict[str, Any] = {"config": config, "catalog": catalog}
    if state is not None:
        files["state"] = state
    done = run("read", folder, **files)
    assert done.exit_code == 0, [done.errors(), done.stderr]
    return done


def last_states(done: Run) -> list[Json]:
    """The last state of each stream."""
    states = [message["state"] for message in done.of("STATE")]
    return list({state["stream"]["stream_descriptor"]["name"]: state for state in states}.values())
