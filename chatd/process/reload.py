"""SIGHUP: reads the settings again and takes those that can change while the server runs.

Log rotation, `systemctl reload` and a terminal that closes send it; none of them may cut people off.
"""

from __future__ import annotations

import signal
from collections.abc import AsyncIterator, Callable
from typing import Final, Protocol

import attrs

from chatd.log import log
from chatd.process import service_manager
from chatd.settings import Settings, SettingsError

# Taken by `Reloadable.reload`, the level of the log by whoever loads the settings. The rest needs a restart.
RELOADED: Final = frozenset({"log_level", "origins", "trusted_proxies"})
STRANGE: Final = (signal.SIGUSR1, signal.SIGUSR2)  # sent to rotate logs; by default they end a process

Load = Callable[[], Settings]


class Reloadable(Protocol):
    def reload(self, settings: Settings) -> None:
        """Uses these settings from now on."""


async def follow_hangups(
    hangups: AsyncIterator[object], settings: Settings, load: Load, target: Reloadable
) -> None:
    """Runs until cancelled. `load` raises SettingsError; then nothing changes."""
    async for _ in hangups:
        service_manager.tell_reloading()
        try:
            fresh = load()
        except SettingsError as error:
            log.error("settings_not_reloaded", reason=str(error), mend="the previous settings stay in use")
            service_manager.tell("READY=1")
            continue
        names = [field.name for field in attrs.fields(Settings)]
        changed = [name for name in names if getattr(fresh, name) != getattr(settings, name)]
        taken = {name: getattr(fresh, name) for name in changed if name in RELOADED}
        settings = attrs.evolve(settings, **taken)
        target.reload(settings)
        waiting = [name for name in changed if name not in taken]
        say = log.warning if waiting else log.info
        say("settings_reloaded", changed=sorted(taken), need_restart=waiting)
        service_manager.tell("READY=1")


def outlive_signals() -> None:
    """Keeps signals that ask nothing of this server, or ask it too early or too late, from ending it."""
    for number in (signal.SIGHUP, *STRANGE):
        signal.signal(number, signal.SIG_IGN)
