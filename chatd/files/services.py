"""Makes what keeps files, and takes them in, as the settings say."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from msgspec import Struct

from chatd.clock import now
from chatd.files.expiry import UploadExpiry
from chatd.files.folder import FolderBlobs
from chatd.files.intake import Intake
from chatd.files.partial_store import NODES, PartialStore
from chatd.files.partials import Partials
from chatd.files.pictures.process import PictureProcesses
from chatd.files.places import UploadPlaces
from chatd.files.receiving import Receptions
from chatd.files.spooling_blobs import SpoolingBlobs
from chatd.ports import StoreError
from chatd.ports.file_counts import FileCounts
from chatd.ports.files import Files
from chatd.settings import Settings

FOLDER: Final = "files"  # in the data folder


class UploadServices(Struct, frozen=True, eq=False):
    uploads: Receptions
    partials: Partials
    expiry: UploadExpiry
    counts: FileCounts


def blobs_of(settings: Settings, node: str | None) -> SpoolingBlobs:
    """The store of blobs that the settings name. `node`: the name of this one in a cluster. Raises
    StoreError."""
    own = _own_place(settings, node)
    folder = FolderBlobs(settings.data / FOLDER, settings.files_reserve, own=own)
    return folder if settings.files_store == "folder" else _in_bucket(settings, folder)


def upload_services(
    settings: Settings, blobs: SpoolingBlobs, files: Files, node: str | None
) -> UploadServices:
    counts, places = FileCounts(), UploadPlaces()
    intake = Intake(blobs, files, PictureProcesses(blobs.threads), counts)
    store = PartialStore(settings.data / FOLDER, _own_place(settings, node))
    partials = Partials(intake, places, store, settings.unfinished_upload_lifetime, now)
    return UploadServices(Receptions(intake, places), partials, UploadExpiry(partials), counts)


def _own_place(settings: Settings, node: str | None) -> Path | None:
    """Where other nodes have the folder of files, too."""
    if node is None or not settings.files_shared:
        return None
    return settings.data / FOLDER / NODES / node


def _in_bucket(settings: Settings, staging: FolderBlobs) -> SpoolingBlobs:
    try:
        from chatd.files.bucket import BucketBlobs, bucket  # loaded only where it is used
    except ModuleNotFoundError as error:
        raise StoreError("files_store is s3, and that needs `pip install 'chatd[s3]'`") from error
    store = bucket(
        endpoint=settings.files_s3_endpoint,
        name=settings.files_s3_bucket,
        prefix=settings.files_s3_prefix,
        region=settings.files_s3_region,
        key_id=settings.files_s3_key_id,
        secret=_secret(settings),
    )
    return BucketBlobs(store, staging, settings.files_s3_redirect)


def _secret(settings: Settings) -> str:
    if settings.files_s3_secret_file is None:
        return settings.files_s3_secret
    try:
        return settings.files_s3_secret_file.read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        raise StoreError(f"files_s3_secret_file cannot be read: {type(error).__name__}") from error
