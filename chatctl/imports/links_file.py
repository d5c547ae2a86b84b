"""The file of links with which people claim their placeholders: `chatctl import people --links`."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from chatctl.failure import Failed
from chatctl.imports.people_file import harmless
from chatd.contract.account_admin import RecoveryLink
from chatd.contract.import_ import PersonMade

COLUMNS: Final = ("name", "display_name", "link", "good_until")


def write(path: Path, links: Iterable[tuple[PersonMade, RecoveryLink]]) -> None:
    """For its owner's eyes only: who has a link has the account. Raises Failed."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(descriptor, "w", encoding="utf-8", newline="") as file:
            table = csv.writer(file)
            table.writerow(COLUMNS)
            for person, link in links:
                until = datetime.fromtimestamp(link.expires_at / 1000, UTC).isoformat(timespec="minutes")
                table.writerow((harmless(person.name), harmless(person.display_name), link.url, until))
    except FileExistsError as error:
        raise Failed(f"{path} exists already; choose another name") from error
    except OSError as error:
        raise Failed(f"{path}: {error.strerror}") from error
