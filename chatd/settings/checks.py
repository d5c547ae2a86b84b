"""Checks of what is set. Each raises ValueError with a sentence that begins with the name of the setting."""

from __future__ import annotations

import ipaddress
import os
import re
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import attrs

from chatd import path_kind
from chatd.domain.backup_rule import Rule
from chatd.settings.rate import Rate
from chatd.settings.values import shown, shown_each, shown_path
from chatd.web_origin import Origin, is_loopback_host

if TYPE_CHECKING:
    from chatd.settings.settings import Settings

LONGEST: Final = 10**11  # seconds; a moment that far away has a date, and fits into a column in milliseconds


def positive(_: Any, field: attrs.Attribute[Any], value: float) -> None:
    if value <= 0:
        raise ValueError(f"{field.name} must be more than 0, not {value}")


def not_negative(_: Any, field: attrs.Attribute[Any], value: float) -> None:
    if value < 0:
        raise ValueError(f"{field.name} must be 0 or more, not {value}")


def positive_time(_: Any, field: attrs.Attribute[Any], value: float) -> None:
    positive(_, field, value)
    _is_time(field, value)


def not_negative_time(_: Any, field: attrs.Attribute[Any], value: float) -> None:
    not_negative(_, field, value)
    _is_time(field, value)


def is_port(_: Any, field: attrs.Attribute[int], value: int) -> None:
    if not 0 <= value <= 65535:
        raise ValueError(f"{field.name} must be a port from 1 to 65535, or 0 for a free one, not {value}")


def is_rate(_: Any, field: attrs.Attribute[str], value: str) -> None:
    try:
        Rate.parse(value)
    except ValueError as error:
        raise ValueError(f"{field.name} {error}") from None


def are_networks(_: Any, field: attrs.Attribute[tuple[str, ...]], value: tuple[str, ...]) -> None:
    if wrong := [network for network in value if not is_network(network)]:
        raise ValueError(
            f"{field.name} holds {shown_each(wrong)}: no address and no network such as 10.0.0.0/8"
        )


def is_network(text: str) -> bool:
    try:
        ipaddress.ip_network(text, strict=False)
    except ValueError:
        return False
    return True


def is_loopback(url: str) -> bool:
    """Whether what is sent to this address stays on this machine."""
    return is_loopback_host(urlsplit(url).hostname or "")


def are_origins(_: Any, field: attrs.Attribute[tuple[str, ...]], value: tuple[str, ...]) -> None:
    if wrong := [origin for origin in value if not is_origin(origin)]:
        raise ValueError(
            f"{field.name} holds {shown_each(wrong)}: no web origin such as https://chat.example.org"
        )


def is_origin(text: str) -> bool:
    try:
        Origin.parse(text)
    except ValueError:
        return False
    return True


def is_web_address(_: Any, field: attrs.Attribute[str], value: str) -> None:
    parts = urlsplit(value)
    if value and (not parts.netloc or parts.query or parts.fragment or "@" in parts.netloc):
        raise ValueError(
            f"{field.name} must be an address such as https://chat.example.org, not {shown(value)}"
        )
    if value and parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(value)):
        raise ValueError(
            f"{field.name} must begin with https://, unless it is on this machine, not {shown(value)}"
        )


def is_collector(_: Any, field: attrs.Attribute[str], value: str) -> None:
    parts = urlsplit(value)
    if value and (parts.scheme not in ("http", "https") or not parts.netloc or "@" in parts.netloc):
        raise ValueError(
            f"{field.name} must be an address such as http://127.0.0.1:4318/v1/traces, not {shown(value)}"
        )
    if value and find_spec("opentelemetry") is None:
        raise ValueError(f"{field.name} needs OpenTelemetry: install chatd with it, as chatd[otel]")


def is_share(_: Any, field: attrs.Attribute[float], value: float) -> None:
    if not 0 < value <= 1:
        raise ValueError(f"{field.name} must be more than 0 and at most 1, not {value}")


def is_issuer(settings: Settings, field: attrs.Attribute[str], value: str) -> None:
    is_web_address(settings, field, value)
    if value and not settings.oidc_client_id:
        raise ValueError(f"{field.name} needs oidc_client_id: register this server with the provider first")


def is_complete_store(settings: Settings, field: attrs.Attribute[str], value: str) -> None:
    if value == "s3" and not (settings.files_s3_bucket and settings.files_s3_key_id):
        raise ValueError(f"{field.name} is s3, and that needs files_s3_bucket and files_s3_key_id")


def is_endpoint(_: Any, field: attrs.Attribute[str], value: str) -> None:
    parts = urlsplit(value)
    if value and (parts.scheme not in ("http", "https") or not parts.netloc or "@" in parts.netloc):
        raise ValueError(
            f"{field.name} must be an address such as https://s3.example.org, not {shown(value)}"
        )


