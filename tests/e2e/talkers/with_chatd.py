"""chatd's own client library, in MessagePack. What it must do stands in the package's first lines."""

from __future__ import annotations

import base64
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import strict
import trio

from chatd.client import RELOADED, Client, Cursor, connect

OUTSTANDING = 8


async def post(client: Client, task: dict[str, Any], indexes: Iterator[int]) -> None:
    for index in indexes:
        await client.post(task["room"], task["texts"][index], nonce=f"{task['name']}-{index}")


async def listen(client: Client, task: dict[str, Any], messages: list[tuple[int, str, str]]) -> None:
    async for event in client.events():
        if event.event == RELOADED:
            raise SystemExit("the session did not resume")
        if event.event == "message.posted":
            messages.append((event.seq, event.by, event.text or ""))
            if len(messages) >= task["total"]:
                return


async def talk(task: dict[str, Any]) -> list[tuple[int, str, str]]:
    messages: list[tuple[int, str, str]] = []
    cursor = Cursor(**task["cursor"])
    async with connect(task["url"], task["token"], cursor=cursor) as client, trio.open_nursery() as nursery:
        nursery.start_soon(listen, client, task, messages)
        indexes = iter(range(len(task["texts"])))
        for _ in range(OUTSTANDING):
            nursery.start_soon(post, client, task, indexes)
    return messages


def main() -> None:
    task = json.loads(Path(sys.argv[1]).read_text())
    strict.watch_library()
    messages = trio.run(talk, task)
    lines = [[seq, by, base64.b64encode(text.encode()).decode()] for seq, by, text in messages]
    Path(task["out"]).write_text("".join(json.dumps(line, separators=(",", ":")) + "\n" for line in lines))


if __name__ == "__main__":
    main()
