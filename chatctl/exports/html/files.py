"""Links to files beside the pages. What a browser or a web server would carry out is called a text."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final
from urllib.parse import quote

from chatctl.imports.records import File

# What browsers take for HTML or XML, in which scripts run, when it is opened from the disk or comes from a
# web server (by their own lists of names, and by those of Python, Apache and freedesktop.org), and what a web
# server may run itself.
_ACTIVE: Final = re.compile(
    r"""\.(
        [esd]?html | s?htm | xhtml? | xht | mht(ml)? | hta | htc
        | svgz? | xml | xslt? | xsd | rng | xbl | xul | rdf | rss | atom | mml | mathml | wsdl | xpdl
        | php[0-9s]? | phtml | phar | asp | aspx | ashx | asmx | jspx? | cgi | cfm
    )""",
    re.IGNORECASE | re.VERBOSE,
)
_PICTURES: Final = ("image/png", "image/jpeg", "image/gif", "image/webp", "image/avif")


def link_to(path: str) -> str:
    """From a page in a folder of its own to a file of the export."""
    return "../" + quote(_harmless(path))


def is_picture(file: File) -> bool:
    return file.type in _PICTURES


def make_harmless(folder: Path) -> None:
    for file in folder.iterdir():
        if (name := _harmless(file.name)) != file.name:
            file.rename(file.with_name(name))


def _harmless(name: str) -> str:
    return f"{name}.txt" if _ACTIVE.fullmatch(name, name.rfind(".")) else name