def is_contact(_: Any, field: attrs.Attribute[str], value: str) -> None:
    if value and not re.fullmatch(r"mailto:[^\s@]+@[^\s@]+|https://[^\s/]\S*", value):
        raise ValueError(f"{field.name} must be like mailto:admin@example.org, not {shown(value)}")


def are_named_hosts(_: Any, field: attrs.Attribute[tuple[str, ...]], value: tuple[str, ...]) -> None:
    if wrong := [
        host for host in value if not re.fullmatch(r"[A-Za-z0-9._-]+(:[0-9]{1,5})?|[0-9a-fA-F:]+", host)
    ]:
        raise ValueError(f"{field.name} holds {shown_each(wrong)}: no host such as push.example.org:8443")


def is_backup_place(_: Any, field: attrs.Attribute[str], value: str) -> None:
    if value and not re.fullmatch(r"s3://[^/\s]+(/\S*)?|/.*", value):
        raise ValueError(
            f"{field.name} must be a folder that begins with /, or s3://BUCKET/PREFIX, not {shown(value)}"
        )
    if value.startswith("s3://") and find_spec("obstore") is None:
        raise ValueError(f"{field.name} is in S3, and that needs chatd with it, as chatd[s3]")


def is_backup_rule(_: Any, field: attrs.Attribute[str], value: str) -> None:
    try:
        Rule.parse(value)
    except ValueError as error:
        raise ValueError(f"{field.name} {error}") from None


def are_recipients(_: Any, field: attrs.Attribute[tuple[str, ...]], value: tuple[str, ...]) -> None:
    if wrong := [key for key in value if not re.fullmatch(r"age1[a-z0-9]+|ssh-[a-z0-9]+ \S+.*", key)]:
        raise ValueError(f"{field.name} holds {shown_each(wrong)}: no public key of age (age1…) or SSH")
    if value and find_spec("pyrage") is None:
        raise ValueError(f"{field.name} needs a library: install chatd with it, as chatd[age]")


def are_nats_servers(_: Any, field: attrs.Attribute[tuple[str, ...]], value: tuple[str, ...]) -> None:
    if wrong := [url for url in value if not re.fullmatch(r"(nats|tls)://[^/@\s]+", url)]:
        raise ValueError(f"{field.name} holds {shown_each(wrong)}, and an address is nats://HOST:PORT")


def are_monitors(settings: Settings, field: attrs.Attribute[tuple[str, ...]], value: tuple[str, ...]) -> None:
    if wrong := [url for url in value if not re.fullmatch(r"https?://[^/@\s]+", url)]:
        raise ValueError(f"{field.name} holds {shown_each(wrong)}, and an address is http://HOST:PORT")
    if settings.cluster_servers and not value:
        raise ValueError(
            f"{field.name} must name the monitoring ports of the NATS servers, as http://HOST:8222: they say"
            " whether a server syncs before it acknowledges"
        )


def is_shared(settings: Settings, _: attrs.Attribute[bool], value: bool) -> None:
    if settings.cluster_servers and settings.files_store == "folder" and not value:
        raise ValueError(
            "the nodes of a cluster need one place for files: set files_store to s3, or mount one network"
            " disk as the folder `files` of each node and set files_shared to true"
        )


def is_replicas(_: Any, field: attrs.Attribute[int], value: int) -> None:
    if value not in (1, 3, 5):
        raise ValueError(f"{field.name} must be 1, 3 or 5, not {value}")


def is_word(_: Any, field: attrs.Attribute[str], value: str) -> None:
    if not re.fullmatch(r"[A-Za-z0-9_-]{0,32}", value):
        raise ValueError(f"{field.name} must be at most 32 letters, digits, - and _, not {shown(value)}")


def is_name(_: Any, field: attrs.Attribute[str], value: str) -> None:
    if not value:
        raise ValueError(f"{field.name} must not be empty")
    is_word(_, field, value)


def is_readable(_: Any, field: attrs.Attribute[Path | None], value: Path | None) -> None:
    if value is not None and (path_kind.is_folder(value) or not os.access(value, os.R_OK)):
        raise ValueError(f"{field.name} names {shown_path(value)}, which is no file that chatd can read")


def is_folder(_: Any, field: attrs.Attribute[Path], value: Path) -> None:
    if path_kind.is_there(value) and not path_kind.is_folder(value):
        raise ValueError(f"{field.name} must be a folder, and {shown_path(value)} is not one")


def hosts(value: str) -> tuple[str, ...]:
    return tuple(filter(None, (host.strip() for host in value.split(","))))


def are_hosts(_: Any, field: attrs.Attribute[str], value: str) -> None:
    if not hosts(value):
        raise ValueError(f"{field.name} must be an address such as 127.0.0.1, or several: 127.0.0.1, ::1")


def _is_time(field: attrs.Attribute[Any], value: float) -> None:
    if value > LONGEST:
        raise ValueError(f"{field.name} must be at most {LONGEST} seconds, not {value}")
