"""One file: the launcher, and behind it a tree that it unpacks.

The tree is one stream of zstd. Each entry is `mode, length of the path, size` (little-endian; 4, 4, 8 bytes),
the path, and the bytes of the file or the target of the link; an entry without a path ends it. `launcher.c`
reads it.
"""

from __future__ import annotations

import hashlib
import stat
import struct
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Final

LAUNCHER: Final = Path(__file__).with_name("launcher.c")
MAGIC: Final = b"chatdtre"
_ENTRY: Final = struct.Struct("<IIQ")
_FOOTER: Final = struct.Struct("<Q16s8s")
CHECKED: Final = (
    "-std=c11",
    "-Os",
    "-Wall",
    "-Wextra",
    "-Werror",
    "-fstack-protector-strong",
    "-D_FORTIFY_SOURCE=2",
)
HARDENED: Final = ("-fPIE", "-pie", "-Wl,-z,relro,-z,now", "-s")


def compile_launcher(into: Path) -> None:
    """Needs a C compiler and libzstd's static library."""
    subprocess.run(["cc", *CHECKED, *HARDENED, "-o", str(into), str(LAUNCHER), "-l:libzstd.a"], check=True)


def pack(tree: Path, launcher: Path, into: Path, level: int) -> None:
    """Writes the executable. `level`: of zstd, up to 19."""
    zstd = ["zstd", f"-{level}", "-T0", "--quiet", "--stdout"]
    raw = b"".join(_entries(tree))
    packed = subprocess.run(zstd, input=raw, stdout=subprocess.PIPE, check=True).stdout
    name = hashlib.sha256(packed).hexdigest()[:16].encode()
    into.write_bytes(launcher.read_bytes() + packed + _FOOTER.pack(len(packed), name, MAGIC))
    into.chmod(0o755)


def _entries(tree: Path) -> Iterator[bytes]:
    for path in sorted(tree.rglob("*")):
        mode = path.lstat().st_mode
        if stat.S_ISLNK(mode):
            content = str(path.readlink()).encode()
        else:
            content = b"" if stat.S_ISDIR(mode) else path.read_bytes()
        name = path.relative_to(tree).as_posix().encode()
        yield _ENTRY.pack(mode, len(name), len(content)) + name + content
    yield _ENTRY.pack(0, 0, 0)
