"""Web push: notifications that reach a device while no client is connected there."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from msgspec import Meta, Struct

from chatd.contract.fields import Id, Time
from chatd.contract.http import Http
from chatd.contract.spec import RequestType, command, query

MAX_PUSH_DEVICES: Final = 20  # of an account

Endpoint = Annotated[str, Meta(min_length=1, max_length=2048)]
PublicKey = Annotated[
    str,
    Meta(
        pattern=r"^[A-Za-z0-9_-]{87}=?$",
        description="65 bytes in base64url: a point of P-256, not compressed",
    ),
]
AuthSecret = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{22}(==)?$", description="16 bytes in base64url")]


class GetPushKey(Struct, frozen=True):
    pass


class PushKeys(Struct, frozen=True, forbid_unknown_fields=True):
    """As `PushSubscription.toJSON()` of a browser has them."""

    p256dh: PublicKey
    auth: AuthSecret


class SubscribePush(Struct, frozen=True):
    endpoint: Endpoint
    keys: PushKeys


class UnsubscribePush(Struct, frozen=True):
    device: Id | None = None


class ListPushes(Struct, frozen=True):
    pass


class PushKey(Struct, frozen=True, kw_only=True):
    """`key` is the server's public key (65 bytes in base64url), the `applicationServerKey` of a browser."""

    key: str


class PushedDevice(Struct, frozen=True, kw_only=True):
    """`service` is the host of the push service, `at` when the device subscribed last."""

    device: Id
    service: str
    at: Time
    current: bool


class PushedDevices(Struct, frozen=True, kw_only=True):
    """The newest first."""

    devices: list[PushedDevice]


class TestPush(Struct, frozen=True):
    pass


class PushTested(Struct, frozen=True, kw_only=True):
    """`reason` says why, for people, where it is not `sent`."""

    outcome: Literal["sent", "gone", "refused", "failed"]
    reason: str | None


REQUESTS: tuple[RequestType, ...] = (
    query(
        "push.key",
        GetPushKey,
        PushKey,
        doc="The key with which a browser subscribes to this server's pushes.",
        http=Http("GET", "/push/key"),
        scope="never",
        refusals=("conflict",),
        notes=(
            "`conflict`: an admin has switched web push off. The key stays the same as long as the database;"
            " a client whose subscription was made with another one subscribes anew.",
        ),
    ),
    command(
        "push.subscribe",
        SubscribePush,
        doc="Has the caller's device notified by web push.",
        http=Http("PUT", "/push"),
        scope="never",
        refusals=("conflict",),
        notes=(
            "`endpoint` and `keys` are what `PushSubscription.toJSON()` says; an `endpoint` begins with"
            " `https://`. A device has one subscription: another one takes its place, and the same"
            " `endpoint` on another device of the account ends. It ends with the device, and when the push"
            f" service says that it is gone. Of more than {MAX_PUSH_DEVICES} devices those end that"
            " subscribed first. A client subscribes again at each start; what did not change costs nothing.",
            "[push.md](../push.md) says what is pushed when, and what a service worker gets.",
        ),
    ),
    command(
        "push.unsubscribe",
        UnsubscribePush,
        doc="Ends web push to a device of the caller.",
        http=Http("DELETE", "/push"),
        scope="never",
        notes=("Without `device`, to the one that asks.",),
    ),
    command(
        "push.test",
        TestPush,
        PushTested,
        doc="Pushes a message to the device that asks, and says what became of it.",
        http=Http("POST", "/push/test"),
        scope="never",
        refusals=("not_found", "conflict"),
        notes=(
            "Its `kind` is `test`, and it comes whether somebody is there or not. `sent`: the push service"
            " has it; `gone`: the subscription has ended, the client subscribes anew; `refused` and `failed`:"
            " the service, or the way there, does not take it. It is tried once, for at most 10 seconds.",
        ),
    ),
    query(
        "push.list",
        ListPushes,
        PushedDevices,
        doc="The caller's devices that are notified by web push.",
        http=Http("GET", "/push"),
        scope="never",
    ),
)
