"""A form with one file (RFC 7578), read as it comes."""

from __future__ import annotations

from collections import deque
from typing import Any, Final
from urllib.parse import unquote_to_bytes

from multipart import (
    MultipartError,
    MultipartSegment,
    ParserLimitReached,
    PushMultipartParser,
    parse_options_header,
)
from starlette.requests import Request

from chatd.contract.errors import Refusal
from chatd.contract.field_errors import quote
from chatd.gateway.http.files.answers import Problem
from chatd.gateway.http.files.body import Body, Part, body_length

FORM: Final = "multipart/form-data"
FIELD: Final = "file"
LINE_BYTES: Final = 64 * 1024  # of a header of a part: long names are cut, and not refused
LINES: Final = 8
AROUND: Final = 512 * 1024  # bytes that may stand before and behind the file
ONE_FILE: Final = Refusal("invalid", f"a form has one field, {FIELD}, and it holds one file")
BAD_HEADER: Final = Refusal("invalid", "the form's header cannot be read")
BROKEN_OFF: Final = Refusal("invalid", "the form ends, or goes on, where its boundary does not say so")
NO_BOUNDARY: Final = Refusal("invalid", "the form has no boundary; its content type has to say one")


class Form:
    """A body that is a form. Its methods raise Problem and BodyCutOff."""

    def __init__(self, request: Request) -> None:
        _, options = parse_options_header(request.headers["content-type"])
        boundary = options.get("boundary")
        if not boundary:
            raise Problem(NO_BOUNDARY)
        self._boundary = boundary.encode()
        self._length = body_length(request)
        self._body = Body(request)
        self._within = False  # whether the file has begun, and not ended
        self._begun = False  # whether its header has been read
        self._around = 0  # bytes before or behind it
        self._events: deque[Any] = deque()
        # Not strict: there it refuses a line end after the form that comes in a piece of its own (1.3.1).
        self._parser = PushMultipartParser(
            self._boundary, max_header_size=LINE_BYTES, max_header_count=LINES, max_segment_count=1
        )

    async def part(self) -> Part:
        segment = await self._next()
        if not isinstance(segment, MultipartSegment):
            raise Problem(ONE_FILE)
        self._within = self._begun = True
        if segment.name != FIELD:
            raise Problem(
                Refusal("invalid", f"unknown field {quote(segment.name or '')}; there is one, {FIELD}")
            )
        if self._length is None:
            return Part(_name(segment), None)
        headers = sum(len(name.encode()) + len(value.encode()) + 4 for name, value in segment.headerlist)
        around = headers + 2 * len(self._boundary) + len("--\r\n\r\n\r\n----\r\n")
        return Part(_name(segment), max(self._length - around, 0))

    async def read(self) -> bytes:
        """Bytes of the file; none at its end."""
        event = await self._next()
        if event is None:
            self._within = False
            if await self._next() is not None:
                raise Problem(ONE_FILE)
        return bytes(event or b"")

    async def _next(self) -> Any:
        """The next event of the parser; None at the end of the part, and of the body."""
        try:
            while not self._events:
                data = await self._body.read()
                if not data:
                    self._parser.close()
                    return None
                self._events.extend(self._parser.parse(data))
                if not (self._events or self._within):
                    self._around += len(data)
                    if self._around > AROUND:
                        raise Problem(ONE_FILE)
        except (MultipartError, UnicodeError) as error:
            raise Problem(self._why(error)) from error
        return self._events.popleft()

    def _why(self, error: Exception) -> Refusal:
        """In words of ours: those of the parser are about its own insides."""
        if not (self._begun or any(isinstance(event, MultipartSegment) for event in self._events)):
            return BAD_HEADER
        return ONE_FILE if isinstance(error, ParserLimitReached) else BROKEN_OFF


def _name(segment: MultipartSegment) -> str:
    """Also one that is said as `filename*` alone, encoded (RFC 8187)."""
    if segment.filename is not None:
        return str(segment.filename)
    _, options = parse_options_header(segment.header("content-disposition", ""))
    charset, _, rest = options.get("filename*", "").partition("'")
    try:
        return unquote_to_bytes(rest.partition("'")[2]).decode(charset or "utf-8")
    except (LookupError, UnicodeError):
        raise Problem(BAD_HEADER) from None
