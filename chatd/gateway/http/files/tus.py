"""Uploads in several requests by the protocol tus 1.0, with its extensions creation, creation-with-upload,
termination, checksum and expiration (https://tus.io/protocols/resumable-upload).

The last answer says in `Chatd-File` which file has become of the upload; so does HEAD afterwards.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Mapping
from email.utils import formatdate
from http import HTTPStatus
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from chatd.contract.errors import Refusal
from chatd.gateway.http.files.answers import Problem, granted
from chatd.gateway.http.files.asker import uploader
from chatd.gateway.http.files.body import Body, BodyCutOff, body_length, number
from chatd.gateway.http.files.counted import counted
from chatd.gateway.http.files.names import file_name
from chatd.ports import Caller
from chatd.ports.desk import Desk
from chatd.ports.file_counts import FileCounts
from chatd.ports.uploads import PartialUpload, PartialUploads

PATH: Final = "/files/tus"
VERSION: Final = "1.0.0"
RESUMABLE: Final = {"tus-resumable": VERSION}
EXTENSIONS: Final = "creation,creation-with-upload,termination,checksum,expiration"
ALGORITHMS: Final[Mapping[str, Any]] = {"sha256": hashlib.sha256, "sha1": hashlib.sha1, "md5": hashlib.md5}
OCTETS: Final = "application/offset+octet-stream"
LONGEST_METADATA: Final = 4 * 1024  # bytes
CHECKSUM_MISMATCH: Final = 460  # of tus
OTHER_VERSION: Final = Refusal("invalid", f"this server speaks tus {VERSION}; send Tus-Resumable: {VERSION}")
NO_LENGTH: Final = Refusal("invalid", "Upload-Length: is missing; its later announcement is not supported")
NO_OFFSET: Final = Refusal("invalid", "Upload-Offset: is missing")
WRONG_TYPE: Final = Refusal("invalid", f"the bytes of an upload are sent as {OCTETS}")
BAD_METADATA: Final = Refusal("invalid", "Upload-Metadata: must be pairs of a key and a value in Base64")
BAD_CHECKSUM: Final = Refusal(
    "invalid", f"Upload-Checksum: must be one of {', '.join(ALGORITHMS)} and Base64"
)
DAMAGED: Final = Refusal("invalid", "the bytes do not have the checksum that was sent; send them again")
COMPLETE: Final = Refusal("conflict", "the upload is complete and takes no more bytes")
UNSUPPORTED: Final = {  # headers of extensions: without what they ask for, an upload would be another one
    "upload-concat": Refusal("invalid", "Upload-Concat: is not supported; send the file as one upload"),
    "upload-defer-length": Refusal(
        "invalid", "Upload-Defer-Length: is not supported; say how long it is in Upload-Length"
    ),
}
SUPERSEDED: Final = Refusal("conflict", "another request goes on with this upload")


class Tus:
    def __init__(self, desk: Desk, partials: PartialUploads, counts: FileCounts, largest: int) -> None:
        self._desk = desk
        self._partials = partials
        self._counts = counts
        self._largest = largest

    async def options(self, request: Request) -> Response:
        return _empty(
            HTTPStatus.NO_CONTENT,
            {
                "tus-version": VERSION,
                "tus-extension": EXTENSIONS,
                "tus-max-size": str(self._largest),
                "tus-checksum-algorithm": ",".join(ALGORITHMS),
            },
        )

    async def create(self, request: Request) -> Response:
        with counted(self._counts):
            caller = await self._asker(request)
            upload = granted(await self._partials.create(caller, *_announced(request)))
        if request.headers.get("content-type") == OCTETS or not upload.length:
            upload = await self._more(request, caller, upload)
        return _empty(HTTPStatus.CREATED, {"location": f"{PATH}/{upload.id}", **_state(upload)})

    async def head(self, request: Request) -> Response:
        caller = await self._asker(request)
        upload = await self._found(caller, request)
        return _empty(HTTPStatus.OK, {"upload-length": str(upload.length), **_state(upload)})

    async def patch(self, request: Request) -> Response:
        caller = await self._asker(request)
        if request.headers.get("content-type") != OCTETS:
            raise Problem(WRONG_TYPE, HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
        offset = number(request, "upload-offset")
        if offset is None:
            raise Problem(NO_OFFSET)
        upload = await self._found(caller, request)
        if upload.offset != offset:
            why = f"the upload stands at {upload.offset} bytes, not at {offset}"
            raise Problem(Refusal("conflict", why))
        if upload.file is None:
            upload = await self._more(request, caller, upload)
        elif await _brings_bytes(request):
            raise Problem(COMPLETE)
        return _empty(HTTPStatus.NO_CONTENT, _state(upload))

    async def end(self, request: Request) -> Response:
        caller = await self._asker(request)
        refusal = await self._partials.drop(caller, request.path_params["upload"])
        if refusal is not None:
            raise Problem(refusal)
        return _empty(HTTPStatus.NO_CONTENT, {})

    async def post(self, request: Request) -> Response:
        """PATCH or DELETE of who can only send POST."""
        match request.headers.get("x-http-method-override", "").upper():
            case "PATCH":
                return await self.patch(request)
            case "DELETE":
                return await self.end(request)
        why = "an upload is continued with PATCH and ended with DELETE"
        raise Problem(Refusal("invalid", why), HTTPStatus.METHOD_NOT_ALLOWED)

    async def _asker(self, request: Request) -> Caller:
        if request.headers.get("tus-resumable") != VERSION:
            raise Problem(OTHER_VERSION, HTTPStatus.PRECONDITION_FAILED)
        return await uploader(request, self._desk)

    async def _found(self, caller: Caller, request: Request) -> PartialUpload:
        found = await self._partials.find(caller, request.path_params["upload"])
        if found is None:
            raise Problem(SUPERSEDED, HTTPStatus.LOCKED)
        return granted(found)

    async def _more(self, request: Request, caller: Caller, upload: PartialUpload) -> PartialUpload:
        """Takes the body. What has come counts also when it is cut off."""
        with counted(self._counts):
            return await self._take(request, caller, upload)

    async def _take(self, request: Request, caller: Caller, upload: PartialUpload) -> PartialUpload:
        checksum = _checksum(request)
        coming = body_length(request) or 0
        if upload.offset + coming > upload.length:
            why = f"{coming} bytes from {upload.offset} on are more than the {upload.length} announced"
            raise Problem(Refusal("too_large", why))
        body = Body(request)
        begun = self._partials.carry_on(caller, upload.id, upload.offset, whole=checksum is not None)
        async with begun as started:
            continued = granted(started)
            try:
                while data := await body.read():
                    if (refusal := await continued.write(data)) is not None:
                        raise Problem(refusal)
                    if checksum is not None:
                        checksum[0].update(data)
            except BodyCutOff:
                return upload  # nobody reads the answer
            if checksum is not None and checksum[0].digest() != checksum[1]:
                raise Problem(DAMAGED, CHECKSUM_MISMATCH)
            return granted(await continued.save())
        raise Problem(SUPERSEDED, HTTPStatus.LOCKED)


def _announced(request: Request) -> tuple[str, int]:
    """Name and length of a new upload. Raises Problem."""
    for header, refusal in UNSUPPORTED.items():
        if header in request.headers:
            raise Problem(refusal)
    length = number(request, "upload-length")
    if length is None:
        raise Problem(NO_LENGTH)
    return file_name(_metadata(request).get("filename", "")), length


async def _brings_bytes(request: Request) -> bool:
    try:
        return bool(await Body(request).read())
    except BodyCutOff:
        return False


def _state(upload: PartialUpload) -> dict[str, str]:
    said = {
        "upload-offset": str(upload.offset),
        "upload-expires": formatdate(upload.expires / 1000, usegmt=True),
    }
    return said if upload.file is None else {**said, "chatd-file": upload.file}


def _empty(status: int, headers: Mapping[str, str]) -> Response:
    return Response(None, status, {"cache-control": "no-store", **RESUMABLE, **headers})


def _metadata(request: Request) -> dict[str, str]:
    said = request.headers.get("upload-metadata", "")
    if len(said) > LONGEST_METADATA:
        raise Problem(BAD_METADATA)
    try:
        pairs = (pair.split() for pair in said.split(",") if pair.strip())
        return {
            pair[0]: base64.b64decode(pair[1], validate=True).decode() for pair in pairs if len(pair) == 2
        }
    except (binascii.Error, UnicodeDecodeError):
        raise Problem(BAD_METADATA) from None


def _checksum(request: Request) -> tuple[Any, bytes] | None:
    """A running digest, and what it has to be in the end."""
    said = request.headers.get("upload-checksum")
    if said is None:
        return None
    algorithm, _, digest = said.partition(" ")
    try:
        wanted = base64.b64decode(digest, validate=True)
    except binascii.Error:
        raise Problem(BAD_CHECKSUM) from None
    if algorithm not in ALGORITHMS:
        raise Problem(BAD_CHECKSUM)
    return ALGORITHMS[algorithm](usedforsecurity=False), wanted
