"""Whether it was Ctrl-C that ended a command: trio hands it on alone, or in a group with what it ended."""

from __future__ import annotations


def by_ctrl_c(error: BaseException | None) -> bool:
    if isinstance(error, BaseExceptionGroup):
        return error.subgroup(KeyboardInterrupt) is not None
    return isinstance(error, KeyboardInterrupt)
