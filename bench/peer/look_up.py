"""What a careful person writes with Starlette: checks a bearer token, looks a message up, answers with JSON.

Served by uvicorn with uvloop and httptools. The database is a copy of chatd's, and so is the statement. Run:
`look_up.py DATABASE TOKEN`.
"""

from __future__ import annotations

import hmac
import json
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from hashlib import sha256

import aiosqlite
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from chatd.store.queries.message import NAMED

DATABASE, TOKEN = sys.argv[1:]
KEY = sha256(TOKEN.encode()).digest()


@asynccontextmanager
async def opened(app: Starlette) -> AsyncIterator[None]:
    async with aiosqlite.connect(f"file:{DATABASE}?mode=ro", uri=True) as database:
        app.state.database = database
        yield


async def message(request: Request) -> JSONResponse:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme != "Bearer" or not hmac.compare_digest(sha256(token.encode()).digest(), KEY):
        return JSONResponse({"detail": "who are you?"}, 401)
    path = request.path_params
    async with request.app.state.database.execute(NAMED, (path["room"], f"[{path['seq']}]")) as rows:
        (found,) = await rows.fetchone()
    messages = json.loads(found)
    if not messages:
        return JSONResponse({"detail": "there is no such message"}, 404)
    return JSONResponse({"message": messages[0]}, headers={"cache-control": "no-store"})


def main() -> None:
    listening = socket.create_server(("127.0.0.1", 0), backlog=1024)
    port = listening.getsockname()[1]
    print(f"listening on http://127.0.0.1:{port}", flush=True)
    route = Route("/api/v1/rooms/{room}/messages/{seq:int}", message)
    app = Starlette(routes=[route], lifespan=opened)
    config = uvicorn.Config(app, loop="uvloop", http="httptools", log_level="warning", access_log=False)
    uvicorn.Server(config).run(sockets=[listening])


if __name__ == "__main__":
    main()
