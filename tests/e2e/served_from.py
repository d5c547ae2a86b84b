"""`chatd` with the browser client of another folder: `python served_from.py FOLDER serve …`."""

from __future__ import annotations

import sys
from pathlib import Path

from chatd.cli import main
from chatd.gateway.http import web_client

if __name__ == "__main__":
    web_client.FOLDER = Path(sys.argv.pop(1))  # type: ignore[misc]
    main()
