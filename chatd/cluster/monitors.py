"""What the monitoring ports of the NATS servers say: whether they sync before they acknowledge."""

from __future__ import annotations

import http.client
from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec

from chatd.ports import StoreError

SECONDS: Final = 5.0
LARGEST: Final = 4 * 2**20  # bytes of an answer


def refuse_unsynced(monitors: Sequence[str]) -> None:
    """Raises StoreError unless each of them that answers, and at least one, syncs before it acknowledges. By
    default a server waits up to two minutes, and a power cut takes what it had acknowledged."""
    problems = []
    answered = 0
    for monitor in monitors:
        try:
            said = _look(monitor)
        except (OSError, http.client.HTTPException, msgspec.MsgspecError) as error:
            problems.append(f"{monitor}: {error}")
            continue
        answered += 1
        config = (said.get("jetstream") or {}).get("config")
        if config is None:
            raise StoreError(
                f"the NATS server at {monitor} has no JetStream; add a `jetstream` block to its file"
            )
        if not config.get("sync_always"):
            raise StoreError(
                f"the NATS server at {monitor} acknowledges before it syncs, so a power cut loses what was"
                " acknowledged; set `sync_interval: always` in its `jetstream` block"
            )
    if not answered:
        raise StoreError(f"no monitoring port of the NATS servers answers: {'; '.join(problems)}")


def _look(monitor: str) -> dict[str, Any]:
    parts = urlsplit(monitor)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=SECONDS)
    try:
        connection.request("GET", f"{parts.path.rstrip('/')}/varz")
        return msgspec.json.decode(connection.getresponse().read(LARGEST), type=dict[str, Any])
    finally:
        connection.close()
