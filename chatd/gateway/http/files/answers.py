"""Answers to requests about files: JSON, or a problem (RFC 9457)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import Any, Final, TypeVar

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from chatd.contract.errors import Refusal
from chatd.contract.http import STATUS
from chatd.gateway.http.server.problem import MEDIA_TYPE, problem, seconds_to_wait
from chatd.log import log
from chatd.ports import BlobMissing, BlobsFull, BlobsUnavailable, StoreUnavailable

NO_STORE: Final = {"cache-control": "private, no-store"}
FULL: Final = Refusal("unavailable", "the server has no space for this; whoever runs it has to make some")
UNAVAILABLE: Final = Refusal("unavailable", "files cannot be stored or read now; try again in a moment")
LOST: Final = Refusal(
    "unavailable", "the bytes of this file are missing; whoever runs the server can say why"
)
_KNOWN: Final = frozenset(HTTPStatus)
T = TypeVar("T")
Endpoint = Callable[[Request], Awaitable[Any]]


class Problem(Exception):
    """A request that is refused. `status`: where it is not the one of the refusal's code."""

    def __init__(self, refusal: Refusal, status: int = 0) -> None:
        super().__init__(refusal.message)
        self.refusal = refusal
        self.status = status


def granted(answer: T | Refusal) -> T:
    """The answer, unless it is a refusal. Raises Problem."""
    if isinstance(answer, Refusal):
        raise Problem(answer)
    return answer


def answering(endpoint: Endpoint, headers: Mapping[str, str] | None = None) -> Endpoint:
    """The endpoint with every refusal and failure of storage made a problem, which carries `headers`."""

    async def answer(request: Request) -> Any:
        try:
            return await endpoint(request)
        except Problem as found:
            return problem_answer(found.refusal, found.status, headers)
        except BlobsFull as error:
            log.error("files_full", error=str(error), mend="make space on the disk of the files")
            return problem_answer(FULL, HTTPStatus.INSUFFICIENT_STORAGE, headers)
        except BlobMissing as error:
            log.error("file_missing", hash=str(error), mend="`chatctl server verify` names what is missing")
            return problem_answer(LOST, 0, headers)
        except BlobsUnavailable as error:
            log.error(
                "files_unavailable", error=str(error), mend="see where the setting `files_store` puts them"
            )
            return problem_answer(UNAVAILABLE, 0, headers)
        except StoreUnavailable:
            return problem_answer(UNAVAILABLE, 0, headers)

    return answer


def problem_answer(refusal: Refusal, status: int, headers: Mapping[str, str] | None) -> Response:
    status = status or STATUS[refusal.code]
    said = {**NO_STORE, **(headers or {})}
    if status == HTTPStatus.UNAUTHORIZED:
        said["www-authenticate"] = "Bearer"
    if wait := seconds_to_wait(refusal, status):
        said["retry-after"] = str(wait)
    known = status if status in _KNOWN else STATUS[refusal.code]  # tus has a status of its own
    body = {**problem(refusal, known), "status": status}
    return Response(msgspec.json.encode(body), status, said, MEDIA_TYPE)


def json_answer(status: int, value: object, headers: Mapping[str, str] | None = None) -> Response:
    said = {**NO_STORE, **(headers or {})}
    return Response(msgspec.json.encode(value), status, said, "application/json")
