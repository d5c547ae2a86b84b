"""Passkeys: keys of a device or a password manager with which an account signs in (WebAuthn)."""

from __future__ import annotations

from typing import Annotated, Final

from msgspec import Meta, Struct

from chatd.contract.fields import DeviceName, Id, Name, Password, Time
from chatd.contract.http import Http
from chatd.contract.spec import RequestType, command, query

MAX_PASSKEYS: Final = 20  # of an account
CEREMONY_SECONDS: Final = 300  # from asking for a challenge to answering it

Base64Url = Annotated[str, Meta(min_length=1, max_length=4096, pattern="^[A-Za-z0-9_-]+$")]
Attestation = Annotated[str, Meta(min_length=1, max_length=65_536, pattern="^[A-Za-z0-9_-]+$")]
Host = Annotated[str, Meta(min_length=1, max_length=253)]
Ceremony = Annotated[str, Meta(min_length=1, max_length=128)]


class PasskeyProof(Struct, frozen=True):
    """What `navigator.credentials.get` gave, each as base64url; `ceremony` of `account.passkey_begin`."""

    ceremony: Ceremony
    credential: Base64Url
    client_data: Base64Url
    authenticator_data: Base64Url
    signature: Base64Url


class BeginPasskey(Struct, frozen=True):
    password: Password | None = None
    host: Host | None = None


class AddPasskey(Struct, frozen=True):
    ceremony: Ceremony
    client_data: Base64Url
    attestation: Attestation
    name: DeviceName | None = None


class ListPasskeys(Struct, frozen=True):
    pass


class RenamePasskey(Struct, frozen=True):
    passkey: Id
    name: Name


class RemovePasskey(Struct, frozen=True):
    passkey: Id
    password: Password | None = None


class PasskeyBegun(Struct, frozen=True, kw_only=True):
    """For `navigator.credentials.create`: `rp` and `rp_name` are the relying party, `user` the handle of the
    account, `algorithms` numbers of COSE, `exclude` the credentials that the account has already. `user`,
    `challenge` and `exclude` are base64url. It is good for `expires_in` seconds, once."""

    ceremony: str
    rp: str
    rp_name: str
    user: str
    challenge: str
    algorithms: list[int]
    exclude: list[str]
    expires_in: int


class PasskeyChallenge(Struct, frozen=True, kw_only=True):
    """For `navigator.credentials.get`: `challenge` is base64url, and good for `expires_in` seconds, once."""

    ceremony: str
    rp: str
    challenge: str
    expires_in: int


class Passkey(Struct, frozen=True, kw_only=True):
    """`rp`: the name of the server that it is good under; `used_at` is null until it signed in."""

    id: Id
    name: str
    rp: str
    created_at: Time
    used_at: Time | None


class PasskeyResult(Struct, frozen=True, kw_only=True):
    passkey: Passkey


class PasskeyList(Struct, frozen=True, kw_only=True):
    """The oldest first."""

    passkeys: list[Passkey]


REQUESTS: tuple[RequestType, ...] = (
    command(
        "passkey.begin",
        BeginPasskey,
        PasskeyBegun,
        doc="Begins to add a passkey.",
        http=Http("POST", "/passkeys/begin"),
        scope="never",
        refusals=("conflict", "overloaded"),
        notes=(
            "Takes the password where the account has one.",
            "`host` is the name under which the browser sees the server. Passkeys are bound to it: to that of"
            " `public_url` where it is set, else to `localhost` or a name of the setting `origins`; without"
            " `host` to the first of these. Under another name, or an IP address, the refusal is `conflict`"
            " and says what to do.",
            "Only pages of this server may use them: those of `public_url` and `origins`, and without"
            " `public_url` that of `http://localhost` at the port where the server listens.",
            "A browser is asked for a discoverable credential (`residentKey: required`), with user"
            " verification where the device can.",
            f"An account has at most {MAX_PASSKEYS}.",
        ),
    ),
    command(
        "passkey.add",
        AddPasskey,
        PasskeyResult,
        doc="Adds the passkey that the browser has made.",
        http=Http("POST", "/passkeys"),
        scope="never",
        refusals=("not_found", "conflict"),
        events=("account.secured",),
        notes=(
            "`client_data` and `attestation` are what `navigator.credentials.create` gave, as base64url.",
        ),
    ),
    query(
        "passkey.list",
        ListPasskeys,
        PasskeyList,
        doc="The passkeys of the caller.",
        http=Http("GET", "/passkeys"),
        scope="never",
    ),
    command(
        "passkey.rename",
        RenamePasskey,
        doc="Gives a passkey another name.",
        http=Http("PATCH", "/passkeys/{passkey}"),
        scope="never",
        refusals=("not_found",),
    ),
    command(
        "passkey.remove",
        RemovePasskey,
        doc="Removes a passkey: nobody signs in with it any more.",
        http=Http("POST", "/passkeys/{passkey}/remove"),
        scope="never",
        refusals=("not_found", "conflict", "overloaded"),
        events=("account.secured",),
        notes=("Takes the password where the account has one. Devices that it signed in stay signed in.",),
    ),
)
