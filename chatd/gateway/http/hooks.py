"""`/hooks/ROOM/TOKEN`: incoming webhooks. Who can only send to an address posts as the bot of its token.

The address is a secret, as the token in it is. It takes what senders of webhooks send: JSON with a `text`,
the same in the field `payload` of a form, or plain text. Other fields are not looked at.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final
from urllib.parse import parse_qsl

from msgspec import to_builtins
from multipart import parse_options_header
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from chatd.contract.errors import Refusal
from chatd.contract.requests import REQUESTS
from chatd.gateway.http.files.answers import Problem, answering, granted, json_answer
from chatd.gateway.http.files.asker import admitted
from chatd.gateway.http.rest.body import fields_in
from chatd.gateway.http.rest.nonce import HEADER as KEY
from chatd.gateway.http.rest.nonce import take_key
from chatd.ports import Desk

PATH: Final = "/hooks/{room}/{token}"
FORM_FIELDS: Final = 128
CHARSETS: Final = ("", "utf-8", "utf8", "us-ascii")  # all of them are UTF-8
POST: Final = REQUESTS["message.post"]
TAKEN: Final = {"ok": True}  # with 200: without one of the two, senders made for Slack report a failure
NO_BOT: Final = Refusal(
    "forbidden", "only the token of a bot may stand in an address: whoever sees it could be that person"
)
NO_FORM: Final = Refusal(
    "invalid", f"a form has its JSON in the field `payload`, in UTF-8, and at most {FORM_FIELDS} fields"
)
NO_TEXT: Final = Refusal("invalid", "the body is text in UTF-8")
NO_TYPE: Final = Refusal(
    "invalid", 'send {"text": "…"} as application/json, the same as `payload` of a form, or text/plain'
)


class Hooks:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def routes(self) -> list[Route]:
        return [Route(PATH, answering(self._post), methods=["POST"])]

    async def _post(self, request: Request) -> Response:
        token, address = request.path_params["token"], request.state.caller.address
        bot = await admitted(token, address, self._desk)
        if bot.owner is None:
            raise Problem(NO_BOT)
        data = {"room": request.path_params["room"], **_said(await request.body(), request)}
        key = request.headers.get(KEY.decode())
        if key is not None and (refusal := take_key(key.encode("latin-1"), data)):
            raise Problem(refusal)
        posted = granted(await self._desk.ask(bot, POST, data))
        return json_answer(HTTPStatus.OK, {**TAKEN, **to_builtins(posted)})


def _said(body: bytes, request: Request) -> dict[str, Any]:
    """The text, as `message.post` takes it; nothing where there is none. Raises Problem."""
    media_type, options = parse_options_header(request.headers.get("content-type", ""))
    match media_type:
        case "application/json":
            return _text_of(body)
        case "application/x-www-form-urlencoded":
            return _text_of(_payload(body))
        case "text/plain" if options.get("charset", "").lower() not in CHARSETS:
            raise Problem(NO_TEXT, 415)
        case "text/plain":
            try:
                return {"text": body.decode()}
            except UnicodeDecodeError:
                raise Problem(NO_TEXT) from None
    raise Problem(NO_TYPE, 415)


def _text_of(json: bytes) -> dict[str, Any]:
    fields = granted(fields_in(json))
    return {"text": fields["text"]} if "text" in fields else {}


def _payload(form: bytes) -> bytes:
    try:
        fields = parse_qsl(form.decode(), errors="strict", max_num_fields=FORM_FIELDS)
        return dict(fields)["payload"].encode()
    except (ValueError, KeyError):
        raise Problem(NO_FORM) from None
