"""What holds for every test: nothing comes unchecked, and Ctrl+C reaches the programs that are started."""

from __future__ import annotations

import signal

import strict


def pytest_configure() -> None:
    strict.watch_library()
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as a job in the background of a shell has it
        signal.signal(signal.SIGINT, signal.default_int_handler)
