"""Payloads that events of several streams have."""

from __future__ import annotations

from msgspec import UNSET, Struct, UnsetType

from chatd.contract.fields import Id


class Nothing(Struct, frozen=True, kw_only=True):
    pass


class Reason(Struct, frozen=True, kw_only=True):
    reason: str | UnsetType = UNSET


class AboutAccount(Struct, frozen=True, kw_only=True):
    account: Id
    reason: str | UnsetType = UNSET


class Left(Struct, frozen=True, kw_only=True):
    account: Id
    imported: Id | UnsetType = UNSET


class AboutMember(Struct, frozen=True, kw_only=True):
    account: Id


class HoldSet(Struct, frozen=True, kw_only=True):
    hold: bool
    reason: str | UnsetType = UNSET
