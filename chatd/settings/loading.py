"""Where the value of each setting comes from: default, file, credential, environment, flag; later ones win.

Every value is either taken or refused with a sentence. `load` is for a start, `look` for `chatd check`, which
also shows what is right.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any, Final, Literal, get_type_hints

import attrs
import msgspec

from chatd.settings import MASKED, Settings, SettingsError
from chatd.settings.values import checked, from_text, shortened, shown

Source = Literal["default", "file", "credential", "environment", "flag"]

FIELDS: Final[tuple[attrs.Attribute[Any], ...]] = attrs.fields(Settings)
HINTS: Final = tuple(get_type_hints(Settings).values())
TABLE: Final = "chatd"
PREFIX: Final = "CHATD_"
FLAGS: Final = {"limits": "--no-limits"}  # where the flag is not called like the setting
CREDENTIALS: Final = "CREDENTIALS_DIRECTORY"  # systemd's, where it puts secrets, systemd.exec(5)
LARGEST_CREDENTIAL: Final = 16 * 1024  # bytes
FOR_OTHERS: Final = frozenset({"CHATD_URL", "CHATD_TOKEN", "CHATD_BIN"})  # read by chatctl, clients, scripts
# What Kubernetes and Docker links put into every container for a service whose name begins with `chatd`.
OF_A_CLUSTER: Final = re.compile(
    r"CHATD_(\w+_)?(SERVICE_HOST|SERVICE_PORT(_\w+)?|PORT_\d+_(TCP|UDP|SCTP)(_(ADDR|PORT|PROTO))?)"
)
CLUSTER_ADDRESS: Final = re.compile(r"(tcp|udp|sctp)://\S+")


class Chosen(msgspec.Struct, frozen=True):
    """One setting: its value, where that came from, and how its writer calls it.

    `refused`: it cannot be so. `written` is then what stands there, if that is no value of the setting's
    type; `value` is the default.
    """

    name: str
    value: Any
    source: Source
    label: str
    secret: bool
    refused: bool = False
    written: str | None = None


class Look(msgspec.Struct, frozen=True):
    """All settings as they are chosen, and a sentence for each thing that is wrong."""

    settings: Settings
    chosen: list[Chosen]
    problems: list[str]


def load(config: Path | None, flags: Mapping[str, Any]) -> Settings:
    """Settings from the file, then the environment, then flags. Raises SettingsError.

    `flags` holds those that were given: texts, or values of the setting's type.
    """
    found = look(config, flags)
    if found.problems:
        raise SettingsError("\n".join(found.problems))
    return found.settings


def look(config: Path | None, flags: Mapping[str, Any]) -> Look:
    """Reads everything, and says all that is wrong instead of stopping at the first."""
    problems: list[str] = []
    in_file = _read_file(config, problems) if config is not None else {}
    problems += _unknown(in_file, f" in {config}")
    problems += _unknown_variables()
    chosen = [
        _choose(field, hint, in_file, config, flags, problems)
        for field, hint in zip(FIELDS, HINTS, strict=True)
    ]
    with attrs.validators.disabled():
        settings = Settings(**{one.name: one.value for one in chosen})
    looked_at = [_check(settings, field, one, problems) for field, one in zip(FIELDS, chosen, strict=True)]
    return Look(settings, looked_at, problems)


def _check(settings: Settings, field: attrs.Attribute[Any], one: Chosen, problems: list[str]) -> Chosen:
    if field.validator is None:
        return one
    try:
        field.validator(settings, field, one.value)
    except OSError as error:
        problems.append(f"{one.label} cannot be used: {error.strerror}")
    except ValueError as error:
        problems.append(_named(str(error), one))
    else:
        return one
    return msgspec.structs.replace(one, refused=True)


def _choose(
    field: attrs.Attribute[Any],
    hint: Any,
    in_file: Mapping[str, Any],
    config: Path | None,
    flags: Mapping[str, Any],
    problems: list[str],
) -> Chosen:
    """The value that wins. A variable that a flag hides is not read: a cluster may have set it."""
    name, secret = field.name, bool(field.metadata[MASKED])
    source: Source
    variable = PREFIX + name.upper()
    if name in flags:
        source, label, given = "flag", FLAGS.get(name, f"--{name.replace('_', '-')}"), flags[name]
    elif variable in os.environ:
        source, label, given = "environment", variable, os.environ[variable]
    elif secret and (credential := _credential(name)) is not None:
        source, label, given = "credential", f"the credential {name}", _read_secret(credential, problems)
    elif name in in_file:
        source, label, given = "file", f"{name} in {config}", in_file[name]
    else:
        return Chosen(name, field.default, "default", name, secret)
    if name in in_file and source != "file":
        problems += _wrong_in_file(hint, in_file[name], f"{name} in {config}", secret)
    try:
        read = from_text if isinstance(given, str) and source != "file" else checked
        return Chosen(name, read(hint, given), source, label, secret)
    except ValueError as error:
        if source == "environment" and CLUSTER_ADDRESS.fullmatch(given):
            problems.append(_from_a_cluster(variable, name, given))
        else:
            problems.append(f"{label} {'must be text' if secret else error}")
        return Chosen(name, field.default, source, label, secret, refused=True, written=shown(given))


def _credential(name: str) -> Path | None:
    """The file that systemd made of a `LoadCredential=` of this name."""
    folder = os.environ.get(CREDENTIALS, "")
    path = Path(folder, name)
    try:
        return path if folder and path.stat() else None
    except FileNotFoundError:
        return None
    except OSError:
        return path  # whoever reads it is told what is wrong


def _read_secret(path: Path, problems: list[str]) -> str:
    """Its text, without the line's end with which editors leave it."""
    try:
        with path.open("rb") as opened:
            content = opened.read(LARGEST_CREDENTIAL + 1)
        if len(content) <= LARGEST_CREDENTIAL:
            return content.decode().rstrip("\r\n")
        problems.append(f"the credential {path.name} is larger than {LARGEST_CREDENTIAL} bytes")
    except OSError as error:
        problems.append(f"the credential {path.name} cannot be read: {error.strerror}")
    except UnicodeDecodeError:
        problems.append(f"the credential {path.name} is not UTF-8 text")
    return ""


