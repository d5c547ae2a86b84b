"""The second factor: codes of an app (TOTP, RFC 6238) and recovery codes."""

from __future__ import annotations

from msgspec import Struct

from chatd.contract.fields import Code, Password
from chatd.contract.http import Http
from chatd.contract.spec import RequestType, command, query


class BeginTotp(Struct, frozen=True):
    password: Password


class ConfirmTotp(Struct, frozen=True):
    code: Code


class GetTotp(Struct, frozen=True):
    pass


class RemoveTotp(Struct, frozen=True):
    password: Password
    code: Code


class TotpSecret(Struct, frozen=True, kw_only=True):
    """For an app that shows codes; `uri` as a QR code."""

    secret: str
    uri: str


class RecoveryCodes(Struct, frozen=True, kw_only=True):
    """Shown this once."""

    recovery_codes: list[str]


class TotpState(Struct, frozen=True, kw_only=True):
    """`recovery_codes`: how many are left."""

    enabled: bool
    recovery_codes: int


REQUESTS: tuple[RequestType, ...] = (
    command(
        "totp.begin",
        BeginTotp,
        TotpSecret,
        doc="A secret for an app that shows codes.",
        http=Http("POST", "/totp/begin"),
        scope="never",
        refusals=("conflict", "overloaded"),
        notes=("Show `uri` as a QR code. The second factor is on only after `totp.confirm`.",),
    ),
    command(
        "totp.confirm",
        ConfirmTotp,
        RecoveryCodes,
        doc="Turns the second factor on.",
        http=Http("POST", "/totp/confirm"),
        scope="never",
        refusals=("not_found", "conflict"),
        events=("account.secured",),
        notes=(
            "Codes follow RFC 6238: six digits for 30 seconds, each good once; spaces and dashes in them do"
            " not count.",
            "The ten recovery codes are shown this once. Each takes the place of a code, once.",
        ),
    ),
    query(
        "totp.get",
        GetTotp,
        TotpState,
        doc="Whether the second factor is on.",
        http=Http("GET", "/totp"),
        scope="never",
        notes=("`recovery_codes` says how many are left.",),
    ),
    command(
        "totp.remove",
        RemoveTotp,
        doc="Turns the second factor off.",
        http=Http("POST", "/totp/remove"),
        scope="never",
        refusals=("not_found", "conflict", "overloaded"),
        events=("account.secured",),
        notes=(
            "Takes the password and a code (or a recovery code). An operator removes a second factor with"
            " `account.reset_totp`.",
        ),
    ),
)
