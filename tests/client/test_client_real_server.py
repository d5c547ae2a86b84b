"""The library against chatd itself, which is killed and started again underneath it."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import asynccontextmanager

import trio

from chatd.client import Tokens, connect, sign_in

MESSAGES = 200
KILL_AT = (50, 120)  # after so many events were seen
CLEAN = {name: value for name, value in os.environ.items() if not name.startswith("CHATD_")}


@asynccontextmanager
async def serving(data, port=0):
    command = [
        sys.executable,
        "-m",
        "chatd.cli",
        "serve",
        "--data",
        str(data),
        "--port",
        str(port),
        "--no-limits",
    ]
    server = await trio.lowlevel.open_process(
        command, env=CLEAN, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    try:
        said = b""
        while b"listening on " not in said or not said.endswith(b"\n"):
            more = await server.stdout.receive_some()
            assert more, "the server ended"
            said += more
        yield server, int(said.split(b"listening on http://", 1)[1].split(b"\n")[0].rsplit(b":", 1)[1])
    finally:
        server.kill()
        with trio.CancelScope(shield=True, deadline=trio.current_time() + 5):
            await server.wait()
        await server.stdout.aclose()


async def a_town(data):
    """An account with a token and a password, in a room of its own space."""
    async with connect(data / "admin.sock") as operator:
        made = await operator.request("account.create", name="ada", password="correct horse 9!")
        token = (await operator.request("account.token", account=made["account"]["id"]))["token"]
    return made["account"]["id"], token


async def test_posts_are_once_and_events_gapless_over_kills(tmp_path):
    data = tmp_path / "data"
    seen = []
    async with trio.open_nursery() as nursery:
        async with serving(data) as (server, port):
            url = f"http://127.0.0.1:{port}"
            _, token = await a_town(data)
            stop = trio.Event()
            marks = {mark: trio.Event() for mark in KILL_AT}
            rooms = []

            async def write_and_read():
                async with connect(url, token) as client:
                    space = await client.create_space("team")
                    room = await client.create_room(space["id"], "general")
                    rooms.append(room["id"])
                    async with trio.open_nursery() as posting:
                        for lane in range(10):
                            posting.start_soon(post, client, room["id"], lane)
                        await read(client)
                    stop.set()

            async def post(client, room, lane):
                for number in range(lane, MESSAGES, 10):
                    await client.post(room, f"message {number}")

            async def read(client):
                async for event in client.events():
                    if event.event == "message.posted":
                        seen.append(event)
                        if len(seen) in marks:
                            marks[len(seen)].set()
                        if len(seen) == MESSAGES:
                            return

            nursery.start_soon(write_and_read)
            await marks[KILL_AT[0]].wait()
            server.kill()
            await server.wait()
        assert len(seen) < KILL_AT[1]  # the kill came while messages were under way
        async with serving(data, port) as (server, _):
            await marks[KILL_AT[1]].wait()
            server.kill()
            await server.wait()
        async with serving(data, port):
            await stop.wait()
            async with connect(url, token, format="json") as client:
                history = (await client.history(rooms[0], limit=500)).messages
    assert sorted(event.data["text"] for event in seen) == sorted(f"message {n}" for n in range(MESSAGES))
    assert [event.seq for event in seen] == list(range(seen[0].seq, seen[0].seq + MESSAGES))
    assert [(m["seq"], m["text"]) for m in history] == [(e.seq, e.data["text"]) for e in seen]


async def test_signing_in_refreshing_and_signing_out(tmp_path):
    async with serving(tmp_path / "data") as (_, port):
        url = f"http://127.0.0.1:{port}"
        account, _ = await a_town(tmp_path / "data")
        first = await sign_in(url, "ada", "correct horse 9!", device="test")
        assert first.account == account
        told = []
        stale = Tokens("not a token", first.refresh_token, expires_in=900)
        async with connect(url, stale, on_refresh=told.append) as client:
            assert client.account == account
            assert client.opened["account"]
        async with connect(url, told[0]) as client:
            assert client.account == account
