"""Files over HTTP, as clients use them: curl, tus-js-client, and whoever hangs up."""

from __future__ import annotations

import hashlib
import json
import random
import shutil
import subprocess
import time
from functools import partial
from pathlib import Path
from typing import Any

import httpx2 as httpx
import npm
import pytest
from PIL import Image
from s3_server import BUCKET, KEY, REGION, SECRET, s3_server

from .conftest import Serve
from .serving import Server
from .town import Town

get, post = partial(httpx.get, timeout=60), partial(httpx.post, timeout=60)

NODE = Path(__file__).parents[1] / "files" / "node"
DEADLINE = 60.0
MIB = 1024 * 1024


def origin(server: Server) -> str:
    return f"http://127.0.0.1:{server.port}"


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def upload(server: Server, token: str, content: bytes, name: str = "a.bin") -> Any:
    answer = post(f"{origin(server)}/files", headers=bearer(token), files={"file": (name, content)})
    assert answer.status_code == 201, answer.text
    return answer.json()["file"]


def files_in(server: Server) -> set[str]:
    folder = server.data / "files"
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("large") / "large.bin"
    path.write_bytes(random.Random(1).randbytes(24 * MIB))
    return path


def test_curl_uploads_and_downloads(server: Server, town: Town, large: Path, tmp_path: Path) -> None:
    if shutil.which("curl") is None:
        pytest.skip("curl is missing")
    account = town.account()
    curl = ["curl", "-sS", "--fail-with-body", "-H", f"Authorization: Bearer {account.token}"]
    said = subprocess.run(
        [*curl, "-F", f"file=@{large}", f"{origin(server)}/files"],
        capture_output=True,
        check=True,
        timeout=60,
    )
    file = json.loads(said.stdout)["file"]
    assert (file["name"], file["size"]) == ("large.bin", 24 * MIB)
    for more in ([], ["-r", "0-999"]):
        subprocess.run(
            [*curl, *more, "-o", tmp_path / "got", f"{origin(server)}{file['url']}"], check=True, timeout=60
        )
        wanted = large.read_bytes()[: 1000 if more else None]
        assert (tmp_path / "got").read_bytes() == wanted


