"""A chatd to which files can be uploaded over its protocol: `file.get {"file": "up TYPE NAME CONTENT"}`."""

from __future__ import annotations

from typing import Any

import chatd.app
from chatd.cli import main
from chatd.contract.errors import Refusal
from chatd.contract.file import FileInfo, FileResult, GetFile
from chatd.handlers.file import FileHandlers
from chatd.ports import Caller, Upload
from chatd.wiring import Services

wire, get = chatd.app.wire, FileHandlers.get
wired: list[Services] = []


def wire_and_keep(*given: Any) -> Services:
    wired.append(wire(*given))
    return wired[-1]


async def get_or_upload(self: FileHandlers, caller: Caller, query: GetFile) -> FileResult | Refusal:
    if not query.file.startswith("up "):
        return await get(self, caller, query)
    _, type_, name, content = query.file.split(" ", 3)
    files, blobs = wired[0].files, wired[0].blobs
    if refusal := await files.begin(caller, name, type_, len(content)):
        return refusal
    async with blobs.stage() as staged, blobs.stage() as small:
        await staged.write(content.encode())
        blob = await staged.seal()
        upload = Upload(hash=blob.hash, size=blob.size, name=name, type=type_)
        if type_.startswith("image/"):
            await small.write(b"small " + content.encode())
            preview = (await small.seal()).hash
            upload = Upload(
                hash=blob.hash, size=blob.size, name=name, type=type_, width=8, height=6, preview=preview
            )
        answer = await files.add(caller, upload)
    return FileResult(file=answer) if isinstance(answer, FileInfo) else answer


if __name__ == "__main__":
    chatd.app.wire = wire_and_keep
    FileHandlers.get = get_or_upload  # type: ignore[method-assign]
    main()
