"""What the system has no more of for this process, in words for whoever started it."""

from __future__ import annotations

import errno
from typing import Final

_SHORT: Final = {
    errno.EMFILE: "too few files may be open at once; raise the limit (`ulimit -n`, LimitNOFILE of a unit)",
    errno.ENFILE: "the machine has no open file left (sysctl fs.file-max); end what holds so many",
    errno.ENOMEM: "there is too little memory; look at `free`, `ulimit -v` and MemoryMax of a unit",
    errno.EAGAIN: "no thread can be started; look at `free`, `ulimit -u`, `ulimit -v` and TasksMax of a unit",
}


def shortage(error: BaseException) -> str | None:
    """What is short, and where its limit is set. None of an error that says something else."""
    match error:
        case BaseExceptionGroup():
            return next(filter(None, map(shortage, error.exceptions)), None)
        case MemoryError():
            return _SHORT[errno.ENOMEM]
        case RuntimeError(args=("can't start new thread",)):  # as `threading` says EAGAIN
            return _SHORT[errno.EAGAIN]
        case OSError() if error.errno != errno.EAGAIN:
            return _SHORT.get(error.errno or 0)
    return None
