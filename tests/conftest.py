"""What holds for every test: nothing comes unchecked, Ctrl+C reaches what is started, no process is left."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import hypothesis
import leftovers
import pytest
import strict
from e2e import companions

from chatd.asked import work_at


def pytest_configure() -> None:
    strict.watch_library()
    hypothesis.settings.register_profile("chatd", deadline=None)  # pytest's deadline holds for a whole test
    hypothesis.settings.load_profile("chatd")
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as a job in the background of a shell has it
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session", autouse=True)
def no_process_is_left() -> Iterator[None]:
    """Set up before every other fixture, and so torn down after them."""
    with leftovers.none_left():
        yield
        companions.end()


@pytest.fixture(autouse=True)
def works_at_no_request() -> None:
    """Tests that drive a coroutine by hand leave behind what it has set in their thread's context."""
    work_at(None)
