"""Exports written for a test: a dict of names and values as a folder or a zip."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any


def packed(path: Path, files: dict[str, Any]) -> Path:
    """As a zip where the name says so, else as a folder. What is no bytes is written as JSON."""
    as_bytes = {
        name: value if isinstance(value, bytes) else json.dumps(value).encode()
        for name, value in files.items()
    }
    if path.suffix == ".zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in as_bytes.items():
                archive.writestr(name, data)
        return path
    for name, data in as_bytes.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_bytes(data)
    return path
