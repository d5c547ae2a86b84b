"""The process that takes pictures apart: `python -I child.py FORMAT CLEAN PREVIEW`.

It reads the picture from descriptor 0, writes it without metadata to the descriptor CLEAN and a preview to
the descriptor PREVIEW. Descriptor 1 gets a line for each step: `clean`, `size WIDTH HEIGHT`, `preview`; or
`malformed` or `full`, which are the end. Everything that it may use is limited before it reads a byte.
"""

from __future__ import annotations

import errno
import os
import resource
import sys
from pathlib import Path

MEMORY = 512 * 1024 * 1024  # beyond what is mapped when it begins
PROCESSOR_SECONDS = 10
EXTRA_BYTES = 2 * 1024 * 1024  # that a file may have more than the picture
OPEN_FILES = 16
PAGE = os.sysconf("SC_PAGE_SIZE")


def main(format_: str, clean: int, preview: int) -> None:
    size = os.fstat(0).st_size
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_CPU, PROCESSOR_SECONDS)
    _limit(resource.RLIMIT_FSIZE, size + EXTRA_BYTES)
    sys.path.insert(0, str(Path(__file__).resolve().parents[3]))  # `-I` leaves our own modules out
    from chatd.files.pictures import avif, gif, jpeg, png, webp
    from chatd.files.pictures import preview as previews
    from chatd.files.pictures.parts import Malformed

    _limit(resource.RLIMIT_AS, int(Path("/proc/self/statm").read_text().split()[0]) * PAGE + MEMORY)
    _limit(resource.RLIMIT_NOFILE, OPEN_FILES)
    _limit(resource.RLIMIT_NPROC, 0)
    cleaning = {"PNG": png, "JPEG": jpeg, "GIF": gif, "WEBP": webp, "AVIF": avif}[format_]
    try:
        with open(0, "rb", closefd=False) as source, open(clean, "wb", closefd=False) as sink:
            source.seek(0)
            cleaning.clean(source, sink)
    except Malformed:
        _tell("malformed")
        return
    except OSError as error:
        _tell("full" if error.errno in (errno.ENOSPC, errno.EDQUOT) else "failed")
        return
    _tell("clean")
    with open(clean, "rb", closefd=False) as file, open(preview, "wb", closefd=False) as sink:
        picture = previews.opened(file, format_)
        width, height = previews.size(picture)
        if width * height > previews.PIXELS:
            return
        _tell(f"size {width} {height}")
        previews.save(picture, sink)
    _tell("preview")


def _limit(what: int, value: int) -> None:
    _, hard = resource.getrlimit(what)
    value = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(what, (value, value))


def _tell(line: str) -> None:
    os.write(1, f"{line}\n".encode())


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
