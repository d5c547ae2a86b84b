"""What an admin can set: one definition for the TOML file, the environment (`CHATD_…`) and the flags.

Times are seconds, sizes bytes. `chatd.settings.loading` says where values come from. A check raises
ValueError with a sentence that begins with the setting's name.
"""

from __future__ import annotations

import ipaddress
import os
import re
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final, Literal
from urllib.parse import urlsplit

import attrs

from chatd.domain.backup_rule import Rule
from chatd.settings.values import shown, shown_each, shown_path
from chatd.web_origin import Origin, is_loopback_host

SignUpPolicy = Literal["open", "invite", "closed"]
HELP: Final = "help"  # keys of a setting's metadata
MASKED: Final = "masked"


def _setting(default: Any, help_: str, *checks: Any, secret: bool = False) -> Any:
    return attrs.field(
        default=default,
        validator=list(checks) or None,
        metadata={HELP: help_, MASKED: secret},
        repr=not secret,
    )


def _positive(_: Any, field: attrs.Attribute[Any], value: float) -> None:
    if value <= 0:
        raise ValueError(f"{field.name} must be more than 0, not {value}")


def _not_negative(_: Any, field: attrs.Attribute[Any], value: float) -> None:
    if value < 0:
        raise ValueError(f"{field.name} must be 0 or more, not {value}")


def _is_port(_: Any, field: attrs.Attribute[int], value: int) -> None:
    if not 0 <= value <= 65535:
        raise ValueError(f"{field.name} must be a port from 1 to 65535, or 0 for a free one, not {value}")


_RATE: Final = re.compile(r"(\d{1,9}(?:\.\d{1,9})?)/(\d{1,9})")


class SettingsError(Exception):
    """What is wrong with the settings, one sentence a line."""


@attrs.frozen
class Rate:
    """`burst` requests at once, `per_second` in the long run. Written `per_second/burst`, as in `0.5/30`."""

    per_second: float
    burst: int

    @classmethod
    def parse(cls, text: str) -> Rate:
        """Raises ValueError."""
        match = _RATE.fullmatch(text)
        if match is None or not float(match[1]) or not int(match[2]):
            raise ValueError(f"must be a rate such as 0.5/30 (requests a second/at once), not {shown(text)}")
        return cls(float(match[1]), int(match[2]))


def _is_rate(_: Any, field: attrs.Attribute[str], value: str) -> None:
    try:
        Rate.parse(value)
    except ValueError as error:
        raise ValueError(f"{field.name} {error}") from None


def _are_networks(_: Any, field: attrs.Attribute[tuple[str, ...]], value: tuple[str, ...]) -> None:
    if wrong := [network for network in value if not _is_network(network)]:
        raise ValueError(
            f"{field.name} holds {shown_each(wrong)}: no address and no network such as 10.0.0.0/8"
        )


def _is_network(text: str) -> bool:
    try:
        ipaddress.ip_network(text, strict=False)
    except ValueError:
        return False
    return True


def is_loopback(url: str) -> bool:
    """Whether what is sent to this address stays on this machine."""
    return is_loopback_host(urlsplit(url).hostname or "")


def _are_origins(_: Any, field: attrs.Attribute[tuple[str, ...]], value: tuple[str, ...]) -> None:
    if wrong := [origin for origin in value if not _is_origin(origin)]:
        raise ValueError(
            f"{field.name} holds {shown_each(wrong)}: no web origin such as https://chat.example.org"
        )


def _is_origin(text: str) -> bool:
    try:
        Origin.parse(text)
    except ValueError:
        return False
    return True


def _is_web_address(_: Any, field: attrs.Attribute[str], value: str) -> None:
    parts = urlsplit(value)
    if value and (not parts.netloc or parts.query or parts.fragment or "@" in parts.netloc):
        raise ValueError(
            f"{field.name} must be an address such as https://chat.example.org, not {shown(value)}"
        )
    if value and parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(value)):
        raise ValueError(
            f"{field.name} must begin with https://, unless it is on this machine, not {shown(value)}"
        )


def _is_collector(_: Any, field: attrs.Attribute[str], value: str) -> None:
    parts = urlsplit(value)
    if value and (parts.scheme not in ("http", "https") or not parts.netloc or "@" in parts.netloc):
        raise ValueError(
            f"{field.name} must be an address such as http://127.0.0.1:4318/v1/traces, not {shown(value)}"
        )
    if value and find_spec("opentelemetry") is None:
        raise ValueError(f"{field.name} needs OpenTelemetry: install chatd with it, as chatd[otel]")


