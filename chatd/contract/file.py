"""Files: what is known of an upload. Bytes come and go over HTTP."""

from __future__ import annotations

from typing import Annotated, Final

from msgspec import Meta, Struct

from chatd.contract.fields import Id

MAX_NAME: Final = 255  # characters of a file's name
MAX_TYPE: Final = 127  # characters of a media type
MAX_ATTACHMENTS: Final = 10  # files of a message

Hash = Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]  # SHA-256 of the bytes, lower-case hexadecimal


class FileInfo(Struct, frozen=True, kw_only=True):
    """A file as clients show it.

    `url` is a path on this server, which takes the caller's token. `type` is the media type (RFC 6838) that
    the bytes have, not the one that the uploader claimed; `size` counts bytes. `width` and `height` are
    pixels of a picture as it is shown, null of anything else. `preview` is the path of a smaller picture of
    it, null where there is none.
    """

    id: Id
    name: str
    type: str
    size: int
    url: str
    width: int | None
    height: int | None
    preview: str | None


def file_url(file: str) -> str:
    """The path under which the bytes of a file are read."""
    return f"/files/{file}"


def preview_url(file: str) -> str:
    """The path of the smaller picture of it."""
    return f"/files/{file}/preview"