def _wrong_in_file(hint: Any, given: Any, label: str, secret: bool) -> list[str]:
    try:
        checked(hint, given)
    except ValueError as error:
        return [f"{label} {'must be text' if secret else error}"]
    return []


def _from_a_cluster(variable: str, name: str, given: str) -> str:
    return (
        f"{variable} is {shown(given)}, which a cluster sets for a service called chatd; give --{name}, "
        "or start the container with enableServiceLinks: false"
    )


def _named(sentence: str, one: Chosen) -> str:
    return f"{one.label} {sentence.removeprefix(one.name).lstrip()}"


def _read_file(config: Path, problems: list[str]) -> Mapping[str, Any]:
    try:
        document = import_module("tomllib").loads(config.read_text(encoding="utf-8"))
    except OSError as error:
        problems.append(f"{config} cannot be read: {error.strerror}")
        return {}
    except UnicodeDecodeError:
        problems.append(f"{config} is not UTF-8 text")
        return {}
    except (ValueError, RecursionError) as error:  # a number of 4,301 digits is a plain ValueError
        problems.append(f"{config} is not valid TOML: {error}")
        return {}
    return _our_table(document, config, problems)


def _our_table(document: Mapping[str, Any], config: Path, problems: list[str]) -> Mapping[str, Any]:
    known = [field.name for field in FIELDS]
    for key, value in document.items():
        if key == TABLE:
            continue
        if key in known and not isinstance(value, dict):
            problems.append(f"{key} in {config} stands outside the table: put it below a line [{TABLE}]")
        else:
            problems.append(f"{shortened(key)} in {config} is not a table of chatd, which has only [{TABLE}]")
    table = document.get(TABLE)
    if isinstance(table, dict):
        return table
    if table is not None or not problems:
        problems.append(f"{config} has no table [{TABLE}]: put the settings below a line [{TABLE}]")
    return {}


def _unknown(names: Iterable[str], where: str) -> list[str]:
    known = [field.name for field in FIELDS]
    return [_no_setting(name, where, known) for name in names if name not in known]


def _unknown_variables() -> list[str]:
    known = [PREFIX + field.name.upper() for field in FIELDS]
    ours = (name for name in sorted(os.environ) if name.startswith(PREFIX))
    return [
        _no_setting(name, "", known)
        for name in ours
        if name not in known and name not in FOR_OTHERS and not _of_a_cluster(name)
    ]


def _of_a_cluster(variable: str) -> bool:
    made = OF_A_CLUSTER.fullmatch(variable) is not None
    return made or (
        variable.endswith("_PORT") and CLUSTER_ADDRESS.fullmatch(os.environ[variable]) is not None
    )


def _no_setting(name: str, where: str, known: list[str]) -> str:
    if name == "CHATD_CONFIG":
        return "CHATD_CONFIG is not a setting: give the file with --config"
    close = import_module("difflib").get_close_matches(
        name.lower(), [one.lower() for one in known], n=1, cutoff=0.7
    )
    meant = next((one for one in known if close and one.lower() == close[0]), None)
    hint = f"; did you mean {meant}?" if meant else "; `chatd check` lists all settings"
    return f"{shortened(name)}{where} is not a setting{hint}"
