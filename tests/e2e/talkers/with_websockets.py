"""The `websockets` package, in JSON. What it must do stands in the package's first lines."""

from __future__ import annotations

import base64
import json
import sys
import time
from pathlib import Path
from typing import Any

import strict
from websockets.exceptions import WebSocketException
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

OUTSTANDING = 8


class Talker:
    def __init__(self, task: dict[str, Any]) -> None:
        self.task = task
        self.unsent = list(range(len(task["texts"])))[::-1]
        self.unanswered: list[int] = []
        self.messages: list[tuple[int, str, str]] = []
        self.cursor: dict[str, Any] = task["cursor"]
        self.conversation = strict.Conversation()

    def done(self) -> bool:
        return not self.unsent and not self.unanswered and len(self.messages) >= self.task["total"]

    def run(self) -> None:
        while not self.done():
            try:
                with connect(
                    self.task["url"],
                    subprotocols=[Subprotocol("chatd.v1.json")],
                    compression=None,
                    proxy=None,
                    max_size=None,
                ) as connection:
                    self.talk(connection)
            except (WebSocketException, OSError, EOFError):
                time.sleep(0.05)

    def talk(self, connection: ClientConnection) -> None:
        self.conversation = strict.Conversation()
        opening = {"token": self.task["token"], "cursor": self.cursor}
        self.send(connection, {"id": "open", "command": "session.open", "data": opening})
        for index in self.unanswered:
            self.post(connection, index)
        while not self.done():
            while self.unsent and len(self.unanswered) < OUTSTANDING:
                self.unanswered.append(self.unsent.pop())
                self.post(connection, self.unanswered[-1])
            for line in str(connection.recv()).split("\n"):
                self.take(json.loads(line))

    def post(self, connection: ClientConnection, index: int) -> None:
        data = {
            "room": self.task["room"],
            "text": self.task["texts"][index],
            "nonce": f"{self.task['name']}-{index}",
        }
        self.send(connection, {"id": index, "command": "message.post", "data": data})

    def send(self, connection: ClientConnection, frame: dict[str, Any]) -> None:
        self.conversation.sent([frame])
        connection.send(json.dumps(frame, ensure_ascii=False))

    def take(self, frame: dict[str, Any]) -> None:
        self.conversation.received([frame])
        if "event" in frame:
            self.cursor = {**self.cursor, "position": frame["position"]}
            if frame["event"] == "message.posted":
                self.messages.append((frame["seq"], frame["by"], frame["data"]["text"]))
        elif "error" in frame:
            raise SystemExit(f"refused: {frame}")
        elif frame.get("id") == "open":
            if not frame["result"]["resumed"]:
                raise SystemExit("the session did not resume")
        elif "id" in frame:
            self.unanswered.remove(frame["id"])


def main() -> None:
    task = json.loads(Path(sys.argv[1]).read_text())
    talker = Talker(task)
    talker.run()
    lines = [[seq, by, base64.b64encode(text.encode()).decode()] for seq, by, text in talker.messages]
    Path(task["out"]).write_text("".join(json.dumps(line, separators=(",", ":")) + "\n" for line in lines))


if __name__ == "__main__":
    main()
