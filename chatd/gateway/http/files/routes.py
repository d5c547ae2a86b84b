"""The paths of files."""

from __future__ import annotations

from starlette.routing import BaseRoute, Route

from chatd.gateway.http.files.answers import answering
from chatd.gateway.http.files.download import Download
from chatd.gateway.http.files.tus import PATH, RESUMABLE, Tus
from chatd.gateway.http.files.upload import Upload
from chatd.ports import Blobs
from chatd.ports.desk import Desk
from chatd.ports.file_counts import FileCounts
from chatd.ports.files import Files
from chatd.ports.uploads import PartialUploads, Uploads


class FileRoutes:
    """`largest`: bytes that a file may have."""

    def __init__(
        self,
        desk: Desk,
        files: Files,
        blobs: Blobs,
        uploads: Uploads,
        partials: PartialUploads,
        counts: FileCounts,
        largest: int,
    ) -> None:
        self._upload = Upload(desk, uploads, counts)
        self._tus = Tus(desk, partials, counts, largest)
        self._download = Download(desk, files, blobs)

    def routes(self) -> list[BaseRoute]:
        upload, tus, download = self._upload, self._tus, self._download
        one = f"{PATH}/{{upload}}"
        return [
            Route("/files", answering(upload.post), methods=["POST"]),
            Route(PATH, answering(tus.options, RESUMABLE), methods=["OPTIONS"]),
            Route(PATH, answering(tus.create, RESUMABLE), methods=["POST"]),
            Route(one, answering(tus.options, RESUMABLE), methods=["OPTIONS"]),
            Route(one, answering(tus.head, RESUMABLE), methods=["HEAD"]),
            Route(one, answering(tus.patch, RESUMABLE), methods=["PATCH"]),
            Route(one, answering(tus.end, RESUMABLE), methods=["DELETE"]),
            Route(one, answering(tus.post, RESUMABLE), methods=["POST"]),
            Route("/files/{file}/preview", answering(download.preview), methods=["GET"]),
            Route("/files/{file}", answering(download.get), methods=["GET"]),
            Route("/files/{file}/{name}", answering(download.get), methods=["GET"]),
        ]
