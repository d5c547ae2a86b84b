"""What the service manager is told, if there is one: systemd's notification protocol, sd_notify(3)."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Awaitable, Callable
from typing import Final

import trio

from chatd.log import log

FED: Final = 4  # signs of life in the time after which the service manager would end the server


def tell(state: str) -> None:
    """`READY=1` once connections are taken, `STOPPING=1` when the end begins."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    if address.startswith("@"):
        address = "\0" + address[1:]
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as told:
            told.sendto(state.encode(), address)
    except OSError as error:
        log.warning("service_manager_not_told", state=state, reason=str(error))


def tell_reloading() -> None:
    """`READY=1` ends it. The time lets `Type=notify-reload` know which of several reloads is meant."""
    tell(f"RELOADING=1\nMONOTONIC_USEC={time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000}")


def watchdog_seconds() -> float | None:
    """After how long a silence the service manager ends this process, sd_watchdog_enabled(3)."""
    text, process = os.environ.get("WATCHDOG_USEC", ""), os.environ.get("WATCHDOG_PID", "")
    if not text.isascii() or not text.isdigit() or process not in ("", str(os.getpid())):
        return None
    return int(text) / 1_000_000 or None


async def feed_watchdog(answered: Callable[[], Awaitable[None]]) -> None:
    """Gives signs of life, each after the log writer's thread has answered: a loop that hangs gives none, nor
    does a thread that waits for a disk forever. Ends at once without a watchdog; or else when cancelled."""
    seconds = watchdog_seconds()
    if seconds is None:
        return
    while True:
        await answered()
        tell("WATCHDOG=1")
        await trio.sleep(seconds / FED)
