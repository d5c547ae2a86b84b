"""What the service manager is told, if there is one: systemd's notification protocol, sd_notify(3)."""

from __future__ import annotations

import os
import socket

from chatd.log import log


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
