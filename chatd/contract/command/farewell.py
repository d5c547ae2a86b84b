"""What can be asked about leaving for good: taking everything along, and deleting an account."""

from __future__ import annotations

import attrs

from chatd.contract.fields import DEFAULT_PAGE, Id, Limit, Password, Reason, Token


@attrs.frozen
class DeleteAccount:
    password: Password | None = None


@attrs.frozen
class EraseAccount:
    account: Id
    reason: Reason | None = None
    dry_run: bool = False


@attrs.frozen
class ExportAccount:
    account: Id | None = None  # for operators; everybody else exports what is theirs
    after: Token | None = None
    limit: Limit = DEFAULT_PAGE
