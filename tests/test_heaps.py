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


# As when thousands of actors wake: everybody waits for who looks for cycles among what they are made of.
GROWTH = """
import gc
from chatd.process.resources import calm_collector

looked_at = []

def look(phase, about):
    if phase == "start":
        looked_at.append(sum(len(gc.get_objects(age)) for age in range(about["generation"] + 1)))

gc.disable()
calm_collector()
gc.callbacks.append(look)
kept = [[] for _ in range(1_000_000)]
print(max(looked_at))
"""


def test_who_looks_for_cycles_while_much_is_made_looks_at_a_fifth_of_it() -> None:
    made = subprocess.run([sys.executable, "-c", GROWTH], capture_output=True, check=True)
    assert 0 < int(made.stdout) <= 201_000
