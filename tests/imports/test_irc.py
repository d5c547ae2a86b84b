"""Logs of IRC: the dialects, what people can write into them, zones, encodings, names of files."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from imports.reading import everything, folder, zipped

from chatctl.imports.export import Unreadable
from chatctl.imports.irc.logs import LONGEST_LINE, IrcLogs
from chatctl.imports.irc.places import Place, place_of

IRSSI = """\
--- Log opened Sat Mar 28 23:58:00 2026
23:58 -!- ada [~ada@192.0.2.7] has joined #tea
23:58 -!- Irssi: #tea: Total of 2 nicks [0 ops, 0 halfops, 0 voices, 2 normal]
23:58 <@ada> green or black?
23:59 < ben[away]>  * both
23:59 < ben[away]> -!- ada [x@y] has quit [of age]
23:59 < ben[away]> --- Day changed Thu Jan 01 1970
23:59  * ada pours
23:59 -ada:#tea- ready
23:59 -!- ada is now known as ada_tea
23:59 -!- ben[away] [~b@192.0.2.9] has quit ["Ping: timeout"]
23:59 -!- cleo was kicked from #tea by ada_tea [spam]
23:59 -!- Topic unset by ada_tea on #tea
23:59 -!- You're now known as eve
--- Day changed Sun Mar 29 2026
00:01 < ada_tea> good night
--- Log closed Sun Mar 29 00:02:00 2026
"""
WEECHAT = """\
2026-03-28 23:58:00\t-->\tada (~ada@192.0.2.7) has joined #tea
2026-03-28 23:58:00\t--\tTopic set by eve on Sat, 28 Nov 1999 03:44:43
2026-03-28 23:58:30\t@ada\tgreen or black?
2026-03-28 23:59:00\tben\tboth\tof them
2026-03-28 23:59:01\t *\tada pours
2026-03-28 23:59:02\t--\tNotice(ada): ready
2026-03-28 23:59:03\t--\tada has changed topic for #tea from "tea" to "more tea"
2026-03-28 23:59:04\t<--\tben (~b@192.0.2.9) has quit (Ping: timeout)
"""
ZNC = """\
[23:58:00] *** Joins: ada (~ada@192.0.2.7)
[23:58:30] <ada> green or black?
[23:59:00] <ben> *** Joins: eve (e@192.0.2.1)
[23:59:01] * ada pours
[23:59:02] -ada- ready
[23:59:03] *** ada sets mode: +o ben
[23:59:04] *** Quits: ben (~b@192.0.2.9) (Ping: timeout)
"""
SPOOFED = r"\*\*\* Joins: eve (e@192.0.2.1)"
SUPYBOT = """\
2026-03-28T23:58:00  *** ada <~ada@192.0.2.7> has joined #tea
2026-03-28T23:58:30  <ada> green or black?
2026-03-28T23:59:00  * ada pours
2026-03-28T23:59:01  *** ada is now known as ada_tea
"""
TEXTUAL = """\
[2026-03-28T23:58:00+0100] ada (~ada@192.0.2.7) joined the channel
[2026-03-28T23:58:30+0100] <ada> green or black?
[2026-03-28T23:59:00+0100] • ada: pours
[2026-03-28T23:59:01+0100] ada (~ada@192.0.2.7) left IRC (Quit: bye)
"""


def test_irssi_has_its_days_in_lines_and_people_cannot_write_them(tmp_path: Path) -> None:
    path = folder(tmp_path, {"#tea.log": IRSSI}) / "#tea.log"
    found = everything(IrcLogs, path, zone="UTC")
    assert found.said() == [
        ("ada", "green or black?"),
        ("ben[away]", " \\* both"),
        ("ben[away]", "-!- ada [x@y] has quit [of age]"),
        ("ben[away]", "--- Day changed Thu Jan 01 1970"),
        ("ada", "*pours*"),
        ("ada", "ready"),
        ("ada_tea", "good night"),
    ]
    assert [text for text, message in zip(found.texts(), found.messages, strict=True) if message.system] == [
        "@ada is now called @ada_tea",
        "@ada_tea removed @cleo: spam",
        "@ada_tea removed the topic",
        "Whoever kept the log is now called @eve",
    ]
    assert found.messages[-1].at == milliseconds(2026, 3, 29, 0, 1)
    assert found.problems == {}
    assert [(room.name, room.kind) for room in found.rooms] == [("tea", "public")]


@pytest.mark.parametrize(
    ("name", "log", "said", "system"),
    [
        ("irc.libera.#tea.weechatlog", WEECHAT, ["green or black?", "both\tof them", "*pours*", "ready"], 1),
        ("#tea_20260328.log", ZNC, ["green or black?", SPOOFED, "*pours*", "ready"], 0),
        ("#tea.2026-03-28.log", SUPYBOT, ["green or black?", "*pours*"], 1),
        ("#tea/2026-03-28.txt", TEXTUAL, ["green or black?", "*pours*"], 0),
    ],
)  # fmt: skip
def test_every_client_has_its_dialect(
    tmp_path: Path, name: str, log: str, said: list[str], system: int
) -> None:
    found = everything(IrcLogs, folder(tmp_path, {name: log}), zone="Europe/Berlin")
    assert [text for _, text in found.said()] == said
    assert sum(message.system for message in found.messages) == system
    assert found.messages[0].at == milliseconds(2026, 3, 28, 22, 58, 30)
    assert [room.name for room in found.rooms] == ["tea"]
    assert found.problems == {}


def test_addresses_of_people_are_not_kept(tmp_path: Path) -> None:
    logs = {
        "a/#x.log": IRSSI,
        "b/#x.weechatlog": WEECHAT,
        "c/#x_20260328.log": ZNC,
        "d/#x.2026-03-28.log": TEXTUAL,
    }
    found = everything(IrcLogs, folder(tmp_path, logs), zone="UTC")
    system = [message.text for message in found.messages if message.system]
    assert system
    assert "192.0.2" not in "".join(system)
    assert "192.0.2" not in repr(found.people)


def test_a_log_without_zones_needs_to_be_told_one(tmp_path: Path) -> None:
    path = folder(tmp_path, {"#tea.log": IRSSI})
    with pytest.raises(Unreadable, match=r"#tea\.log has times without a zone.*--zone Europe/Berlin"):
        everything(IrcLogs, path)
    with pytest.raises(Unreadable, match="no zone 'Mars/Base'"):
        everything(IrcLogs, path, zone="Mars/Base")
    with pytest.raises(Unreadable, match=r"no zone '\.\./etc"):
        everything(IrcLogs, path, zone="../etc/passwd")


def test_a_log_with_zones_needs_none(tmp_path: Path) -> None:
    newer = "2026-03-28T22:58:00.123456Z\tada\thello\n"
    logs = {"#tea/2026-03-28.txt": TEXTUAL, "irc.libera.#new.weechatlog": newer}
    found = everything(IrcLogs, folder(tmp_path, logs))
    assert found.by_room["/#tea"][0].at == milliseconds(2026, 3, 28, 22, 58, 30)
    assert found.by_room["libera/#new"][0].at == milliseconds(2026, 3, 28, 22, 58) + 123


def test_the_hour_that_a_night_has_twice_is_told_apart(tmp_path: Path) -> None:
    log = "".join(
        f"2026-10-25 0{hour}:{minute:02}:00\tada\t{n}\n"
        for n, (hour, minute) in enumerate([(1, 59), (2, 10), (2, 59), (2, 0), (2, 30), (3, 0)])
    )
    found = everything(IrcLogs, folder(tmp_path, {"#a.weechatlog": log}), zone="Europe/Berlin")
    assert [message.text for message in found.messages] == list("012345")
    first = milliseconds(2026, 10, 24, 23, 59)
    assert [(message.at - first) // 60_000 for message in found.messages] == [0, 11, 60, 61, 91, 121]


def test_equal_lines_are_all_kept_and_a_grown_log_gives_the_same_keys(tmp_path: Path) -> None:
    log = "--- Log opened Sat Mar 28 23:58:00 2026\n" + "23:58 < ada> ping\n" * 3
    short = everything(IrcLogs, folder(tmp_path / "a", {"net/#tea.log": log}), zone="UTC")
    grown = "".join([log, "23:58 < ada> ping\n", "23:59 < ada> ping\n"])
    longer = everything(IrcLogs, zipped(tmp_path / "a.zip", {"net/#tea.log": grown}), zone="UTC")
    keys = [message.key for message in longer.messages]
    assert len(keys) == len(set(keys)) == 5
    assert keys[:3] == [message.key for message in short.messages]
    assert short.rooms == longer.rooms


def test_each_line_has_its_own_encoding(tmp_path: Path) -> None:
    said = [
        "café".encode(),
        "café".encode("latin-1"),
        b"\x9a",
        b"\x81",
        "日本語".encode("iso2022_jp"),
        b"\x02bold\x02 \x034,12red\x03 \x1ditalic\x0f \x1fline\x1f \x0ethis\x0f",
    ]
    log = b"".join(b"[10:00:%02d] <ada> %s\r\n" % line for line in enumerate(said))
    found = everything(IrcLogs, folder(tmp_path, {"#a_20260328.log": log}), zone="UTC")
    assert found.texts() == ["café", "café", "š", "\x81", "日本語", "**bold** red *italic* line this"]


def test_hostile_lines_are_told_and_the_rest_is_read(tmp_path: Path) -> None:
    long = "x" * LONGEST_LINE
    log = (
        "2026-03-28T23:58:00  <ada> before\n"
        "9999-12-31T23:59:59  <ada> far away\n"
        "1601-01-01T00:00:00  <ada> long ago\n"
        "2026-13-45T99:00:00  <ada> never\n"
        f"2026-03-28T23:58:01  <ada> {long}\n"
        "2026-03-28T23:58:02  <@+> nobody\n"
        "garbage\n"
        "2026-03-28T23:58:03  <ada> after\n"
    )
    found = everything(IrcLogs, folder(tmp_path, {"#a.2026-03-28.log": log}), zone="UTC")
    assert found.texts() == ["before", "after"]
    assert found.problems == {"no time": 2, "unreadable": 4}


def test_a_zip_that_is_cut_gives_what_is_before(tmp_path: Path) -> None:
    lines = "".join(f"2026-03-28T23:{n // 60:02}:{n % 60:02}  <ada> {n:x}{n * n}\n" for n in range(3000))
    path = zipped(tmp_path / "logs.zip", {"#a.2026-03-28.log": lines, "#b.2026-03-28.log": lines})
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    found = everything(IrcLogs, path, zone="UTC")
    assert 1000 < len(found.messages) < 6000
    assert found.problems["unreadable"] >= 1


def test_files_that_are_no_logs_are_told(tmp_path: Path) -> None:
    files = {"#a.log": IRSSI, "notes.txt": "buy tea\nand milk\n", "photo.jpg": b"\xff\xd8", "b_none.log": ZNC}
    found = everything(IrcLogs, folder(tmp_path, files), zone="UTC")
    assert found.problems == {"skipped": 1, "no time": 7}


def test_a_name_is_for_the_log_of_one_channel(tmp_path: Path) -> None:
    one = folder(tmp_path / "one", {"log of today.log": IRSSI})
    assert [(r.name, r.kind) for r in everything(IrcLogs, one, zone="UTC").rooms] == [
        ("log of today", "private")
    ]
    named = everything(IrcLogs, one, zone="UTC", name="#tea")
    assert [(room.key, room.name, room.kind) for room in named.rooms] == [("#tea", "tea", "public")]
    assert named.messages
    two = folder(tmp_path / "two", {"#a.log": IRSSI, "#b.log": IRSSI})
    with pytest.raises(Unreadable, match="logs of 2 channels"):
        everything(IrcLogs, two, zone="UTC", name="tea")


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("irc.libera.#tea.weechatlog", Place("libera", "#tea", None)),
        ("libera/#tea.log", Place("libera", "#tea", None)),
        ("libera/#tea/2026-03-28.log", Place("libera", "#tea", date(2026, 3, 28))),
        ("me/libera/##tea/2026/03/2026-03-28.log", Place("libera", "##tea", date(2026, 3, 28))),
        ("me_libera_#tea_20260328.log", Place("me_libera", "#tea", date(2026, 3, 28))),
        ("Libera/Channels/#tea/2026-03-28.txt", Place("Libera", "#tea", date(2026, 3, 28))),
        ("#tea_20260328.log.txt", Place("", "#tea", date(2026, 3, 28))),
        ("20260328.log", Place("", "export", date(2026, 3, 28))),
        ("tea/2026-02-30.log", Place("tea", "2026-02-30", None)),
        ("tea/2026-03-28.log", Place("", "tea", date(2026, 3, 28))),
        ("libera/ben.log", Place("libera", "ben", None)),
    ],
)
def test_names_of_files_say_network_channel_and_day(name: str, place: Place) -> None:
    assert place_of(name, "export") == place


def test_irc_is_known_by_how_its_files_begin(tmp_path: Path) -> None:
    assert IrcLogs.looks_like(folder(tmp_path / "a", {"#a/x.log": ZNC}))
    assert not IrcLogs.looks_like(folder(tmp_path / "b", {"chat.txt": "01.01.2026, 09:59 - Ada: tea\n" * 3}))
    assert not IrcLogs.looks_like(folder(tmp_path / "c", {"chat.json": "{}"}))
    with pytest.raises(Unreadable, match="no log of IRC that is known"):
        everything(IrcLogs, folder(tmp_path / "d", {"readme.txt": "tea"}), zone="UTC")


def milliseconds(*at: int) -> int:
    return int(datetime(*at, tzinfo=UTC).timestamp()) * 1000  # type: ignore[arg-type]


def test_many_channels_take_no_longer_than_their_logs(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        f"#c{n}.log": "--- Log opened Sat Mar 28 23:58:00 2026\n23:58 < ada> hi\n" for n in range(2000)
    }
    path = zipped(tmp_path / "a.zip", files)
    begun = time.process_time()
    assert len(everything(IrcLogs, path, zone="UTC").messages) == 2000
    assert time.process_time() - begun < 10


def test_a_clock_that_goes_to_and_fro_takes_no_longer(tmp_path: Path) -> None:
    log = "".join(f"2026-03-28T23:58:{n % 2:02}  <ada> hi\n" for n in range(20_000))
    begun = time.process_time()
    found = everything(IrcLogs, folder(tmp_path, {"#a.2026-03-28.log": log}), zone="UTC")
    assert len(found.messages) == 20_000
    assert time.process_time() - begun < 10
