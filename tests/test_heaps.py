"""What the server needs again and again it does not have cleared and mapped anew each time."""

from __future__ import annotations

import subprocess
import sys

# As SQLite does for a question of many parts: it needs some hundred kilobytes, in pieces, and frees them all.
QUESTIONS = """
import ctypes, resource, threading
from chatd.process.resources import shape_heaps

libc = ctypes.CDLL(None)
libc.malloc.restype, libc.free.argtypes = ctypes.c_void_p, [ctypes.c_void_p]
{shape}

def ask():
    for piece in [libc.malloc(4000) for _ in range(250)][::-1]:
        libc.free(piece)

def asked():
    ask()
    before = resource.getrusage(resource.RUSAGE_THREAD).ru_minflt
    for _ in range(20):
        ask()
    print(resource.getrusage(resource.RUSAGE_THREAD).ru_minflt - before)

thread = threading.Thread(target=asked)
thread.start()
thread.join()
"""


def faults(shape: str) -> int:
    """How often a page had to be mapped for twenty questions of a thread."""
    code = QUESTIONS.format(shape=shape)
    return int(subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout)


def test_a_thread_keeps_the_memory_that_a_question_needs() -> None:
    assert faults("shape_heaps()") < 100 < faults("")
