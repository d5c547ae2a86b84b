"""Links to files beside the pages. What a browser would carry out is called a text, so that it shows it."""

from __future__ import annotations

from pathlib import Path
from typing import Final
from urllib.parse import quote

from chatctl.imports.records import File

# Opened from the disk, these could run scripts.
_ACTIVE: Final = (
    *(".html", ".htm", ".shtml", ".xhtml", ".xht", ".svg", ".svgz", ".xml", ".xsl", ".xslt", ".mht"),
    *(".mhtml", ".hta"),
)
_PICTURES: Final = ("image/png", "image/jpeg", "image/gif", "image/webp", "image/avif")


def link_to(path: str) -> str:
    """From a page in a folder of its own to a file of the export."""
    return "../" + quote(path + (".txt" if path.lower().endswith(_ACTIVE) else ""))


def is_picture(file: File) -> bool:
    return file.type in _PICTURES


def make_harmless(folder: Path) -> None:
    for file in folder.iterdir():
        if file.name.lower().endswith(_ACTIVE):
            file.rename(file.with_name(file.name + ".txt"))
