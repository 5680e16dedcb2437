"""airbyte-cdk's own connector tests on the executable. The assertions are Airbyte's, the way to start it is ours:

- its container tests run a `docker` that starts the executable (container/docker);
- its tests of Python connectors call a function that we put in place of theirs, which starts the executable too.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from airbyte_cdk.test import entrypoint_wrapper
from airbyte_cdk.test.entrypoint_wrapper import EntrypointOutput
from airbyte_cdk.test.standard_tests.source_base import SourceTestSuiteBase
from connector import EXECUTABLE
from connector_folder import FOLDER


def run_executable(source: object, args: list[str], *_: object, **__: object) -> EntrypointOutput:
    """In place of airbyte-cdk's function that runs a Python object."""
    done = subprocess.run([str(EXECUTABLE), *args], capture_output=True, check=False, timeout=120)
    lines = done.stdout.decode("utf-8").splitlines()
    failed = subprocess.CalledProcessError(done.returncode, args, done.stdout, done.stderr)
    return EntrypointOutput(messages=lines, uncaught_exception=failed if done.returncode else None)


class Executable:
    """All that airbyte-cdk asks of a connector before it runs it."""

    def spec(self, logger: object) -> None:
        raise AssertionError("the connector is a process, not an object")


class TestAirbyteCdk(SourceTestSuiteBase):
    """Airbyte's tests; see the base classes for what they assert."""

    # Nothing of ours is in Airbyte's registry, so there is no published version to be compatible with.
    test_docker_image_spec_backward_compatibility = None

    @classmethod
    def get_connector_root_dir(cls) -> Path:
        return FOLDER

    @classmethod
    def create_connector(cls, scenario: object) -> Any:
        return Executable()

    @pytest.fixture(autouse=True)
    def _start_the_executable(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
        monkeypatch.setattr(entrypoint_wrapper, "_run_command", run_executable)
        yield

    @pytest.fixture
    def connector_image_override(self) -> str:
        return "source-confluence/source-confluence:dev"

    @pytest.fixture
    def read_from_streams(self) -> str:
        return "all"

    @pytest.fixture
    def read_scenarios(self) -> str:
        return "all"
