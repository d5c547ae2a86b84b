"""The rival: a socket.io server from npm, installed once into a cache folder, run with Node beside chatd."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.community import AT_ONCE, shake_hands
from bench.machine import CACHE
from bench.process import Server, running
from bench.receiver import Crowd, Receiver
from bench.speech import SocketIoSpeech
from bench.websocket import Dialogue

SOURCES = Path(__file__).parent / "rival"


class NoRival(Exception):
    """There is no socket.io server to be had; the message says why."""


def installed() -> Path:
    """The folder with the server and its packages; `npm ci` runs when they are not there yet."""
    if not shutil.which("node") or not shutil.which("npm"):
        raise NoRival("Node.js with npm is not installed")
    pinned = hashlib.sha256((SOURCES / "package-lock.json").read_bytes()).hexdigest()[:16]
    folder = CACHE / pinned
    folder.mkdir(parents=True, exist_ok=True)
    for source in SOURCES.iterdir():
        if source.is_file():
            shutil.copy(source, folder / source.name)
    if not (folder / "node_modules" / ".package-lock.json").exists():
        done = subprocess.run(
            ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
            cwd=folder,
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise NoRival(f"npm ci failed: {done.stderr.strip()[-300:]}")
    return folder


@contextmanager
def rival_running(folder: Path, core: int, log: Path) -> Iterator[Server]:
    command = ["node", str(folder / "server.mjs")]
    with running(command, core, log, {"NODE_ENV": "production"}) as server:
        yield server


def connect_crowd(server: Server, receiver: Receiver, count: int, rooms: int = 1) -> Crowd:
    """`count` connections, the i-th in room i modulo `rooms`."""
    crowd = Crowd(SocketIoSpeech(), room_name(0))
    for start in range(0, count, AT_ONCE):
        group = shake_hands(server, min(AT_ONCE, count - start), SocketIoSpeech.path, SocketIoSpeech.headers)
        for i, dialogue in enumerate(group):
            _open(dialogue, room_name((start + i) % rooms))
            receiver.adopt(crowd, dialogue)
        receiver.turn(0)
    return crowd


def room_name(index: int) -> str:
    """As long as the names of chatd's streams, so that both servers' frames are alike."""
    return f"room/{index:026}"


def _open(dialogue: Dialogue, room: str) -> None:
    _expect(dialogue, b"0{")
    dialogue.send(b"40")
    _expect(dialogue, b"40{")
    dialogue.send(f'420["join","{room}"]'.encode())
    _expect(dialogue, b"430[true]")


def _expect(dialogue: Dialogue, start: bytes) -> None:
    message = dialogue.receive()
    if not message.startswith(start):
        raise NoRival(f"socket.io said {message[:100]!r} where {start!r} was due")
