"""PyAirbyte takes settings from the environment as it is imported: offline, and nothing written outside a folder."""

from __future__ import annotations

import os
import tempfile

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
