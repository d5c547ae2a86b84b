"""What an admin can set: one definition for the TOML file, the environment (`CHATD_…`) and the flags.

Times are seconds, sizes bytes. `chatd.settings.loading` says where values come from.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final, Literal

import attrs

from chatd.settings import checks

SignUpPolicy = Literal["open", "invite", "closed"]
HELP: Final = "help"  # keys of a setting's metadata
MASKED: Final = "masked"


def _setting(default: Any, help_: str, *validators: Any, secret: bool = False) -> Any:
    return attrs.field(
        default=default,
        validator=list(validators) or None,
        metadata={HELP: help_, MASKED: secret},
        repr=not secret,
    )


class SettingsError(Exception):
    """What is wrong with the settings, one sentence a line."""


@attrs.frozen
class Settings:
    """One server's settings."""

    data: Path = _setting(
        Path("./chat-data"), "Folder that holds everything this server keeps.", checks.is_folder
    )
    host: str = _setting(
        "127.0.0.1",
        "Addresses to listen on, with commas between them; `::` is every address, also of IPv4.",
        checks.are_hosts,
    )
    port: int = _setting(8400, "Port to listen on; 0 picks a free one.", checks.is_port)
    limits: bool = _setting(
        True, "Rates, quotas, and delays after wrong passwords; switch them off for load tests only."
    )
    views: bool = _setting(True, "Follow the log with views; switch off for measurements only.")
    sign_up: SignUpPolicy = _setting("invite", "Who may sign up: open, invite, closed.")
    server_name: str = _setting("chatd", "Name of this server, as people see it.")
    origins: tuple[str, ...] = _setting(
        (), "Web origins besides our own that may connect and use the API.", checks.are_origins
    )
    public_url: str = _setting("", "Address under which browsers reach this server.", checks.is_web_address)
    oidc_issuer: str = _setting(
        "", "Issuer of the provider of single sign-on, exactly as the provider writes it.", checks.is_issuer
    )
    oidc_client_id: str = _setting("", "Client id of this server at that provider.")
    oidc_client_secret: str = _setting("", "Client secret of this server at that provider.", secret=True)
    oidc_client_secret_file: Path | None = _setting(None, "A file with that secret.", checks.is_readable)
    oidc_name: str = _setting("Single sign-on", "Text of the button for single sign-on.")
    oidc_sign_up: bool = _setting(False, "Whether a first single sign-on makes an account.")
    max_connections: int = _setting(10_000, "Connections served at the same time.", checks.positive)
    rate_per_second: float = _setting(50.0, "Requests a session may make each second.", checks.positive)
    rate_burst: int = _setting(500, "Requests a session may make at once.", checks.positive)
    rate_frames: str = _setting(
        "200/2000",
        "Frames of a connection, refused ones too; what is beyond it is read later.",
        checks.is_rate,
    )
    rate_post: str = _setting("2/500", "Messages of an account, all its sessions together.", checks.is_rate)
    rate_write: str = _setting("5/500", "Other commands of an account.", checks.is_rate)
    rate_query: str = _setting("20/1000", "Queries of an account.", checks.is_rate)
    rate_signal: str = _setting("10/500", "Read marks, typing and presence of an account.", checks.is_rate)
    rate_bot: str = _setting(
        "10/1000", "All bots of an account together: each of post, write, query, signal.", checks.is_rate
    )
    rate_open: str = _setting("0.5/200", "Sessions that an account may open or resume.", checks.is_rate)
    rate_address: str = _setting("20/2000", "Sessions that may be opened from one address.", checks.is_rate)
    rate_refresh: str = _setting("20/2000", "Refreshed tokens for one address.", checks.is_rate)
    rate_sign_in: str = _setting("2/400", "Sign-ins from one address.", checks.is_rate)
    rate_sign_up: str = _setting("0.1/400", "Sign-ups from one address.", checks.is_rate)
    quota_messages: int = _setting(
        20_000, "Messages that an account may write a day, its bots included.", checks.positive
    )
    quota_bytes: int = _setting(
        20 * 2**20, "Bytes that an account may add to the log a day, its bots included.", checks.positive
    )
    quota_reports: int = _setting(50, "Messages that an account may report a day.", checks.positive)
    quota_rooms: int = _setting(
        100, "Rooms that a member who is no moderator may make in a space.", checks.positive
    )
    quota_space_rooms: int = _setting(1000, "Rooms in a space.", checks.positive)
    quota_spaces: int = _setting(50, "Spaces that an account may own.", checks.positive)
    quota_invites: int = _setting(
        100, "Invites that a member may have open in a space at once.", checks.positive
    )
    quota_versions: int = _setting(100, "Versions of a message.", checks.positive)
    quota_stored_bytes: int = _setting(
        5 * 2**30, "Bytes of all files that an account may store, its bots included.", checks.positive
    )
    quota_uploads: int = _setting(1000, "Files that an account may upload a day.", checks.positive)
    quota_sessions: int = _setting(50, "Sessions that an account may have open at once.", checks.positive)
    quota_connections: int = _setting(1000, "Connections from one address at once.", checks.positive)
    login_free_tries: int = _setting(
        5, "Wrong passwords for a name from one address before delays begin.", checks.positive
    )
    login_free_tries_name: int = _setting(
        20, "Wrong passwords for a name from everywhere before delays begin.", checks.positive
    )
    login_free_tries_address: int = _setting(
        100, "Wrong passwords and failed sign-ups from one address before delays begin.", checks.positive
    )
    login_first_delay: float = _setting(
        1.0, "First delay; each further wrong password doubles it.", checks.positive_time
    )
    login_longest_delay: float = _setting(
        900.0, "Longest delay for one name from one address.", checks.positive_time
    )
    login_longest_delay_shared: float = _setting(
        60.0,
        "Longest delay of a name or an address as a whole, which others may have caused.",
        checks.positive_time,
    )
    trusted_proxies: tuple[str, ...] = _setting(
        (), "Addresses or networks of proxies whose X-Forwarded-For is believed.", checks.are_networks
    )
    metrics: tuple[str, ...] = _setting(
        ("127.0.0.1", "::1"), "Addresses or networks that may read /metrics.", checks.are_networks
    )
    direct_rooms_per_day: int = _setting(
        50, "New direct rooms that an account may open in 24 hours, its bots included.", checks.positive
    )
    guest_direct_rooms: bool = _setting(
        False,
        "Whether guests of a space may open direct rooms with those who share a room with them, and be"
        " written to by them.",
    )
    metrics_through_proxy: bool = _setting(False, "Whether /metrics answers requests that a proxy passes on.")
    head_deadline: float = _setting(10.0, "Time for a request head to arrive.", checks.positive_time)
    body_deadline: float = _setting(
        10.0,
        "Time without a byte of the body of an HTTP request before it is refused.",
        checks.positive_time,
    )
    idle_deadline: float = _setting(
        150.0, "Time that a connection may wait for its next HTTP request.", checks.positive_time
    )
    auth_deadline: float = _setting(30.0, "Time to open a session on a new connection.", checks.positive_time)
    write_deadline: float = _setting(
        120.0, "Time without progress before a stalled peer is dropped.", checks.positive_time
    )
    ping_interval: float = _setting(30.0, "Silence after which a connection is pinged.", checks.positive_time)
    ping_timeout: float = _setting(60.0, "Time for the pong to come.", checks.positive_time)
    drain_deadline: float = _setting(
        5.0, "Time for clients and actors to finish at shutdown.", checks.positive_time
    )
    access_token_lifetime: int = _setting(900, "Life of an access token.", checks.positive_time)
    refresh_token_lifetime: int = _setting(30 * 86400, "Life of a refresh token.", checks.positive_time)
    erase_messages_delay: float = _setting(
        3600.0,
        "Time in which an order to erase somebody's messages can be cancelled.",
        checks.not_negative_time,
    )
    retention_delay: float = _setting(
        86400.0,
        "Time in which a rule on how long messages are kept, or the end of a legal hold, can be taken back.",
        checks.not_negative_time,
    )
    max_file: int = _setting(2**30, "Bytes of one file, at most.", checks.positive)
    keep_unheld_files: float = _setting(
        86400.0,
        "Time that an uploaded file is kept while no message or picture has it.",
        checks.positive_time,
    )
    files_reserve: int = _setting(
        256 * 2**20, "Bytes that uploads leave free on the disk, for everything else.", checks.not_negative
    )
    files_store: Literal["folder", "s3"] = _setting(
        "folder",
        "Where files are: in the data folder, or in an S3-compatible bucket.",
        checks.is_complete_store,
    )
    files_s3_endpoint: str = _setting(
        "", "Address of the S3 service; empty: that of AWS.", checks.is_endpoint
    )
    files_s3_bucket: str = _setting(
        "", "Bucket for files; it, or the part below the prefix, belongs to this server alone."
    )
    files_s3_prefix: str = _setting("", "Prefix of the names of this server's objects in the bucket.")
    files_s3_region: str = _setting("us-east-1", "Region of the bucket.")
    files_s3_key_id: str = _setting("", "Access key id of this server at the S3 service.")
    files_s3_secret: str = _setting("", "Secret access key that belongs to that id.", secret=True)
    files_s3_secret_file: Path | None = _setting(None, "A file with that secret.", checks.is_readable)
    files_s3_redirect: bool = _setting(
        False, "Whether clients are sent to the bucket for a file, with an address that is good for minutes."
    )
    unfinished_upload_lifetime: float = _setting(
        86400.0,
        "Time without a new byte after which an unfinished upload is thrown away.",
        checks.positive_time,
    )
    backup_to: str = _setting(
        "",
        "Where the server keeps backups by itself: a folder, or s3://BUCKET/PREFIX; empty: it makes none.",
        checks.is_backup_place,
    )
    backup_every: float = _setting(
        86400.0, "Time from one of these backups to the next.", checks.positive_time
    )
    backup_keep: str = _setting(
        "last 3, daily 7, weekly 4, monthly 12",
        "Which of them it keeps: so many newest ones, and the newest of so many days, weeks, months, years.",
        checks.is_backup_rule,
    )
    backup_recipients: tuple[str, ...] = _setting(
        (),
        "Public keys (age1…, ssh-…) that these backups are encrypted to; empty: not encrypted.",
        checks.are_recipients,
    )
    follow: bool = _setting(
        False,
        "Whether admins may copy everything here over the network, secrets too, as a standby does.",
    )
    cluster_servers: tuple[str, ...] = _setting(
        (),
        "NATS servers (nats://HOST:PORT, tls://…) of the cluster of which this server is a node; empty: it is"
        " alone.",
        checks.are_nats_servers,
    )
    cluster_monitors: tuple[str, ...] = _setting(
        (),
        "Monitoring addresses of these NATS servers (http://HOST:PORT of each), to check how they are set.",
        checks.are_monitors,
    )
    cluster_name: str = _setting("chatd", "Name of the cluster, the same at all its nodes.", checks.is_name)
    cluster_node: str = _setting(
        "", "Name of this node in the cluster; empty: the host name.", checks.is_word
    )
    cluster_replicas: int = _setting(
        3, "On how many NATS servers the log is kept: 1, 3 or 5.", checks.is_replicas
    )
    cluster_credentials: Path | None = _setting(
        None, "A file of NATS credentials, or with the seed of an nkey.", checks.is_readable
    )
    cluster_ca: Path | None = _setting(
        None,
        "File of the authorities that signed the NATS servers' certificates; with it TLS is required.",
        checks.is_readable,
    )
    files_shared: bool = _setting(
        False,
        "Whether the folder of files is the same for all nodes of the cluster, as on a network disk.",
        checks.is_shared,
    )
    push: bool = _setting(True, "Whether devices may be notified by web push.")
    push_contact: str = _setting(
        "",
        "Contact for push services that have trouble with this server, mailto: or https:; empty: public_url.",
        checks.is_contact,
    )
    private_hosts: tuple[str, ...] = _setting(
        (),
        "Hosts (name or name:port) that addresses of users may lead to although they are not public.",
        checks.are_named_hosts,
    )
    idle_actor: float = _setting(
        300.0, "Time without work before an actor is put to sleep.", checks.positive_time
    )
    traces: str = _setting(
        "",
        "Address of an OpenTelemetry collector (OTLP over HTTP) that gets traces; empty: none.",
        checks.is_collector,
    )
    traces_share: float = _setting(1.0, "Which share of the requests is traced, up to 1.", checks.is_share)
    log_level: Literal["debug", "info", "warning", "error"] = _setting("info", "How much is logged.")

    @property
    def hosts(self) -> tuple[str, ...]:
        """The addresses to listen on."""
        return checks.hosts(self.host)
