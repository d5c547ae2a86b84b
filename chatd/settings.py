"""What an admin can set: one definition for the TOML file, the environment (`CHATD_…`) and the flags.

Times are seconds, sizes bytes.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Literal

import attrs
import typed_settings as ts
from typed_settings.converters import TSConverter

SignUpPolicy = Literal["open", "invite", "closed"]


def _setting(default: Any, help_: str, *checks: Any) -> Any:
    return ts.option(default=default, help=help_, validator=list(checks) or None)


_FOR_CHATCTL = {"CHATD_URL", "CHATD_TOKEN"}
_positive = attrs.validators.gt(0)


@attrs.frozen
class Settings:
    """One server's settings."""

    data: Path = _setting(Path("./chat-data"), "Folder that holds everything this server keeps.")
    host: str = _setting("127.0.0.1", "Address to listen on.")
    port: int = _setting(8400, "Port to listen on; 0 picks a free one.", attrs.validators.in_(range(65536)))
    limits: bool = _setting(True, "Rate limits; switch them off for load tests only.")
    views: bool = _setting(True, "Follow the log with views; switch off for measurements only.")
    sign_up: SignUpPolicy = _setting("open", "Who may sign up: open, invite, closed.")
    server_name: str = _setting("chatd", "How this server calls itself.")
    origins: tuple[str, ...] = _setting((), "Web origins besides our own that may connect.")
    max_connections: int = _setting(10_000, "Connections served at the same time.", _positive)
    rate_per_second: float = _setting(50.0, "Requests a session may make each second.", _positive)
    rate_burst: int = _setting(500, "Requests a session may make at once.", _positive)
    head_deadline: float = _setting(10.0, "Time for a request head to arrive.", _positive)
    auth_deadline: float = _setting(30.0, "Time to open a session on a new connection.", _positive)
    write_deadline: float = _setting(
        120.0, "Time without progress before a stalled peer is dropped.", _positive
    )
    ping_interval: float = _setting(30.0, "Silence after which a connection is pinged.", _positive)
    ping_timeout: float = _setting(60.0, "Time for the pong to come.", _positive)
    drain_deadline: float = _setting(5.0, "Time for clients and actors to finish at shutdown.", _positive)
    access_token_lifetime: int = _setting(900, "Life of an access token.", _positive)
    refresh_token_lifetime: int = _setting(30 * 86400, "Life of a refresh token.", _positive)
    idle_actor: float = _setting(300.0, "Time without work before an actor is put to sleep.", _positive)
    log_level: Literal["debug", "info", "warning", "error"] = _setting("info", "How much is logged.")


class SettingsError(Exception):
    """A setting that is unknown or has no sensible value."""


def load(config: Path | None, flags: dict[str, Any]) -> Settings:
    """Settings from the file, then the environment, then flags: later ones win."""
    loaders: list[Any] = []
    if config is not None:
        loaders.append(ts.FileLoader({"*.toml": ts.TomlFormat("chatd")}, [config]))
    loaders.append(ts.EnvLoader("CHATD_"))
    try:
        settings = ts.load_settings(Settings, loaders, converter=TSConverter(strlist_sep=","))
        return attrs.evolve(settings, **flags)
    except (ts.exceptions.TsError, ValueError, TypeError) as error:
        raise SettingsError(_reason(error)) from error


def unknown_variables() -> list[str]:
    """Names in the environment that look like settings and are none."""
    known = {f"CHATD_{field.name.upper()}" for field in attrs.fields(Settings)} | _FOR_CHATCTL
    return sorted(name for name in os.environ if name.startswith("CHATD_") and name not in known)


def _reason(error: BaseException) -> str:
    while error.__cause__ is not None:
        error = error.__cause__
    if isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return str(error).splitlines()[0] if str(error) else type(error).__name__
