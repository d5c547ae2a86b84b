"""Pages of the origins that the settings name may use the API, and no others."""

from __future__ import annotations

from typing import Any

import pytest
from talking_http import talk

ALLOWED, FOREIGN = "https://app.example", "https://evil.example"
ASKS = {"Access_Control_Request_Method": "POST", "Access_Control_Request_Headers": "authorization"}


async def app(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": [(b"allow", b"GET")]})
    await send({"type": "http.response.body", "body": scope["method"].encode()})


@pytest.mark.parametrize("path", ["/api/v1/spaces", "/files", "/files/x"])
async def test_a_page_that_is_named_may_ask_and_read(path: str) -> None:
    async with talk(app, origins=(ALLOWED,)) as client:
        asked = await client.ask("OPTIONS", path, Origin=ALLOWED, **ASKS)
        assert (asked.status, asked.headers["access-control-allow-origin"]) == (204, ALLOWED)
        assert "PATCH" in asked.headers["access-control-allow-methods"]
        assert "Authorization" in asked.headers["access-control-allow-headers"]
        answer = await client.get(path, Origin=ALLOWED)
        assert (answer.body, answer.headers["access-control-allow-origin"]) == (b"GET", ALLOWED)
        assert "ETag" in answer.headers["access-control-expose-headers"]
        assert answer.headers["vary"] == "Origin"
        assert "access-control-allow-credentials" not in answer.headers


@pytest.mark.parametrize(
    ("origins", "path", "origin"),
    [
        ((ALLOWED,), "/api/v1/spaces", FOREIGN),
        ((ALLOWED,), "/api/v1/spaces", "null"),
        ((ALLOWED,), "/api/v1/spaces", f"{ALLOWED}.evil.example"),
        ((ALLOWED,), "/setup", ALLOWED),
        ((), "/api/v1/spaces", ALLOWED),
    ],
)
async def test_others_are_told_nothing(origins: tuple[str, ...], path: str, origin: str) -> None:
    async with talk(app, origins=origins) as client:
        for answer in (
            await client.ask("OPTIONS", path, Origin=origin, **ASKS),
            await client.get(path, Origin=origin),
        ):
            assert answer.status == 200
            assert not [name for name in answer.headers if name.startswith("access-control")]


async def test_an_ordinary_options_is_the_applications() -> None:
    async with talk(app, origins=(ALLOWED,)) as client:
        answer = await client.ask("OPTIONS", "/files")
        assert (answer.body, answer.headers["allow"]) == (b"OPTIONS", "GET")


async def test_what_caches_keep_depends_on_who_asked() -> None:
    async with talk(app, origins=(ALLOWED,)) as client:
        assert (await client.get("/api/openapi.json")).headers["vary"] == "Origin"
