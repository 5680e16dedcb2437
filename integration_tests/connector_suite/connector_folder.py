"""Where Airbyte's tests find the connector: a folder of its name, with metadata, scenarios and secrets."""

from __future__ import annotations

import tempfile
from pathlib import Path

_temporary = tempfile.TemporaryDirectory(prefix="source-confluence-suite-")

FOLDER = Path(_temporary.name) / "source-confluence"
