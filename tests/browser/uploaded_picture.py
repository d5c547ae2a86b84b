"""A picture that is drawn and uploaded, for messages to show."""

from __future__ import annotations

import io

import httpx2 as httpx
from PIL import Image

from .driving import Server


def uploaded_picture(server: Server, token: str, width: int, height: int) -> str:
    """The id of its file."""
    drawn = io.BytesIO()
    Image.linear_gradient("L").resize((width, height)).convert("RGB").save(drawn, "JPEG")
    answer = httpx.post(
        f"http://127.0.0.1:{server.port}/files",
        headers={"Authorization": f"Bearer {token}"},
        files={"file": (f"{width}.jpg", drawn.getvalue())},
        timeout=60,
    )
    file: str = answer.json()["file"]["id"]
    return file
