"""A connector folder as Airbyte's tools expect one, with configs that read a sample site."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from connector import CHECKOUT, EXECUTABLE, Json, discover
from connector_folder import FOLDER
from expected_records import PAGES
from sample_site import SampleSite, sample_site

pytest_plugins = ["airbyte_cdk.test.standard_tests.pytest_hooks"]


def pytest_configure(config: pytest.Config) -> None:
    (FOLDER / "secrets").mkdir(parents=True)
    shutil.copy(CHECKOUT / "metadata.yaml", FOLDER)
    shutil.copy(CHECKOUT / "integration_tests" / "acceptance-test-config.yml", FOLDER)
    shutil.copytree(
        CHECKOUT / "integration_tests",
        FOLDER / "integration_tests",
        ignore=lambda folder, names: [name for name in names if not name.endswith((".json", ".jsonl"))],
    )
    # Before the test modules are imported: airbyte-cdk looks for docker then.
    os.environ["PATH"] = f"{Path(__file__).with_name('container')}{os.pathsep}{os.environ['PATH']}"
    os.environ["SOURCE_CONFLUENCE_EXECUTABLE"] = str(EXECUTABLE)
    # What airbyte-cdk only warns of counts as well.
    config.addinivalue_line("filterwarnings", "error::airbyte_cdk.test.standard_tests.DiscoveredCatalogWarning")


@pytest.fixture(scope="session", autouse=True)
def site() -> Iterator[SampleSite]:
    with sample_site(PAGES) as served:
        configs = {
            "config": served.config,
            "scoped_config": served.scoped_config,
            "rejected_config": served.rejected_config,
        }
        for name, content in configs.items():
            (FOLDER / "secrets" / f"{name}.json").write_text(json.dumps(content), encoding="utf-8")
        yield served


@pytest.fixture(scope="session")
def streams(site: SampleSite, tmp_path_factory: pytest.TempPathFactory) -> list[Json]:
    """The streams that the connector shows."""
    return discover(tmp_path_factory.mktemp("discover"), site.config)