def _is_share(_: Any, field: attrs.Attribute[float], value: float) -> None:
    if not 0 < value <= 1:
        raise ValueError(f"{field.name} must be more than 0 and at most 1, not {value}")


def _is_issuer(settings: Settings, field: attrs.Attribute[str], value: str) -> None:
    _is_web_address(settings, field, value)
    if value and not settings.oidc_client_id:
        raise ValueError(f"{field.name} needs oidc_client_id: register this server with the provider first")


def _is_complete_store(settings: Settings, field: attrs.Attribute[str], value: str) -> None:
    if value == "s3" and not (settings.files_s3_bucket and settings.files_s3_key_id):
        raise ValueError(f"{field.name} is s3, and that needs files_s3_bucket and files_s3_key_id")


def _is_endpoint(_: Any, field: attrs.Attribute[str], value: str) -> None:
    parts = urlsplit(value)
    if value and (parts.scheme not in ("http", "https") or not parts.netloc or "@" in parts.netloc):
        raise ValueError(
            f"{field.name} must be an address such as https://s3.example.org, not {shown(value)}"
        )


def _is_contact(_: Any, field: attrs.Attribute[str], value: str) -> None:
    if value and not re.fullmatch(r"mailto:[^\s@]+@[^\s@]+|https://[^\s/]\S*", value):
        raise ValueError(f"{field.name} must be like mailto:admin@example.org, not {shown(value)}")


def _are_named_hosts(_: Any, field: attrs.Attribute[tuple[str, ...]], value: tuple[str, ...]) -> None:
    if wrong := [
        host for host in value if not re.fullmatch(r"[A-Za-z0-9._-]+(:[0-9]{1,5})?|[0-9a-fA-F:]+", host)
    ]:
        raise ValueError(f"{field.name} holds {shown_each(wrong)}: no host such as push.example.org:8443")


def _is_backup_place(_: Any, field: attrs.Attribute[str], value: str) -> None:
    if value and not re.fullmatch(r"s3://[^/\s]+(/\S*)?|/.*", value):
        raise ValueError(
            f"{field.name} must be a folder that begins with /, or s3://BUCKET/PREFIX, not {shown(value)}"
        )
    if value.startswith("s3://") and find_spec("obstore") is None:
        raise ValueError(f"{field.name} is in S3, and that needs chatd with it, as chatd[s3]")


def _is_backup_rule(_: Any, field: attrs.Attribute[str], value: str) -> None:
    try:
        Rule.parse(value)
    except ValueError as error:
        raise ValueError(f"{field.name} {error}") from None


def _are_recipients(_: Any, field: attrs.Attribute[tuple[str, ...]], value: tuple[str, ...]) -> None:
    if wrong := [key for key in value if not re.fullmatch(r"age1[a-z0-9]+|ssh-[a-z0-9]+ \S+.*", key)]:
        raise ValueError(f"{field.name} holds {shown_each(wrong)}: no public key of age (age1…) or SSH")
    if value and find_spec("pyrage") is None:
        raise ValueError(f"{field.name} needs a library: install chatd with it, as chatd[age]")


def _are_nats_servers(_: Any, field: attrs.Attribute[tuple[str, ...]], value: tuple[str, ...]) -> None:
    if wrong := [url for url in value if not re.fullmatch(r"(nats|tls)://[^/@\s]+", url)]:
        raise ValueError(f"{field.name} holds {shown_each(wrong)}, and an address is nats://HOST:PORT")


def _are_monitors(
    settings: Settings, field: attrs.Attribute[tuple[str, ...]], value: tuple[str, ...]
) -> None:
    if wrong := [url for url in value if not re.fullmatch(r"https?://[^/@\s]+", url)]:
        raise ValueError(f"{field.name} holds {shown_each(wrong)}, and an address is http://HOST:PORT")
    if settings.cluster_servers and not value:
        raise ValueError(
            f"{field.name} must name the monitoring ports of the NATS servers, as http://HOST:8222: they say"
            " whether a server syncs before it acknowledges"
        )


