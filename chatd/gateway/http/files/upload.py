"""`POST /files`: an upload in one request, as a form or as it is."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from chatd.contract.errors import Refusal
from chatd.gateway.http.files.answers import Problem, granted, json_answer
from chatd.gateway.http.files.asker import uploader
from chatd.gateway.http.files.body import Bare, BodyCutOff
from chatd.gateway.http.files.counted import counted
from chatd.gateway.http.files.multipart_body import FORM, Form
from chatd.gateway.http.files.names import file_name
from chatd.ports import Caller
from chatd.ports.desk import Desk
from chatd.ports.file_counts import FileCounts
from chatd.ports.uploads import Uploads

HOW: Final = Refusal(
    "invalid", "send a form (multipart/form-data) with the field file, or the bytes themselves with ?name=…"
)

TWO_NAMES: Final = Refusal("invalid", "name: is given twice; a file has one name")


class Upload:
    def __init__(self, desk: Desk, uploads: Uploads, counts: FileCounts) -> None:
        self._desk = desk
        self._uploads = uploads
        self._counts = counts

    async def post(self, request: Request) -> Response:
        try:
            with counted(self._counts):
                caller = await uploader(request, self._desk)
                return await self._receive(caller, _source(request))
        except BodyCutOff:
            return Response(status_code=HTTPStatus.BAD_REQUEST)  # nobody reads it

    async def _receive(self, caller: Caller, source: Form | Bare) -> Response:
        part = await source.part()
        async with self._uploads.receive(caller, file_name(part.name), part.most) as started:
            incoming = granted(started)
            while data := await source.read():
                if (refusal := await incoming.write(data)) is not None:
                    raise Problem(refusal)
            file = granted(await incoming.finish())
        return json_answer(HTTPStatus.CREATED, {"file": file}, {"location": file.url})


def _source(request: Request) -> Form | Bare:
    type_ = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if type_ == FORM:
        return Form(request)
    names = request.query_params.getlist("name")
    if not names:
        raise Problem(HOW, HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
    if len(names) > 1:
        raise Problem(TWO_NAMES)
    return Bare(request, names[0])
