"""The files of a Slack message: where their bytes stand in the export, if they do."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Final

from chatctl.imports.addresses import without_secrets
from chatctl.imports.archive import Archive
from chatctl.imports.keys import bounded
from chatctl.imports.problems import Problems
from chatctl.imports.records import File, plain
from chatctl.imports.slack.rows import FileRow

# Where slackdump and slack-advanced-exporter put files, each in a folder by its id.
UPLOADS: Final = "__uploads/"
_MOST: Final = 1_000  # of a message
_GONE: Final = {
    "tombstone": "it was deleted",
    "hidden_by_limit": "it is beyond the limit of a free workspace",
}


class Files:
    def __init__(self, archive: Archive, bases: list[str], problems: Problems) -> None:
        self._archive = archive
        self._problems = problems
        # Asked once: an export without files is asked for none.
        self._uploads = [base for base in bases if next(archive.names(base + UPLOADS), None) is not None]

    def of(self, rows: list[FileRow], folders: list[str], place: str) -> tuple[File, ...]:
        kept = self._problems.first(rows, _MOST, place, "files")
        return tuple(self._file(row, folders, f"{place} file {number}") for number, row in enumerate(kept, 1))

    def _file(self, row: FileRow, folders: list[str], place: str) -> File:
        key = bounded(plain(row.id or "") or place)
        name = _name(row) or key
        path = self._path(key, folders)
        url, missing = None, None
        if path is None:
            url = without_secrets(row.url_private) or without_secrets(row.url_private_download)
            missing = self._why(row)
            self._problems.add("missing file", f"{place}: {name}")
        size = self._archive.size(path) if path is not None else _told_size(row)
        return File(key, name, plain(row.mimetype or ""), size, path, url, missing)

    def _why(self, row: FileRow) -> str:
        if row.mode in _GONE:
            return _GONE[row.mode]
        if row.mode == "external":
            return f"it is kept elsewhere ({plain(row.external_type or 'another site')})"
        if row.file_access in ("access_denied", "file_not_found"):
            return "it was not there any more, or not for who made the export"
        return "the export has no files"

    def _path(self, key: str, folders: list[str]) -> str | None:
        if "/" in key:
            return None
        for base in self._uploads:
            found = next(self._archive.names(f"{base}{UPLOADS}{key}/"), None)
            if found is not None:
                return found
        for folder in folders:
            found = next(self._archive.names(f"{folder}attachments/{key}-"), None)
            if found is not None:
                return found
        return None


def _name(row: FileRow) -> str:
    """The last part of it, as it is shown to people."""
    name = plain(row.name or row.title or "").replace("\n", " ").replace("\t", " ").strip()
    return PurePosixPath(name.replace("\\", "/")).name


def _told_size(row: FileRow) -> int | None:
    size = row.size
    return size if isinstance(size, int) and 0 <= size < 1 << 50 else None
