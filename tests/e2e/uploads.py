"""Uploads, for tests that are about what becomes of files."""

from __future__ import annotations

from pathlib import Path

from .talking import Client, Frame

UPLOADING = (str(Path(__file__).with_name("uploading.py")),)  # the program of a server that takes them


def upload(client: Client, content: str = "bytes", name: str = "note.txt", type: str = "text/plain") -> Frame:
    """The file that it has become."""
    file: Frame = client.ask("file.get", file=f"up {type} {name} {content}")["file"]
    return file


def picture(client: Client, content: str = "pixels", name: str = "cat.png") -> Frame:
    return upload(client, content, name, "image/png")