def _is_shared(settings: Settings, _: attrs.Attribute[bool], value: bool) -> None:
    if settings.cluster_servers and settings.files_store == "folder" and not value:
        raise ValueError(
            "the nodes of a cluster need one place for files: set files_store to s3, or mount one network"
            " disk as the folder `files` of each node and set files_shared to true"
        )


def _is_replicas(_: Any, field: attrs.Attribute[int], value: int) -> None:
    if value not in (1, 3, 5):
        raise ValueError(f"{field.name} must be 1, 3 or 5, not {value}")


def _is_word(_: Any, field: attrs.Attribute[str], value: str) -> None:
    if not re.fullmatch(r"[A-Za-z0-9_-]{0,32}", value):
        raise ValueError(f"{field.name} must be at most 32 letters, digits, - and _, not {shown(value)}")


def _is_readable(_: Any, field: attrs.Attribute[Path | None], value: Path | None) -> None:
    if value is not None and (value.is_dir() or not os.access(value, os.R_OK)):
        raise ValueError(f"{field.name} names {shown_path(value)}, which is no file that chatd can read")


def _is_folder(_: Any, field: attrs.Attribute[Path], value: Path) -> None:
    if value.exists() and not value.is_dir():
        raise ValueError(f"{field.name} must be a folder, and {shown_path(value)} is not one")


def _hosts(value: str) -> tuple[str, ...]:
    return tuple(filter(None, (host.strip() for host in value.split(","))))


def _are_hosts(_: Any, field: attrs.Attribute[str], value: str) -> None:
    if not _hosts(value):
        raise ValueError(f"{field.name} must be an address such as 127.0.0.1, or several: 127.0.0.1, ::1")


