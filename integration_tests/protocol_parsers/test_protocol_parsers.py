"""Every line that the connector writes, through two parsers that Airbyte publishes.

Consumers are lenient in the wrong way: a message that does not fit is taken for a log line, and a field that the model
does not know is dropped. So each line must parse, have the payload of its type and no other, and come out unchanged.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pydantic
import pytest
from airbyte_protocol.models import AirbyteMessage as PydanticMessage
from airbyte_protocol_dataclasses.models import AirbyteMessage as DataclassMessage
from airbyte_protocol_dataclasses.models import AirbyteStateBlob
from connector import Json, Run, discover, full_refresh, run
from sample_site import SampleSite, sample_site
from serpyco_rs import CustomType, Serializer

PAYLOADS = {
    "RECORD": "record",
    "STATE": "state",
    "LOG": "log",
    "SPEC": "spec",
    "CONNECTION_STATUS": "connectionStatus",
    "CATALOG": "catalog",
    "TRACE": "trace",
}


@pytest.fixture(scope="module")
def site() -> Iterator[SampleSite]:
    with sample_site(400) as served:
        yield served


@pytest.fixture(scope="module")
def runs(site: SampleSite, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Run]:
    """Runs that between them write messages of every type, trouble included."""
    folder = tmp_path_factory.mktemp("runs")
    catalog = full_refresh(discover(folder, site.config))
    found = {
        "spec": run("spec", folder),
        "check": run("check", folder, config=site.config),
        "failed check": run("check", folder, config=site.rejected_config),
        "discover": run("discover", folder, config=site.config),
        "read": run("read", folder, config=site.config, catalog=catalog),
    }
    site.set_faults({"kind": "rate-limit", "form": "quota", "waitMs": 1500, "times": 1, "path": "/wiki/api/v2/*"})
    found["rate-limited read"] = run("read", folder, config=site.config, catalog=catalog)
    site.set_faults()
    site.set(forbidden=["/wiki/api/v2/attachments"])
    found["half-failed read"] = run("read", folder, config=site.config, catalog=catalog)
    site.set(forbidden=[])
    return found


RUNS = ("spec", "check", "failed check", "discover", "read", "rate-limited read", "half-failed read")


class _StateBlob(CustomType[AirbyteStateBlob, dict[str, Any]]):
    """A stream's state is any JSON object; the generated class has no fields, and would lose it."""

    def serialize(self, value: AirbyteStateBlob) -> dict[str, Any]:
        return dict(value.__dict__)

    def deserialize(self, value: dict[str, Any]) -> AirbyteStateBlob:
        blob = AirbyteStateBlob()
        blob.__dict__.update(value)
        return blob

    def get_json_schema(self) -> dict[str, Any]:
        return {"type": "object"}


_dataclasses = Serializer(
    DataclassMessage,
    custom_type_resolver=lambda type_: _StateBlob() if type_ is AirbyteStateBlob else None,
)


FREE_FORM = {"data", "stream_state", "json_schema", "connectionSpecification"}
"""Where JSON begins that the protocol does not describe: there null is a value."""


def without_absent(value: Any) -> Any:
    """What the dataclasses know, less the fields that a message does not have."""
    if isinstance(value, list):
        return [without_absent(item) for item in value]
    if not isinstance(value, dict):
        return value
    there = {name: item for name, item in value.items() if item is not None}
    return {name: item if name in FREE_FORM else without_absent(item) for name, item in there.items()}


def through_dataclasses(line: str) -> tuple[str, Json]:
    message = _dataclasses.load(json.loads(line))
    assert isinstance(message, DataclassMessage)
    return message.type.value, without_absent(_dataclasses.dump(message))


def through_pydantic(line: str) -> tuple[str, Json]:
    message = PydanticMessage.model_validate_json(line, strict=True)
    assert unknown_fields(message) == []
    return message.type.value, message.model_dump(mode="json", by_alias=True, exclude_unset=True)


