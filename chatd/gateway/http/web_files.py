"""The files of the browser client as its build left them: what each is called, and how it may be kept.

Called in threads, by `web_client`. Nothing of a file is kept in memory but its name and its entity tag, and
only names that were found in the folder are served.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Final

import attrs

from chatd.gateway.http.server.public_document import FOREVER, REVALIDATED

PAGE: Final = "index.html"
HASHED: Final = "assets"  # the folder whose files are named after their content
SCRIPT: Final = "text/javascript; charset=utf-8"
MEDIA_TYPES: Final[Mapping[str, str]] = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/vnd.microsoft.icon",
    ".js": SCRIPT,
    ".mp3": "audio/mpeg",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".wasm": "application/wasm",
    ".webmanifest": "application/manifest+json",
    ".webp": "image/webp",
}
CODINGS: Final = {"br": ".br", "gzip": ".gz"}  # the better first, with what the build calls it
_NAME: Final = re.compile(r"[\w-][\w.-]*", re.ASCII)


@attrs.frozen
class Variant:
    """A file as it is on the disk; `coding` as in `Content-Encoding`, empty for the file itself."""

    file: Path
    etag: str
    coding: str


@attrs.frozen
class WebFile:
    """`variants`: the plain one is the last."""

    media_type: str
    cache: str
    variants: tuple[Variant, ...]

    def for_(self, accepts: str) -> Variant:
        """What suits a client best that sends this as `Accept-Encoding`."""
        weights = _weights(accepts)
        offered = [one for one in self.variants if one.coding and _weight(weights, one.coding) > 0]
        return max(offered, key=lambda one: _weight(weights, one.coding), default=self.variants[-1])


class WebFiles:
    """The files of a build in `folder`. A build that takes the place of another one while the server runs is
    noticed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._found: tuple[tuple[int, int], Mapping[str, WebFile]] = ((0, 0), {})

    def find(self, name: str) -> WebFile | None:
        """The file of this name, such as `assets/index-B1a2.js`, if there is one."""
        found = self._files().get(name)
        return found if found is not None and found.variants[-1].file.exists() else None

    def _files(self) -> Mapping[str, WebFile]:
        try:
            about = (self._folder / PAGE).stat()
        except OSError:
            return {}
        stamp = (about.st_mtime_ns, about.st_ino)
        if self._found[0] != stamp:
            self._found = (stamp, dict(_listed(self._folder)))
        return self._found[1]


def _listed(folder: Path) -> Iterator[tuple[str, WebFile]]:
    for file in folder.rglob("*"):
        parts = file.relative_to(folder).parts
        media_type = MEDIA_TYPES.get(file.suffix)
        if media_type is None or not all(map(_NAME.fullmatch, parts)) or not file.is_file():
            continue
        hashed = parts[0] == HASHED
        tag = file.stem if hashed else sha256(file.read_bytes()).hexdigest()[:32]
        packed = ((file.with_name(file.name + ending), coding) for coding, ending in CODINGS.items())
        variants = [Variant(one, f'"{tag}.{coding}"', coding) for one, coding in packed if one.is_file()]
        plain = Variant(file, f'"{tag}"', "")
        cache = FOREVER if hashed else REVALIDATED
        yield "/".join(parts), WebFile(media_type, cache, (*variants, plain))


def _weights(accepts: str) -> dict[str, float]:
    """Of each coding (RFC 9110, section 12.5.3); what cannot be read weighs nothing."""
    found = {}
    for one in accepts.lower().split(","):
        coding, _, parameter = one.partition(";")
        key, _, value = parameter.strip().partition("=")
        try:
            found[coding.strip()] = float(value) if key.strip() == "q" else 1.0
        except ValueError:
            found[coding.strip()] = 0.0
    return found


def _weight(weights: Mapping[str, float], coding: str) -> float:
    return weights.get(coding, weights.get("*", 0.0))