@attrs.frozen
class Settings:
    """One server's settings."""

    data: Path = _setting(Path("./chat-data"), "Folder that holds everything this server keeps.", _is_folder)
    host: str = _setting(
        "127.0.0.1",
        "Addresses to listen on, with commas between them; `::` is every address, also of IPv4.",
        _are_hosts,
    )
    port: int = _setting(8400, "Port to listen on; 0 picks a free one.", _is_port)
    limits: bool = _setting(
        True, "Rates, quotas, and delays after wrong passwords; switch them off for load tests only."
    )
    views: bool = _setting(True, "Follow the log with views; switch off for measurements only.")
    sign_up: SignUpPolicy = _setting("invite", "Who may sign up: open, invite, closed.")
    server_name: str = _setting("chatd", "How this server calls itself.")
    origins: tuple[str, ...] = _setting(
        (), "Web origins besides our own that may connect and use the API.", _are_origins
    )
    public_url: str = _setting("", "Address under which browsers reach this server.", _is_web_address)
    oidc_issuer: str = _setting("", "Provider of single sign-on: its issuer, as it writes it.", _is_issuer)
    oidc_client_id: str = _setting("", "What the provider calls this server.")
    oidc_client_secret: str = _setting("", "What this server proves to the provider that it is.", secret=True)
    oidc_client_secret_file: Path | None = _setting(None, "A file with that secret.", _is_readable)
    oidc_name: str = _setting("Single sign-on", "What the button for it says.")
    oidc_sign_up: bool = _setting(False, "Whether a first single sign-on makes an account.")
    max_connections: int = _setting(10_000, "Connections served at the same time.", _positive)
    rate_per_second: float = _setting(50.0, "Requests a session may make each second.", _positive)
    rate_burst: int = _setting(500, "Requests a session may make at once.", _positive)
    rate_frames: str = _setting(
        "200/2000", "Frames of a connection, refused ones too; what is beyond it is read later.", _is_rate
    )
    rate_post: str = _setting("2/500", "Messages of an account, all its sessions together.", _is_rate)
    rate_write: str = _setting("5/500", "Other commands of an account.", _is_rate)
    rate_query: str = _setting("20/1000", "Queries of an account.", _is_rate)
    rate_signal: str = _setting("10/500", "Read marks, typing and presence of an account.", _is_rate)
    rate_bot: str = _setting(
        "10/1000", "All bots of an account together: each of post, write, query, signal.", _is_rate
    )
    rate_open: str = _setting("0.5/200", "Sessions that an account may open or resume.", _is_rate)
    rate_address: str = _setting("20/2000", "Sessions that may be opened from one address.", _is_rate)
    rate_refresh: str = _setting("20/2000", "Refreshed tokens for one address.", _is_rate)
    rate_sign_in: str = _setting("2/400", "Sign-ins from one address.", _is_rate)
    rate_sign_up: str = _setting("0.1/400", "Sign-ups from one address.", _is_rate)
    quota_messages: int = _setting(
        20_000, "Messages that an account may write a day, its bots included.", _positive
    )
    quota_bytes: int = _setting(
        20 * 2**20, "Bytes that an account may add to the log a day, its bots included.", _positive
    )
    quota_reports: int = _setting(50, "Messages that an account may report a day.", _positive)
    quota_rooms: int = _setting(100, "Rooms in a space that one who is no moderator may make.", _positive)
    quota_space_rooms: int = _setting(1000, "Rooms in a space.", _positive)
    quota_spaces: int = _setting(50, "Spaces that an account may own.", _positive)
    quota_invites: int = _setting(100, "Invites in a space that one maker may have open at once.", _positive)
    quota_versions: int = _setting(100, "Versions of a message.", _positive)
    quota_stored_bytes: int = _setting(
        5 * 2**30, "Bytes of all files that an account may store, its bots included.", _positive
    )
    quota_uploads: int = _setting(1000, "Files that an account may upload a day.", _positive)
    quota_sessions: int = _setting(50, "Sessions that an account may have open at once.", _positive)
    quota_connections: int = _setting(1000, "Connections from one address at once.", _positive)
    login_free_tries: int = _setting(
        5, "Wrong passwords for a name from one address that go free.", _positive
    )
    login_free_tries_name: int = _setting(
        20, "Wrong passwords for a name from everywhere that go free.", _positive
    )
    login_free_tries_address: int = _setting(
        100, "Wrong passwords, and failed sign-ups, from one address that go free.", _positive
    )
    login_first_delay: float = _setting(
        1.0, "First delay of who has used up what goes free; each more doubles it.", _positive
    )
    login_longest_delay: float = _setting(
        900.0, "Longest delay of who tries one name from one address.", _positive
    )
    login_longest_delay_shared: float = _setting(
        60.0, "Longest delay of a name or an address as a whole, which others may have caused.", _positive
    )
    trusted_proxies: tuple[str, ...] = _setting(
        (), "Addresses or networks of proxies whose X-Forwarded-For is believed.", _are_networks
    )
    metrics: tuple[str, ...] = _setting(
        ("127.0.0.1", "::1"), "Addresses or networks that may read /metrics.", _are_networks
    )
    direct_rooms_per_day: int = _setting(
        50, "New direct rooms that an account may open in 24 hours, its bots included.", _positive
    )
    guest_direct_rooms: bool = _setting(
        False,
        "Whether guests of a space may open direct rooms with those who share a room with them, and be"
        " written to by them.",
    )
    metrics_through_proxy: bool = _setting(False, "Whether /metrics answers requests that a proxy passes on.")
    head_deadline: float = _setting(10.0, "Time for a request head to arrive.", _positive)
    body_deadline: float = _setting(
        10.0, "Time without a byte of the body of an HTTP request before it is refused.", _positive
    )
    idle_deadline: float = _setting(
        150.0, "Time that a connection may wait for its next HTTP request.", _positive
    )
    auth_deadline: float = _setting(30.0, "Time to open a session on a new connection.", _positive)
    write_deadline: float = _setting(
        120.0, "Time without progress before a stalled peer is dropped.", _positive
    )
    ping_interval: float = _setting(30.0, "Silence after which a connection is pinged.", _positive)
    ping_timeout: float = _setting(60.0, "Time for the pong to come.", _positive)
    drain_deadline: float = _setting(5.0, "Time for clients and actors to finish at shutdown.", _positive)
    access_token_lifetime: int = _setting(900, "Life of an access token.", _positive)
    refresh_token_lifetime: int = _setting(30 * 86400, "Life of a refresh token.", _positive)
    erase_messages_delay: float = _setting(
        3600.0, "Time in which an order to erase somebody's messages can be cancelled.", _not_negative
    )
    retention_delay: float = _setting(
        86400.0,
        "Time in which a rule on how long messages are kept, or the end of a legal hold, can be taken back.",
        _not_negative,
    )
    max_file: int = _setting(2**30, "Bytes of one file, at most.", _positive)
    keep_unheld_files: float = _setting(
        86400.0, "Time that an uploaded file is kept while no message or picture has it.", _positive
    )
    files_reserve: int = _setting(
        256 * 2**20, "Bytes that uploads leave free on the disk, for everything else.", _not_negative
    )
    files_store: Literal["folder", "s3"] = _setting(
        "folder", "Where files are: in the data folder, or in an S3-compatible bucket.", _is_complete_store
    )
    files_s3_endpoint: str = _setting("", "Address of the S3 service; none is that of AWS.", _is_endpoint)
    files_s3_bucket: str = _setting("", "The bucket, which belongs to this server alone, or its part of it.")
    files_s3_prefix: str = _setting("", "What the names of this server's objects in the bucket begin with.")
    files_s3_region: str = _setting("us-east-1", "Region of the bucket.")
    files_s3_key_id: str = _setting("", "Whom this server is to the S3 service.")
    files_s3_secret: str = _setting("", "What it proves that with.", secret=True)
    files_s3_secret_file: Path | None = _setting(None, "A file with that secret.", _is_readable)
    files_s3_redirect: bool = _setting(
        False, "Whether clients are sent to the bucket for a file, with an address that is good for minutes."
    )
    unfinished_upload_lifetime: float = _setting(
        86400.0, "Time without a new byte after which an unfinished upload is thrown away.", _positive
    )
    backup_to: str = _setting(
        "",
        "Where the server keeps backups by itself: a folder, or s3://BUCKET/PREFIX; empty: it makes none.",
        _is_backup_place,
    )
    backup_every: float = _setting(86400.0, "Time from one of these backups to the next.", _positive)
    backup_keep: str = _setting(
        "last 3, daily 7, weekly 4, monthly 12",
        "Which of them it keeps: so many newest ones, and the newest of so many days, weeks, months, years.",
        _is_backup_rule,
    )
    backup_recipients: tuple[str, ...] = _setting(
        (),
        "Public keys (age1…, ssh-…) that they are encrypted to; none: they are not.",
        _are_recipients,
    )
    follow: bool = _setting(
        False,
        "Whether admins may copy everything here over the network, secrets too, as a standby does.",
    )
    cluster_servers: tuple[str, ...] = _setting(
        (),
        "NATS servers (nats://HOST:PORT, tls://…) through which this server is one of several; none: it is"
        " alone.",
        _are_nats_servers,
    )
    cluster_monitors: tuple[str, ...] = _setting(
        (),
        "Where these NATS servers are asked how they are set (http://HOST:PORT of each).",
        _are_monitors,
    )
    cluster_name: str = _setting("chatd", "What the cluster is called; its nodes have the same.", _is_word)
    cluster_node: str = _setting("", "What this node is called there; empty: as its machine.", _is_word)
    cluster_replicas: int = _setting(3, "On how many NATS servers the log is kept: 1, 3 or 5.", _is_replicas)
    cluster_credentials: Path | None = _setting(
        None, "A file of NATS credentials, or with the seed of an nkey.", _is_readable
    )
    cluster_ca: Path | None = _setting(
        None,
        "A file with the certificates that the NATS servers' are signed with; it makes TLS a must.",
        _is_readable,
    )
    files_shared: bool = _setting(
        False,
        "Whether the folder of files is the same for all nodes of the cluster, as on a network disk.",
        _is_shared,
    )
    push: bool = _setting(True, "Whether devices may be notified by web push.")
    push_contact: str = _setting(
        "",
        "Whom a push service may write to about this server, as mailto: or https:; empty: public_url.",
        _is_contact,
    )
    private_hosts: tuple[str, ...] = _setting(
        (),
        "Hosts (name or name:port) that addresses given by users may lead to though they are not public.",
        _are_named_hosts,
    )
    idle_actor: float = _setting(300.0, "Time without work before an actor is put to sleep.", _positive)
    traces: str = _setting(
        "",
        "Address of an OpenTelemetry collector (OTLP over HTTP) that gets traces; empty: none.",
        _is_collector,
    )
    traces_share: float = _setting(1.0, "Which share of the requests is traced, up to 1.", _is_share)
    log_level: Literal["debug", "info", "warning", "error"] = _setting("info", "How much is logged.")

    @property
    def hosts(self) -> tuple[str, ...]:
        """The addresses to listen on."""
        return _hosts(self.host)
