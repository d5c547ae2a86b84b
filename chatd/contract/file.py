"""Files: what is known of an upload, and who may have it. Bytes come and go over HTTP."""

from __future__ import annotations

from typing import Annotated, Final

from msgspec import Meta, Struct

from chatd.contract.fields import DEFAULT_PAGE, Id, Limit, Time
from chatd.contract.http import Http
from chatd.contract.quota import Used
from chatd.contract.spec import RequestType, command, query

MAX_NAME: Final = 255  # characters of a file's name
MAX_TYPE: Final = 127  # characters of a media type
MAX_ATTACHMENTS: Final = 10  # files of a message

MAX_LINK_SECONDS: Final = 7 * 86400
LINK_SECONDS: Final = 3600

Attachments = Annotated[list[Id], Meta(max_length=MAX_ATTACHMENTS)]
LinkSeconds = Annotated[int, Meta(ge=1, le=MAX_LINK_SECONDS)]


class GetFile(Struct, frozen=True):
    file: Id


class ListFiles(Struct, frozen=True):
    after: Id | None = None
    limit: Limit = DEFAULT_PAGE


class DeleteFile(Struct, frozen=True):
    file: Id


class SignFile(Struct, frozen=True):
    file: Id
    expires_in: LinkSeconds = LINK_SECONDS


class GetFileUsage(Struct, frozen=True):
    pass


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


class FileResult(Struct, frozen=True, kw_only=True):
    file: FileInfo


class OwnFile(FileInfo, frozen=True, kw_only=True):
    """`at` is when it was uploaded; `held`: a message, or a picture of an account, a space or an emoji, has
    it."""

    at: Time
    held: bool


class FilePage(Struct, frozen=True, kw_only=True):
    """The newest first."""

    files: list[OwnFile]
    next: Id | None


class FileLink(Struct, frozen=True, kw_only=True):
    """`url` is a path on this server, which takes no token."""

    url: str
    expires_at: Time


class FileUsage(Struct, frozen=True, kw_only=True):
    """`bytes` are of all files that are not deleted, `uploads` of this day, which ends at `day_ends_at`; both
    with those of the account's bots. `largest` is the size that a file may have, in bytes."""

    bytes: Used
    uploads: Used
    largest: int
    day_ends_at: Time


REQUESTS: tuple[RequestType, ...] = (
    query(
        "file.get",
        GetFile,
        FileResult,
        doc="What is known of a file.",
        http=Http("GET", "/files/{file}"),
        scope="read",
        refusals=("not_found",),
        notes=(
            "For whoever uploaded it, may read a message that has it, sees the account whose avatar it is,"
            " or is a member of the space whose icon or emoji it is; asked anew each time.",
        ),
    ),
    query(
        "file.list",
        ListFiles,
        FilePage,
        doc="The caller's uploads.",
        http=Http("GET", "/files"),
        scope="read",
        notes=(
            "What nothing holds is deleted when the time of the setting `keep_unheld_files` after its upload"
            " has passed (a day, unless told otherwise).",
        ),
    ),
    command(
        "file.delete",
        DeleteFile,
        doc="Deletes a file, for good.",
        http=Http("DELETE", "/files/{file}"),
        scope="post",
        refusals=("not_found", "conflict"),
        events=("file.deleted",),
        notes=(
            "For whoever uploaded it, and for operators. Messages that have it stay, and show that it was"
            " there; its name and its bytes are erased, unless another file has the same bytes. While a legal"
            " hold stands on a room that has it, it is a `conflict`.",
        ),
    ),
    query(
        "file.sign",
        SignFile,
        FileLink,
        doc="A link to a file for programs without a token.",
        http=Http("GET", "/files/{file}/link"),
        scope="read",
        refusals=("not_found",),
        notes=(
            "`expires_in` is in seconds. The link is good until then, as long as the caller may read the"
            " file itself and its account is not disabled. Whoever has the link can read the file.",
        ),
    ),
    query(
        "file.usage",
        GetFileUsage,
        FileUsage,
        doc="How much the caller has uploaded, and how much it may.",
        http=Http("GET", "/file_usage"),
        scope="read",
    ),
)
