"""Accounts: how one signs in and proves who one is, devices, quotas, bots."""

from __future__ import annotations

from functools import partial
from importlib import import_module

import trio

from chatd.auth.passwords import Passwords
from chatd.auth.sso_flow import SingleSignOn
from chatd.auth.tokens import Tokens
from chatd.handlers import account
from chatd.handlers.account_changes import AccountChanges
from chatd.handlers.account_deletion import AccountDeletions
from chatd.handlers.account_export import AccountExports
from chatd.handlers.bot import Bots
from chatd.handlers.credentials import Credentials
from chatd.handlers.device import Devices
from chatd.handlers.device_tokens import DeviceTokens
from chatd.handlers.first_sign_in import FirstSignIn
from chatd.handlers.identity import Identities, SingleSignOns
from chatd.handlers.invite_codes import InviteCodes
from chatd.handlers.passkey import Passkeys, PasskeySignIns
from chatd.handlers.passkey_proofs import PasskeyNames, PasskeyProofs
from chatd.handlers.profile import Profiles
from chatd.handlers.quota import QuotaHandlers
from chatd.handlers.recovery import RecoveryLinks
from chatd.handlers.registry import Handlers
from chatd.handlers.sign_in import SignIns, SignUps
from chatd.handlers.totp import Totp
from chatd.ports import Provider
from chatd.settings import Settings
from chatd.wiring.base import Base


class AccountServices:
    def __init__(self, base: Base) -> None:
        settings, reader, commands = base.settings, base.reader, base.commands
        self.signer = Tokens(base.signing_key, base.store.epochs.database)
        self.credentials = Credentials(
            reader, commands, Passwords(), base.throttle, settings.server_name, base.fresh
        )
        self.tokens = DeviceTokens(settings, self.signer, commands, base.live)
        self.sso = SingleSignOn(
            settings, partial(trio.to_thread.run_sync, _load_provider, settings), lambda: base.address.home
        )
        self.recovery = RecoveryLinks(reader, self.credentials, self.tokens, base.address, base.fresh)
        self.proofs = PasskeyProofs(reader, PasskeyNames(settings, base.address))
        self.accounts = account.Accounts(
            reader, commands, self.credentials, self.tokens, self.recovery, base.disabled
        )

    def handlers(self, base: Base, codes: InviteCodes) -> Handlers:
        settings, reader, commands = base.settings, base.reader, base.commands
        credentials, tokens = self.credentials, self.tokens
        throttle, name = base.throttle, settings.server_name
        return {
            "account": (
                self.accounts,
                AccountChanges(reader, commands, base.live),
                account.OwnAccount(commands, throttle, credentials, tokens),
                SignUps(settings, reader, commands, throttle, credentials, codes, tokens),
                SignIns(
                    settings,
                    reader,
                    commands,
                    throttle,
                    credentials,
                    tokens,
                    self.proofs,
                    base.settled.wall,
                ),
                PasskeySignIns(reader, self.proofs, tokens),
                SingleSignOns(
                    reader,
                    commands,
                    self.sso,
                    tokens,
                    FirstSignIn(reader, commands, tokens, settings.oidc_sign_up),
                ),
                AccountDeletions(reader, base.directory, credentials, base.deletions),
                AccountExports(reader, base.views, base.bus, base.histories, credentials, base.signing_key),
            ),
            "profile": (Profiles(reader),),
            "identity": (Identities(reader, self.sso, credentials, settings.oidc_name),),
            "device": (Devices(reader, tokens),),
            "quota": (QuotaHandlers(reader, base.directory, base.usage, base.quotas, base.open_sessions.of),),
            "passkey": (Passkeys(reader, commands, credentials, self.proofs, name),),
            "totp": (Totp(reader, commands, credentials, throttle, name),),
            "bot": (Bots(reader, commands, tokens, base.deletions),),
        }


def _load_provider(settings: Settings) -> Provider:
    """What asks others over HTTP is loaded only where single sign-on is used, when it is."""
    provider: Provider = import_module("chatd.outbound.oidc").OpenIdProvider(settings)
    return provider
