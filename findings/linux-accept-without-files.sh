#!/usr/bin/env bash
# Linux: accept() of a non-blocking socket says EMFILE when the process has no file left, also while nobody waits.
#
# accept(2) and POSIX give EAGAIN for a queue that is empty; the kernel takes the descriptor first and looks into the
# queue later (net/socket.c). So a loop that sleeps and tries again after EMFILE, as trio.serve_listeners does, goes on
# for as long as the shortage lasts, though there is nothing to accept; trio 0.35 also has the standard logger print a
# traceback each time, ten a second. Waiting until the socket is readable, and only then sleeping, does neither.
#
# Seen: "with an empty queue: EMFILE; with a free file: EAGAIN".
# Needs Linux. Ends with status 1 when that is different.
set -euo pipefail
"${PYTHON:-python3}" - <<'EOP'
import errno
import os
import resource
import socket
import sys

sock = socket.create_server(("127.0.0.1", 0))
sock.setblocking(False)


def accept() -> str:
    try:
        sock.accept()
    except OSError as error:
        return errno.errorcode[error.errno]
    return "a connection"


_, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
free = os.dup(0)
os.close(free)
resource.setrlimit(resource.RLIMIT_NOFILE, (free, hard))
without = accept()
resource.setrlimit(resource.RLIMIT_NOFILE, (free + 1, hard))
print(f"with an empty queue: {without}; with a free file: {(there := accept())}")
sys.exit((without, there) != ("EMFILE", "EAGAIN"))
EOP
