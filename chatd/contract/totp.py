"""The second factor: codes of an app (TOTP, RFC 6238) and recovery codes."""

from __future__ import annotations

import attrs

from chatd.contract.fields import Code, Password
from chatd.contract.rows import result
from chatd.contract.spec import RequestType, command, query


@attrs.frozen
class BeginTotp:
    password: Password


@attrs.frozen
class ConfirmTotp:
    code: Code


@attrs.frozen
class GetTotp:
    pass


@attrs.frozen
class RemoveTotp:
    password: Password
    code: Code


@result
class TotpSecret:
    """For an app that shows codes; `uri` as a QR code."""

    secret: str
    uri: str


@result
class RecoveryCodes:
    """Shown this once."""

    recovery_codes: list[str]


@result
class TotpState:
    """`recovery_codes`: how many are left."""

    enabled: bool
    recovery_codes: int


REQUESTS: tuple[RequestType, ...] = (
    command(
        "totp.begin",
        BeginTotp,
        TotpSecret,
        doc="A secret for an app that shows codes.",
        scope="never",
        refusals=("conflict", "overloaded"),
    ),
    command(
        "totp.confirm",
        ConfirmTotp,
        RecoveryCodes,
        doc="From here on signing in takes a code of that app.",
        scope="never",
        refusals=("not_found", "conflict"),
        events=("account.secured",),
    ),
    query("totp.get", GetTotp, TotpState, doc="Whether signing in takes a code.", scope="never"),
    command(
        "totp.remove",
        RemoveTotp,
        doc="Signing in takes no code any more.",
        scope="never",
        refusals=("not_found", "conflict", "overloaded"),
        events=("account.secured",),
    ),
)
