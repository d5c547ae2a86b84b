"""Passkeys: under which names they are made, and what is signed with one.

A challenge is kept until it is answered, once, for some minutes, in memory: after a restart one asks for
another.
"""

from __future__ import annotations

from typing import Final

import msgspec

from chatd.auth import webauthn
from chatd.auth.one_time_tokens import OneTimeTokens
from chatd.auth.webauthn import Proof, RelyingParty, WrongPasskey
from chatd.clock import now
from chatd.contract.errors import Refusal
from chatd.contract.passkey import CEREMONY_SECONDS, PasskeyProof
from chatd.contract.sign_in import PasskeySignIn
from chatd.handlers.server_address import ServerAddress
from chatd.ports import PasskeyIs, Reader, Row, UsePasskey
from chatd.settings import Settings
from chatd.web_origin import Origin, ip_address, is_loopback_host

MOST_CEREMONIES: Final = 10_000  # at once, of everybody; the oldest goes for a new one
LOCAL: Final = "localhost"
OVER: Final = Refusal("not_found", "this has taken too long, or was answered already; begin again")
WRONG: Final = Refusal("unauthenticated", "this passkey is not known here, or what it says is wrong")
COPIED: Final = Refusal(
    "unauthenticated",
    "this passkey has been copied: it signs less often than it says; remove it, and sign in another way",
)


class Ceremony(msgspec.Struct, frozen=True):
    """A challenge that waits for its answer. `account`: who adds a passkey; None where somebody signs in."""

    party: RelyingParty
    challenge: bytes
    account: str | None


class PasskeyNames(msgspec.Struct, frozen=True, eq=False):
    """Under which names passkeys are made, and on which pages. Browsers know `localhost` and names with TLS,
    but no IP addresses.

    The pages are those that the settings name and, without `public_url`, the one that this server shows
    on `localhost`: where a page is cannot be asked of whoever shows it.
    """

    settings: Settings
    address: ServerAddress

    def party(self, host: str | None) -> RelyingParty | Refusal:
        pages = [page for page in self._pages() if _has_passkeys(page)]
        names = [page.host for page in self._main_pages() if _has_passkeys(page)]
        name = host.lower() if host is not None else next(iter(names), LOCAL)
        if not names:
            return Refusal(
                "conflict",
                "passkeys need https and a name: the setting `public_url` must begin with https:// and must"
                " not name an IP address",
            )
        if name not in names:
            return Refusal("conflict", self._elsewhere(name, names[0]))
        return RelyingParty(name, frozenset(page for page in pages if _belongs(page.host, name)))

    def _main_pages(self) -> list[Origin]:
        """Those whose hosts passkeys are bound to, the preferred one first."""
        if self.settings.public_url:
            return [Origin.parse(self.settings.public_url)]
        own = Origin("http", LOCAL, Origin.parse(self.address.url).port) if self.address.url else None
        named = [Origin.parse(origin) for origin in self.settings.origins]
        return [own, *named] if own is not None else named

    def _pages(self) -> list[Origin]:
        return [*self._main_pages(), *(Origin.parse(origin) for origin in self.settings.origins)]

    def _elsewhere(self, name: str, known: str) -> str:
        if ip_address(name.strip("[]")) is not None:
            return (
                f"passkeys need a name and no IP address: open this server as {known}, or give it a name with"
                " the setting `public_url`"
            )
        return (
            f"passkeys of this server belong to {known}; open it under that name, or set `public_url` to the"
            " address that you use"
        )


def _has_passkeys(page: Origin) -> bool:
    return ip_address(page.host) is None and (page.scheme == "https" or is_loopback_host(page.host))


def _belongs(host: str, name: str) -> bool:
    """Whether a page of this host may use the passkeys of that name, as browsers see it."""
    return host == name or host.endswith(f".{name}")


class ProvenPasskey(msgspec.Struct, frozen=True):
    """A passkey that has signed a challenge, as it was read then, and what the signature says."""

    row: Row
    verified: bool
    count: int


class PasskeyProofs(msgspec.Struct, frozen=True, eq=False):
    """Challenges, and what answers to them prove."""

    reader: Reader
    names: PasskeyNames
    ceremonies: OneTimeTokens[Ceremony] = msgspec.field(
        default_factory=lambda: OneTimeTokens(CEREMONY_SECONDS, MOST_CEREMONIES)
    )

    def begin(self, host: str | None, account: str | None) -> tuple[str, Ceremony] | Refusal:
        party = self.names.party(host)
        if isinstance(party, Refusal):
            return party
        ceremony = Ceremony(party, webauthn.new_challenge(), account)
        return self.ceremonies.keep(ceremony), ceremony

    async def proven(self, given: PasskeyProof | PasskeySignIn) -> ProvenPasskey | Refusal:
        """The passkey with which the challenge was signed. It uses up the challenge, right or wrong."""
        ceremony = await self.ceremonies.take_anywhere(given.ceremony)
        if ceremony is None or ceremony.account is not None:
            return OVER
        try:
            proof = Proof(
                webauthn.read(given.credential),
                webauthn.read(given.client_data),
                webauthn.read(given.authenticator_data),
                webauthn.read(given.signature),
            )
            row = await self.reader.passkey(proof.credential)
            if row is None or row["rp"] != ceremony.party.id:
                return WRONG
            found = await webauthn.proven(ceremony.party, ceremony.challenge, row["public_key"], proof)
        except WrongPasskey:
            return WRONG
        return ProvenPasskey(row, found.verified, found.count)

    async def use(self, proven: ProvenPasskey) -> tuple[UsePasskey, PasskeyIs] | Refusal:
        """What notes that it has signed in, and under which condition. A copy says a count that was used."""
        id_, credential = proven.row["id"], proven.row["credential"]
        row = await self.reader.passkey(credential)
        if row is None or row["id"] != id_:
            return WRONG
        if proven.count <= row["count"] and (proven.count, row["count"]) != (0, 0):
            return COPIED
        return UsePasskey(id_, proven.count, now()), PasskeyIs(id_, row["count"])