def unknown_fields(model: pydantic.BaseModel) -> list[str]:
    """The fields that the model keeps although it does not know them; a state holds what it likes."""
    if type(model).__name__ == "AirbyteStateBlob":
        return []
    found = [f"{type(model).__name__}.{name}" for name in model.model_extra or {}]
    for name in model.model_fields_set:
        value = getattr(model, name)
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, pydantic.BaseModel):
                found += unknown_fields(item)
    return found


def without_defaults(message: Json) -> Json:
    """Both models give a SPEC flags of destinations that a source does not write."""
    spec = message.get("spec")
    if spec is None:
        return message
    flags = {"supportsNormalization", "supportsDBT"}
    return {**message, "spec": {name: value for name, value in spec.items() if name not in flags or value}}


def assert_comes_out_as_it_went_in(parse: Callable[[str], tuple[str, Json]], line: str) -> None:
    kind, parsed = parse(line)
    assert set(parsed) == {"type", PAYLOADS[kind]}, line[:300]
    assert without_defaults(parsed) == json.loads(line), line[:300]


@pytest.mark.parametrize("parse", [through_dataclasses, through_pydantic])
@pytest.mark.parametrize("name", RUNS)
def test_every_line_comes_out_of_the_parser_as_it_went_in(
    runs: dict[str, Run], name: str, parse: Callable[[str], tuple[str, Json]]
) -> None:
    assert runs[name].lines
    for line in runs[name].lines:
        assert_comes_out_as_it_went_in(parse, line)


@pytest.mark.parametrize("parse", [through_dataclasses, through_pydantic])
@pytest.mark.parametrize(
    "line",
    [
        '{"type":"RECORD","record":{"stream":"pages","data":{},"emitted_at":"1700000000000"}}',
        '{"type":"RECORD","record":{"stream":"pages","data":[],"emitted_at":1700000000000}}',
        '{"type":"STATE","state":{"type":"stream"}}',
        '{"type":"TRACE","trace":{"type":"ERROR","emitted_at":1,"error":{"message":"m","failure_type":"auth"}}}',
        '{"type":"LOG","log":{"level":"info","message":"m"}}',
    ],
)
def test_a_wrongly_typed_message_is_refused_by_the_parsers(parse: Callable[[str], Any], line: str) -> None:
    """So that the test above is able to fail."""
    with pytest.raises(Exception, match="."):
        parse(line)


@pytest.mark.parametrize("parse", [through_dataclasses, through_pydantic])
def test_a_field_that_the_protocol_does_not_know_is_seen(parse: Callable[[str], tuple[str, Json]]) -> None:
    with pytest.raises(AssertionError):
        assert_comes_out_as_it_went_in(parse, '{"type":"LOG","log":{"level":"INFO","message":"m","extra":1}}')


def test_the_runs_hold_messages_of_every_kind(runs: dict[str, Run]) -> None:
    lines = [message for done in runs.values() for message in done.messages]
    assert {message["type"] for message in lines} == set(PAYLOADS)
    traces = [message["trace"] for message in lines if message["type"] == "TRACE"]
    assert {"ERROR", "STREAM_STATUS"} <= {trace["type"] for trace in traces}
    assert runs["half-failed read"].statuses("attachments")[-1] == "INCOMPLETE"
    statuses = [trace["stream_status"] for trace in traces if trace["type"] == "STREAM_STATUS"]
    assert any(status.get("reasons") for status in statuses)


def test_every_record_of_the_site_is_among_the_parsed_ones(runs: dict[str, Run], site: SampleSite) -> None:
    messages = [_dataclasses.load(json.loads(line)) for line in runs["read"].lines]
    for stream in ("spaces", "pages", "blog_posts", "comments", "attachments", "groups"):
        parsed = sorted(each.record.data["id"] for each in messages if each.record and each.record.stream == stream)
        assert parsed == sorted(row["id"] for row in site.truth(stream)), stream