def test_tus_js_client_goes_on_after_a_cut_and_after_a_kill(serve: Serve, large: Path) -> None:
    node = npm.environment(NODE)
    server = serve()
    town = Town(server)
    account = town.account()
    command = ["node", NODE / "uploader.cjs", origin(server), account.token, large, str(5 * MIB)]
    process = subprocess.Popen(
        command,
        env=node,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        bufsize=1,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    said: list[dict[str, Any]] = []
    try:
        for line in process.stdout:
            said.append(json.loads(line))
            if said[-1]["kind"] == "waiting":
                server.kill()
                town.close()
                process.stdin.write("go on\n")
            elif said[-1]["kind"] == "retry" and server.process is None:
                server.start()
        assert process.wait(DEADLINE) == 0, said
    finally:
        process.kill()
        process.wait()
        process.stdin.close()
        process.stdout.close()
    kinds = [one["kind"] for one in said]
    assert {"cut", "waiting", "retry"} <= set(kinds)
    (cut,) = (at for at, kind in enumerate(kinds) if kind == "cut")
    assert said[cut + 1]["offset"] >= 5 * MIB  # of the HEAD after it
    assert kinds[-1] == "done"
    town.reconnect()
    url = f"{origin(server)}/files/{said[-1]['file']}"
    answer = get(url, headers=bearer(account.token))
    assert hashlib.sha256(answer.content).digest() == hashlib.sha256(large.read_bytes()).digest()
    assert "gro%C3%9Fes%20Bild.bin" in answer.headers["content-disposition"]
    town.close()


def test_who_hangs_up_in_the_middle_leaves_nothing(server: Server, town: Town) -> None:
    account = town.account()
    before = files_in(server)

    def half() -> Any:
        yield bytes(3 * MIB)
        raise ConnectionAbortedError

    with pytest.raises(ConnectionAbortedError):
        post(f"{origin(server)}/files?name=x", headers=bearer(account.token), content=half())
    assert files_in(server) == before
    assert upload(server, account.token, b"and others go on")["size"] == 16


def test_a_server_killed_in_the_middle_leaves_nothing(serve: Serve) -> None:
    server = serve()
    town = Town(server)
    account = town.account()
    kept = upload(server, account.token, b"kept")
    before = files_in(server)

    def killing() -> Any:
        yield bytes(3 * MIB)
        server.kill()
        yield b"more"

    with pytest.raises(httpx.TransportError):
        post(f"{origin(server)}/files?name=x", headers=bearer(account.token), content=killing())
    town.close()
    server.start()
    assert files_in(server) == before
    assert get(f"{origin(server)}{kept['url']}", headers=bearer(account.token)).content == b"kept"


def test_who_leaves_gets_no_file_and_no_preview_of_it(server: Server, town: Town) -> None:
    room = town.room()
    author, reader = town.member(room), town.member(room)
    picture = server.data.parent / "picture.png"
    Image.new("RGB", (900, 600), "red").save(picture)
    file = upload(server, author.token, picture.read_bytes(), "red.png")
    assert (file["type"], file["width"], file["height"]) == ("image/png", 900, 600)
    urls = [f"{origin(server)}{path}" for path in (file["url"], file["preview"])]
    for url in urls:
        assert get(url, headers=bearer(reader.token)).status_code == 404
    talk = town.open(author)
    talk.ask("message.post", room=room, text="look", attachments=[file["id"]])
    link = town.open(reader).ask("file.sign", file=file["id"])["url"]
    for url in [*urls, f"{origin(server)}{link}"]:
        answer = get(url, headers={} if url.endswith(link) else bearer(reader.token))
        assert (answer.status_code, answer.headers["cache-control"]) == (200, "private, no-store")
    town.open(reader).ask("space.leave", space=town.space)
    for url in [*urls, f"{origin(server)}{link}"]:
        headers = {} if url.endswith(link) else bearer(reader.token)
        for more in ({}, {"If-None-Match": answer.headers["etag"]}):
            assert get(url, headers={**headers, **more}).status_code == 404


def test_an_upload_takes_little_memory_and_chat_goes_on(server: Server, town: Town) -> None:
    room = town.room()
    account = town.member(room)
    upload(server, account.token, bytes(MIB))  # loads what is loaded on first use
    talk, memory, waits = town.open(account), server.memory(), []

    def pieces() -> Any:
        piece = bytes(MIB)
        for number in range(64):
            yield piece
            if number % 8 == 0:
                begun = time.monotonic()
                talk.ask("message.post", room=room, text=f"meanwhile {number}")
                waits.append(time.monotonic() - begun)

    answer = post(
        f"{origin(server)}/files?name=x", headers=bearer(account.token), content=pieces(), timeout=60
    )
    assert answer.json()["file"]["size"] == 64 * MIB
    assert server.memory() - memory < 8 * MIB
    assert sorted(waits)[len(waits) // 2] < 0.5


def test_files_can_be_in_a_bucket(serve: Serve) -> None:
    with s3_server() as s3:
        s3.make_bucket(BUCKET)
        server = serve(
            files_store="s3",
            files_s3_endpoint=s3.url,
            files_s3_bucket=BUCKET,
            files_s3_region=REGION,
            files_s3_key_id=KEY,
            files_s3_secret=SECRET,
        )
        town = Town(server)
        account = town.account()
        content = bytes(range(256)) * 40_000
        url = origin(server) + upload(server, account.token, content)["url"]
        assert get(url, headers=bearer(account.token)).content == content
        assert files_in(server) == set()
        s3.end()
        answer = get(url, headers=bearer(account.token))
        assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
        town.close()
