"""Bots: accounts with an owner, that may do what their scopes name and their owner may."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from chatd.contract.account import Account, BearerToken
from chatd.contract.fields import AccountName, Id, Name, Scope, Time
from chatd.contract.http import Http
from chatd.contract.spec import RequestType, command, query

Scopes = Annotated[list[Scope], Meta(max_length=6)]


class CreateBot(Struct, frozen=True):
    name: AccountName
    scopes: Scopes
    display_name: Name | None = None
    owner: Id | None = None  # for operators; everybody else owns what they make


class ListBots(Struct, frozen=True):
    owner: Id | None = None  # for operators


class UpdateBot(Struct, frozen=True):
    account: Id
    scopes: Scopes


class IssueBotToken(Struct, frozen=True):
    account: Id


class DeleteBot(Struct, frozen=True):
    account: Id


class Bot(Struct, frozen=True, kw_only=True):
    account: Id
    name: str
    display_name: str
    scopes: list[Scope]
    created_at: Time


class BotCreated(Struct, frozen=True, kw_only=True):
    """The token is shown this once."""

    account: Account
    token: str
    expires_at: Time


class BotList(Struct, frozen=True, kw_only=True):
    bots: list[Bot]


REQUESTS: tuple[RequestType, ...] = (
    command(
        "bot.create",
        CreateBot,
        BotCreated,
        doc="Makes a bot of the caller's and its token.",
        http=Http("POST", "/bots", 201),
        scope="never",
        refusals=("not_found", "conflict"),
        events=("account.created", "bot.created"),
        notes=(
            "A bot is an account with an owner and without a password. It may do what its scopes cover, and"
            " of that only what its owner may at that moment.",
            "In a space its role is the lower one of its own and its owner's, and never `owner`. It enters"
            " spaces and rooms only where its owner is, by an invite like everybody, and leaves them with"
            " its owner.",
            "A bot whose owner is disabled is shut out; when the owner is deleted, so is the bot.",
            "`owner` is for operators; everybody else owns the bots they make.",
        ),
    ),
    query(
        "bot.list",
        ListBots,
        BotList,
        doc="The caller's bots.",
        http=Http("GET", "/bots"),
        scope="never",
        refusals=("not_found",),
    ),
    command(
        "bot.update",
        UpdateBot,
        doc="Sets the scopes of a bot; its sessions reconnect.",
        http=Http("PATCH", "/bots/{account}"),
        scope="never",
        refusals=("not_found",),
        events=("bot.updated",),
        notes=("The bot's connections close with 1001; it connects again with its new scopes.",),
    ),
    command(
        "bot.token",
        IssueBotToken,
        BearerToken,
        doc="A new token; the bot's older ones end.",
        http=Http("POST", "/bots/{account}/token", 201),
        scope="never",
        refusals=("not_found",),
        notes=("The bot's older tokens end.",),
    ),
    command(
        "bot.delete",
        DeleteBot,
        doc="Deletes a bot; what it wrote stays.",
        http=Http("DELETE", "/bots/{account}"),
        scope="never",
        refusals=("not_found",),
        events=("bot.deleted", "account.updated", "member.left", "account.deleted"),
        notes=("What the bot wrote stays; nothing else of it does.",),
    ),
)
