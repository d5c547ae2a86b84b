"""Names the files in which tests failed in the last run: `make tests` runs them again as a whole.

Tests of a file may go on from one another.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

LAST_FAILED = Path(".pytest_cache/v/cache/lastfailed")


def main() -> None:
    """Ends with 1 where none is named: the run was ended by something else."""
    names = json.loads(LAST_FAILED.read_text()) if LAST_FAILED.exists() else {}
    files = sorted({name.partition("::")[0] for name in names})
    sys.stdout.write(" ".join(files))
    sys.exit(not files)


if __name__ == "__main__":
    main()
