"""What the tests share: settings, which PyAirbyte takes from the environment as it is imported (offline, and nothing written
outside a folder), and a sample site of as many pages as the module's PAGES say."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator

import pytest
from connector import Json, discover
from sample_site import SampleSite, sample_site

FOLDER = tempfile.TemporaryDirectory(prefix="source-confluence-pyairbyte-")

os.environ.update(
    {
        "AIRBYTE_OFFLINE_MODE": "1",
        "DO_NOT_TRACK": "1",
        "TZ": "UTC",
        "AIRBYTE_LOCAL_REGISTRY": "0",
        "AIRBYTE_NO_UV": "1",
        "AIRBYTE_PROJECT_DIR": FOLDER.name,
        "AIRBYTE_CACHE_ROOT": f"{FOLDER.name}/cache",
        "AIRBYTE_TEMP_DIR": FOLDER.name,
        "AIRBYTE_LOGGING_ROOT": f"{FOLDER.name}/logs",
    }
)


@pytest.fixture(scope="module")
def site(request: pytest.FixtureRequest) -> Iterator[SampleSite]:
    with sample_site(request.module.PAGES) as served:
        yield served


@pytest.fixture(scope="module")
def streams(site: SampleSite, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Json]:
    """The streams that the connector shows, by name."""
    return {stream["name"]: stream for stream in discover(tmp_path_factory.mktemp("discover"), site.config)}
