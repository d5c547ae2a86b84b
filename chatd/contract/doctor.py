"""What an admin should know of a server and the machine that it stands on."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from chatd.contract.http import Http
from chatd.contract.spec import RequestType, query

CheckState = Literal["fine", "look", "wrong"]


class AskDoctor(Struct, frozen=True):
    certificate: bool = True


class DoctorCheck(Struct, frozen=True, kw_only=True):
    """What was found about a topic, in a sentence, and the `remedy`, unless all is fine. `look`: it is not
    wrong, but perhaps not what was meant."""

    topic: str
    state: CheckState
    says: str
    remedy: str | None


class ServerDoctor(Struct, frozen=True, kw_only=True):
    """`ok`: nothing is wrong."""

    ok: bool
    checks: list[DoctorCheck]


REQUESTS: tuple[RequestType, ...] = (
    query(
        "server.doctor",
        AskDoctor,
        ServerDoctor,
        doc="Looks at everything that an admin should know, and says what to do.",
        http=Http("GET", "/server/doctor"),
        scope="never",
        asker="operator",
        notes=(
            "Disk, clock, backups, certificate, web push, open files, SQLite, rights of the data folder,"
            " settings, followers, workers. Takes some seconds at most.",
            "With `certificate` the server connects to its own `public_url`, if that is `https`, to see how"
            " long the certificate there is good.",
        ),
    ),
)
