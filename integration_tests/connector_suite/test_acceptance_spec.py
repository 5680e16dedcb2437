"""What Airbyte's connector acceptance tests ask of a spec and of check, in our own words."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from connector import CHECKOUT, Json, run
from sample_site import SampleSite

SECRET_NAMES = {
    *("client_token", "access_token", "api_token", "token", "secret", "client_secret", "password", "key"),
    *("service_account_info", "service_account", "tenant_id", "certificate", "jwt", "credentials", "app_id", "appid"),
    *("refresh_token", "api_key"),
}

UNSUPPORTED = {
    *("not", "anyOf", "patternProperties", "prefixItems", "allOf", "if", "then", "else"),
    *("dependentSchemas", "dependentRequired", "$ref"),
}


@pytest.fixture(scope="module")
def spec(tmp_path_factory: pytest.TempPathFactory) -> Json:
    done = run("spec", tmp_path_factory.mktemp("spec"))
    assert done.exit_code == 0
    (message,) = done.of("SPEC")
    return message["spec"]


def settings(schema: Json, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str, Json]]:
    """Every setting with the path of the object that it is in, its name and its schema; variants of oneOf included."""
    for name, setting in schema.get("properties", {}).items():
        yield path, name, setting
        yield from settings(setting, (*path, name))
    for index, variant in enumerate(schema.get("oneOf", [])):
        yield from settings(variant, (*path, f"oneOf[{index}]"))


def all_settings(spec: Json) -> list[tuple[tuple[str, ...], str, Json]]:
    found = list(settings(spec["connectionSpecification"]))
    assert len(found) > 5
    return found


def schemas_in(value: Any) -> Iterator[Json]:
    """Every JSON object in the specification that may be a schema."""
    if isinstance(value, dict):
        yield value
        for item in value.values():
            yield from schemas_in(item)
    elif isinstance(value, list):
        for item in value:
            yield from schemas_in(item)


def is_scalar(setting: Json) -> bool:
    types = setting.get("type", [])
    return bool({"string", "integer", "number"} & set([types] if isinstance(types, str) else types))


def test_the_spec_is_the_committed_one(spec: Json) -> None:
    committed = json.loads((CHECKOUT / "src" / "generated" / "spec.json").read_text(encoding="utf-8"))
    assert spec == committed.get("spec", committed)


def test_the_spec_is_a_valid_schema_that_accepts_the_configs(spec: Json, site: SampleSite) -> None:
    schema = spec["connectionSpecification"]
    jsonschema.Draft7Validator.check_schema(schema)
    for config in (site.config, site.scoped_config):
        jsonschema.validate(config, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"domain_name": 1}, schema)


def test_values_of_an_enum_are_there_once(spec: Json) -> None:
    enums = [setting["enum"] for _, _, setting in all_settings(spec) if "enum" in setting]
    assert enums
    for values in enums:
        assert len(set(values)) == len(values)


def test_the_variants_of_a_choice_are_told_apart_by_one_constant(spec: Json) -> None:
    choices = [setting for _, _, setting in all_settings(spec) if "oneOf" in setting]
    assert choices
    for choice in choices:
        assert choice["type"] == "object"
        shared = set.intersection(*(set(variant["properties"]) for variant in choice["oneOf"]))
        constants = [name for name in shared if all("const" in each["properties"][name] for each in choice["oneOf"])]
        assert len(constants) == 1
        values = [variant["properties"][constants[0]] for variant in choice["oneOf"]]
        assert len({value["const"] for value in values}) == len(values)
        for value in values:
            assert "default" not in value and value.get("enum", [value["const"]]) == [value["const"]]


def test_settings_that_are_secrets_by_name_are_marked_as_such(spec: Json) -> None:
    secrets = [(name, setting) for _, name, setting in all_settings(spec) if name in SECRET_NAMES]
    secrets = [(name, setting) for name, setting in secrets if is_scalar(setting)]
    assert secrets
    for name, setting in secrets:
        assert setting.get("airbyte_secret") is True, name


def test_settings_have_types_that_the_form_can_show(spec: Json) -> None:
    for path, name, setting in all_settings(spec):
        types = setting.get("type")
        if isinstance(types, list):
            assert len(types) == 2 and "null" in types, (path, name)
        if types == "object":
            assert setting.get("properties") or setting.get("oneOf"), (path, name)
        if types == "array":
            items = setting["items"]
            assert "enum" in items or items.get("type") in ("string", "integer", "number", "boolean", "object"), name
        if "display_type" in setting:
            assert "oneOf" in setting and setting["display_type"] in ("dropdown", "radio"), (path, name)


def test_keywords_that_the_form_does_not_know_are_not_used(spec: Json) -> None:
    for schema in schemas_in(spec["connectionSpecification"]):
        assert not UNSUPPORTED & set(schema)
        assert schema.get("additionalProperties") is not False


def test_a_pattern_of_a_date_has_the_format_to_match(spec: Json) -> None:
    for path, name, setting in all_settings(spec):
        if setting.get("pattern", "").startswith(("^[0-9]{4}-[0-9]{2}", "^\\d{4}-\\d{2}")):
            assert setting.get("format") in ("date", "date-time"), (path, name)
        if setting.get("format") in ("date", "date-time"):
            assert "pattern" in setting, (path, name)


def test_settings_have_an_order_of_their_own(spec: Json) -> None:
    seen: set[tuple[tuple[str, ...], str | None, int]] = set()
    for path, name, setting in all_settings(spec):
        place = (path, setting.get("group"), setting["order"])
        assert place not in seen, (path, name)
        seen.add(place)


def test_groups_are_of_top_level_settings_alone(spec: Json) -> None:
    known = {group["id"] for group in spec["connectionSpecification"].get("groups", [])}
    for path, name, setting in all_settings(spec):
        if path:
            assert "group" not in setting, (path, name)
        elif known:
            assert setting.get("group") in known, name


def test_oauth_is_the_first_choice_where_it_is_offered(spec: Json) -> None:
    variants = spec["connectionSpecification"]["properties"]["credentials"]["oneOf"]
    kinds = [variant["properties"]["auth_type"]["const"] for variant in variants]
    assert ("advanced_auth" in spec) == ("oauth2.0" in kinds)
    assert "oauth2.0" not in kinds[1:]


def test_the_paths_of_advanced_auth_lead_to_settings(spec: Json) -> None:
    outputs = spec.get("advanced_auth", {}).get("oauth_config_specification", {})
    named = {(*path, name) for path, name, _ in all_settings(spec)}
    settings_of_variants = {tuple(part for part in path if not part.startswith("oneOf[")) for path in named}
    for part in outputs.values():
        for output in part.get("properties", {}).values():
            if "path_in_connector_config" in output:
                assert tuple(output["path_in_connector_config"]) in settings_of_variants


@pytest.mark.parametrize(
    ("which", "status"),
    [
        ("config", "SUCCEEDED"),
        ("scoped_config", "SUCCEEDED"),
        ("rejected_config", "FAILED"),
        ("invalid_config", "FAILED"),
    ],
)
def test_check_answers_with_one_status(site: SampleSite, tmp_path: Path, which: str, status: str) -> None:
    configs = {
        "config": site.config,
        "scoped_config": site.scoped_config,
        "rejected_config": site.rejected_config,
        "invalid_config": json.loads((CHECKOUT / "integration_tests" / "invalid_config.json").read_text()),
    }
    done = run("check", tmp_path, config=configs[which])
    (answer,) = done.of("CONNECTION_STATUS")
    assert (answer["connectionStatus"]["status"], done.exit_code) == (status, 0)
