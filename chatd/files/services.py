"""Makes the services of this wing out of the settings."""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from chatd.clock import now
from chatd.files.expiry import UploadExpiry
from chatd.files.folder import FolderBlobs
from chatd.files.intake import Intake
from chatd.files.partial_store import PartialStore
from chatd.files.partials import Partials
from chatd.files.pictures.process import PictureProcesses
from chatd.files.places import UploadPlaces
from chatd.files.receiving import Receptions
from chatd.files.spooled import SpoolingBlobs
from chatd.ports.files import Files
from chatd.settings import Settings

FOLDER: Final = "files"  # in the data folder


class UploadServices(Struct, frozen=True, eq=False):
    uploads: Receptions
    partials: Partials
    expiry: UploadExpiry


def blobs_of(settings: Settings) -> SpoolingBlobs:
    """The store of blobs that the settings name."""
    return FolderBlobs(settings.data / FOLDER, settings.files_reserve)


def upload_services(settings: Settings, blobs: SpoolingBlobs, files: Files) -> UploadServices:
    intake, places = Intake(blobs, files, PictureProcesses(blobs.threads)), UploadPlaces()
    store = PartialStore(settings.data / FOLDER)
    partials = Partials(intake, places, store, settings.unfinished_upload_lifetime, now)
    return UploadServices(Receptions(intake, places), partials, UploadExpiry(partials))
