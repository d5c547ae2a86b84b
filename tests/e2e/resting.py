"""A client of REST: Python's own HTTP client, and addresses written by hand or taken from the table.

What it is answered is checked against the contract, as all that the tests receive.
"""

from __future__ import annotations

import http.client
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

import attrs
import strict

from chatd.contract.http import API
from chatd.contract.requests import REQUESTS

from .serving import Server

Frame = dict[str, Any]

SECONDS = 20.0


@attrs.frozen
class Answer:
    status: int
    headers: Mapping[str, str]  # by lower-case name
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def code(self) -> str:
        """That of a problem."""
        assert self.headers["content-type"] == "application/problem+json", self
        problem = self.json
        assert problem["status"] == self.status
        assert problem["type"] == "about:blank"
        assert problem["title"]
        assert problem["detail"]
        strict.check_error(error_of(problem))
        return str(problem["code"])


def error_of(problem: Mapping[str, Any]) -> Frame:
    """The error that a frame would have."""
    more = {name: value for name, value in problem.items() if name not in PROBLEM}
    error = {"code": problem["code"], "message": problem["detail"]}
    return error | ({"data": more} if more else {})


PROBLEM = ("type", "title", "status", "detail", "code")


class Rest:
    """Keeps one connection, and makes a new one when the server has ended it."""

    def __init__(self, server: Server, token: str | None = None) -> None:
        self.server = server
        self.token = token
        self._connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=SECONDS)

    def __del__(self) -> None:
        self.close()

    def close(self) -> None:
        self._connection.close()

    def send(
        self,
        method: str,
        path: str,
        body: object = None,
        headers: Mapping[str, str] | None = None,
        **query: object,
    ) -> Answer:
        """`path`: under `/api/v1`; `body`: JSON, or bytes as they stand."""
        sent = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
            sent["Content-Type"] = "application/json"
        address = API + path + (f"?{urlencode(query, doseq=True)}" if query else "")
        asked = method, address, body, sent | dict(headers or {})
        kept = self._connection.sock is not None
        try:
            return self._answer(*asked)
        except (http.client.RemoteDisconnected, ConnectionError):
            if not kept:
                raise
            self._connection.close()  # the server has ended it meanwhile, as it may when nothing is asked
            return self._answer(*asked)

    def _answer(self, *asked: Any) -> Answer:
        self._connection.request(*asked)
        response = self._connection.getresponse()
        names = {name.lower(): value for name, value in response.getheaders()}
        return Answer(response.status, names, response.read())

    def get(self, path: str, **query: object) -> Answer:
        return self.send("GET", path, **query)

    def post(self, path: str, **body: object) -> Answer:
        return self.send("POST", path, body)

    def asked(self, name: str, data: Mapping[str, Any]) -> Answer:
        """Asks a request of the table."""
        http_, left = REQUESTS[name].http, dict(data)
        path = "/".join(
            quote(written(left.pop(part[1:-1])), safe="") if part.startswith("{") else part
            for part in http_.path.split("/")
        )
        if http_.has_body:
            answer = self.send(http_.method, path, left)
        else:
            query = {key: listed(value) for key, value in left.items()}
            answer = self.send(http_.method, path, **query)
        if answer.status < 300:
            assert answer.status == http_.status
            strict.check_reply(name, answer.json)
        return answer


def listed(value: object) -> object:
    """A value in a query string; a list is repeated there."""
    return [written(one) for one in value] if isinstance(value, list) else written(value)


def written(value: object) -> str:
    """A value in an address."""
    return json.dumps(value) if isinstance(value, bool) else str(value)
