"""The body of a request, as it comes."""

from __future__ import annotations

from msgspec import Struct
from starlette.requests import Request

from chatd.contract.errors import Refusal
from chatd.gateway.http.files.answers import Problem


class BodyCutOff(Exception):
    """The client went away before all had come."""


class Part(Struct, frozen=True):
    """A file before its bytes. `most`: how many they can be, None if nobody knows."""

    name: str
    most: int | None


class Body:
    def __init__(self, request: Request) -> None:
        self._receive = request.receive
        self._ended = False

    async def read(self) -> bytes:
        """What comes next; nothing at the end. Raises BodyCutOff."""
        while not self._ended:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                raise BodyCutOff
            self._ended = not message.get("more_body", False)
            if data := message.get("body", b""):
                return bytes(data)
        return b""


class Bare:
    """A body that is the file."""

    def __init__(self, request: Request, name: str) -> None:
        self._part = Part(name, body_length(request))
        self.read = Body(request).read

    async def part(self) -> Part:
        return self._part


def body_length(request: Request) -> int | None:
    """What the head says; None if it does not. Raises Problem."""
    return number(request, "content-length")


def number(request: Request, header: str) -> int | None:
    """Raises Problem."""
    said = request.headers.get(header)
    if said is None:
        return None
    if not (said.isascii() and said.isdigit() and len(said) <= 18):
        raise Problem(Refusal("invalid", f"{header}: must be a whole number"))
    return int(said)
