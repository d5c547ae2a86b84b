"""Chats exported by WhatsApp: how phones write dates, what belongs to a message, media, what the app says."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from imports.reading import everything, folder, zipped

from chatctl.imports.export import Options, Unreadable
from chatctl.imports.whatsapp.chats import THE_APP, WhatsAppChats

GROUP = """\
Messages and calls are end-to-end encrypted.

13.01.2026, 09:58 - Ada created group "Tea: green"
13.01.2026, 09:59 - Ada: which one?
13.01.2026, 10:00 - Ben: *green*, _please_:
- sencha

- bancha
12.01.2026 - Ben: this is text
[13.01.26, 10:00:00] Ben: and so is this
13.01.2026, 10:01 - Ben: Note: warm water
13.01.2026, 10:01 - Ada: This message was deleted
13.01.2026, 10:02 - Ben: cold <This message was edited>
13.01.2026, 10:03 - Ada:
"""


def test_a_message_has_all_lines_up_to_the_next_head_of_the_same_way(tmp_path: Path) -> None:
    found = everything(WhatsAppChats, folder(tmp_path, {"WhatsApp Chat with Tea.txt": GROUP}), zone="UTC")
    assert [(room.key, room.name, room.kind, room.members) for room in found.rooms] == [
        ("Tea", "Tea", "private", ("Ada", "Ben"))
    ]
    assert found.said() == [
        ("Ada", "which one?"),
        (
            "Ben",
            "**green**, *please*:\n- sencha\n\n- bancha\n12.01.2026 - Ben: this is text\n"
            "[13.01.26, 10:00:00] Ben: and so is this",
        ),
        ("Ben", "Note: warm water"),
        ("Ada", ""),
        ("Ben", "cold"),
        ("Ada", ""),
    ]
    first, _, _, _, deleted, edited, _ = found.messages
    assert (first.system, first.author, first.text) == (True, "Ada", 'Ada created group "Tea: green"')
    assert deleted.deleted
    assert edited.edited_at == edited.at == milliseconds(2026, 1, 13, 10, 2)
    assert found.problems == {}


@pytest.mark.parametrize(
    ("form", "before", "after"),
    [
        ("31.12.2025 {} {} - ", "ÖÖ", "ÖS"),
        ("2025. 12. 31. {} {} - ", "de.", "du."),
        ("31.12.2025, {1} {0} - ", "e paradites", "e pasdites"),
        ("31/12/2025 {1} {0} - ", "ก่อนเที่ยง", "หลังเที่ยง"),
        ("2025-12-31 {} {} - ", "පෙ.ව.", "ප.ව."),
        ("۲۰۲۵/۱۲/۳۱,\u200f {1} {0} - ", "ق.ظ.", "ب.ظ."),
        ("2025/12/31 {}{} - ", "早上", "晚上"),
        ("2025/12/31\u2009{}{} - ", "上晝", "下晝"),
        ("2025.12.31 {1} {0} - ", "ү.ө.", "ү.х."),
        ("31.12.2025 г., {1} ч. {0} - ", "am", "pm"),
    ],
)
def test_both_halves_of_a_day_are_known(tmp_path: Path, form: str, before: str, after: str) -> None:
    """Of the other half, every message would be a line of the one before."""
    heads = [form.format(mark, hour) for mark in (before, after) for hour in ("12:05", "7:05")]
    found = everything(
        WhatsAppChats,
        folder(tmp_path, {"chat.txt": "".join(f"{head}Ada: x\n" for head in heads)}),
        zone="UTC",
    )
    times = [datetime.fromtimestamp(message.at / 1000, UTC) for message in found.messages]
    assert [time.hour for time in times] == [0, 7, 12, 19]


@pytest.mark.parametrize(
    ("head", "at"),
    [
        ("31.12.25, 21:04 - ", (2025, 12, 31, 21, 4)),
        ("31/12/2025, 21:04 - ", (2025, 12, 31, 21, 4)),
        ("12/31/25, 9:04 PM - ", (2025, 12, 31, 21, 4)),
        ("12/31/25, 9:04\u202fPM - ", (2025, 12, 31, 21, 4)),
        ("31/12/2025, 9:04 p. m. - ", (2025, 12, 31, 21, 4)),
        ("31/12/2025, 12:04 a.\u00a0m. - ", (2025, 12, 31, 0, 4)),
        ("2025-12-31, 21:04 - ", (2025, 12, 31, 21, 4)),
        ("2025/12/31 午後9:04 - ", (2025, 12, 31, 21, 4)),
        ("31.12.2025 klo 21.04 - ", (2025, 12, 31, 21, 4)),
        ("31.12.2025 klo 9.04 ip. - ", (2025, 12, 31, 21, 4)),
        ("31.12.2025 um 21:04 – ", (2025, 12, 31, 21, 4)),
        ("31.12.25 г., 21:04 ч. - ", (2025, 12, 31, 21, 4)),
        ("2025-12-31 21 h 04 - ", (2025, 12, 31, 21, 4)),
        ("31. 12. 2025 21:04 - ", (2025, 12, 31, 21, 4)),
        ("\u200f٣١\u200f/١٢\u200f/٢٠٢٥، ٩:٠٤ م - ", (2025, 12, 31, 21, 4)),
        ("[31.12.25, 21:04:05] ", (2025, 12, 31, 21, 4, 5)),
        ("\u200e[12/31/25, 9:04:05\u202fPM] ", (2025, 12, 31, 21, 4, 5)),
        ("[2025-12-31, 21:04:05] ", (2025, 12, 31, 21, 4, 5)),
        ("31/12/2568 21:04 - ", (2025, 12, 31, 21, 4)),
        ("31/12/68 21:04 - ", (2025, 12, 31, 21, 4)),
        ("[۱۴۰۴/۱۰/۱۰, ۲۱:۰۴:۰۵] ", (2025, 12, 31, 21, 4, 5)),  # of Iran
        ("[1403/12/30, 21:04:05] ", (2025, 3, 20, 21, 4, 5)),
        ("2025/12/31\u2009下午9:04 - ", (2025, 12, 31, 21, 4)),
        ("21:04 31/12/25 - ", (2025, 12, 31, 21, 4)),
        ("21:04, 31/12/2025 - ", (2025, 12, 31, 21, 4)),
        ("9:04 CH 31/12/2025 - ", (2025, 12, 31, 21, 4)),
        ("[21:04:05 31/12/25] ", (2025, 12, 31, 21, 4, 5)),
        ("2025/12/31 (21:04) - ", (2025, 12, 31, 21, 4)),
    ],
)
def test_every_phone_writes_dates_in_its_way(tmp_path: Path, head: str, at: tuple[int, ...]) -> None:
    found = everything(
        WhatsAppChats, folder(tmp_path, {"chat.txt": f"{head}Ada: tea\n{head}Ben: yes\n"}), zone="UTC"
    )
    assert found.said() == [("Ada", "tea"), ("Ben", "yes")]
    assert found.messages[0].at == milliseconds(*at)


def test_day_and_month_are_told_apart_by_what_the_whole_file_says(tmp_path: Path) -> None:
    def first(log: str, **options: object) -> datetime:
        path = folder(tmp_path, {"chat.txt": log})
        at = everything(WhatsAppChats, path, zone="UTC", **options).messages[0].at
        return datetime.fromtimestamp(at / 1000, UTC)

    above = "2/3/25, 10:00 - Ada: x\n2/13/25, 10:00 - Ada: x\n"
    assert (first(above).month, first(above).day) == (2, 3)
    assert first(above, day_first=True).month == 2  # the file knows better
    onward = "".join(f"{day}/{month}/25, 10:00 - Ada: x\n" for month in (1, 2) for day in (1, 7, 9))
    assert first(onward + "2/3/25, 10:00 - Ada: x\n").day == 1
    unclear = "2/3/25, 10:00 - Ada: x\n"
    assert (first(unclear, day_first=True).month, first(unclear, day_first=False).month) == (3, 2)
    assert first("3/3/25, 10:00 - Ada: x\n").month == 3
    with pytest.raises(Unreadable, match=r"chat\.txt has dates such as 2/3/25.*--day-first or --month-first"):
        first(unclear)


@pytest.mark.parametrize(
    ("dates", "years"),
    [
        ("24. 1. 30.|24. 1. 31.|24. 2. 1.", {2024}),  # as Korean phones may write
        ("24. 1. 30.", {2024}),
        ("23/12/31|24/1/1|24/1/2", {2023, 2024}),
        ("13.01.24|14.01.24|13.02.24", {2024}),
        ("30.12.23|31.12.23|1.1.24", {2023, 2024}),
        ("15/1/24|15/2/24|15/3/24", {2024}),
        ("15/3/23|15/3/24", {2023, 2024}),  # every birthday
        ("13/1/24|31/2/24|14/2/24", {2024}),  # one of them is no date
    ],
)
def test_a_year_of_two_digits_may_come_first(tmp_path: Path, dates: str, years: set[int]) -> None:
    lines = [f"{date} 17:03 - Zoe: hi" for date in dates.split("|")]
    found = everything(WhatsAppChats, folder(tmp_path, {"chat.txt": "\n".join(lines)}), zone="UTC")
    assert {datetime.fromtimestamp(one.at / 1000, UTC).year for one in found.messages} == years


def test_a_zone_is_needed(tmp_path: Path) -> None:
    path = folder(tmp_path, {"_chat.txt": GROUP})
    with pytest.raises(Unreadable, match=r"_chat\.txt has times without a zone.*--zone"):
        everything(WhatsAppChats, path)
    found = everything(WhatsAppChats, path, zone="Asia/Tokyo")
    assert found.messages[0].at == milliseconds(2026, 1, 13, 0, 58)


def test_media_are_found_beside_the_chat_and_nowhere_else(tmp_path: Path) -> None:
    chat = (
        "[13.01.26, 10:00:00] Tea: \u200eMessages and calls are end-to-end encrypted.\n"
        "[13.01.26, 10:00:01] Ada: \u200e<attached: 00000001-PHOTO.jpg>\n"
        "[13.01.26, 10:00:02] Ada: \u200e<Anhang: ../../etc/passwd>\n"
        "[13.01.26, 10:00:03] Ada: IMG-2.jpg (Datei angehängt)\nlook at *this*\n"
        "[13.01.26, 10:00:04] Ada: \u200eimage omitted\n"
        "[13.01.26, 10:00:05] Ada: Tea.pdf • \u200e3 pages \u200edocument omitted\n"
        "[13.01.26, 10:00:06] Ada: gone.jpg (file attached)\n"
        "[13.01.26, 10:00:07] Ada: notes.txt (second edition)\n"
        "[13.01.26, 10:00:08] Ada: .jpg (file attached)\n"
        "[13.01.26, 10:00:09] Ada: \u200eMissed voice call\n"
        "[13.01.26, 10:00:10] \u200eBen left\n"
        "[13.01.26, 10:00:11] Ada: see @\u2068Ben\u2069 and @\u2068Cleo\u2069\n"
        "[13.01.26, 10:00:12] ~\u202fBen: hi\n"
    )
    files = {"_chat.txt": chat, "00000001-PHOTO.jpg": b"one", "IMG-2.jpg": b"two", "list.txt": "tea\n"}
    path = zipped(tmp_path / "WhatsApp Chat - Tea.zip", files)
    found = everything(WhatsAppChats, path, zone="UTC")
    assert [room.name for room in found.rooms] == ["Tea"]
    assert [
        [(file.name, file.path, file.missing is not None) for file in message.files]
        for message in found.messages
    ] == [
        [],
        [("00000001-PHOTO.jpg", "00000001-PHOTO.jpg", False)],
        [("passwd", None, True)],
        [("IMG-2.jpg", "IMG-2.jpg", False)],
        [("media", None, True)],
        [("Tea.pdf", None, True)],
        [("gone.jpg", None, True)],
        [],
        [("file.jpg", None, True)],
        [],
        [],
        [],
        [],
    ]
    assert found.messages[3].text == "look at **this**"
    assert [message.author for message in found.messages if message.system] == [THE_APP, "Ada", "Ben"]
    assert found.said()[-2:] == [("Ada", "see @Ben and @Cleo"), ("Ben", "hi")]
    assert "\x0eBen\x0f" in found.messages[-2].text
    assert "\x0e" not in found.messages[-2].text.split("and")[1]
    assert found.problems == {"missing file": 5}
    with WhatsAppChats.read(path, Options(zone="UTC")) as export, export.open("IMG-2.jpg") as file:
        assert file.read() == b"two"


def test_what_was_said_with_a_file_stands_before_it_on_phones_by_apple(tmp_path: Path) -> None:
    chat = (
        "[13.01.26, 10:00:01] Ada: green\nand black \u200e<attached: 1-PHOTO.jpg>\n"
        "[13.01.26, 10:00:02] Ben: tea <pièce\u00a0jointe\u00a0: 2-PHOTO.jpg>\n"
        "[13.01.26, 10:00:03] Cleo: \u200e<附件：3-PHOTO.jpg>\n"
        "[13.01.26, 10:00:04] Ben: see <this: that>, \u200eand <attached\n"
    )
    pictures = {f"{n}-PHOTO.jpg": b"" for n in (1, 2, 3)}
    found = everything(WhatsAppChats, folder(tmp_path / "a", {"_chat.txt": chat, **pictures}), zone="UTC")
    assert [(m.text, [file.path for file in m.files]) for m in found.messages] == [
        ("green\nand black", ["1-PHOTO.jpg"]), ("tea", ["2-PHOTO.jpg"]), ("", ["3-PHOTO.jpg"]),
        ("see <this: that>, \u200eand <attached", []),
    ]  # fmt: skip
    assert found.rooms[0].members == ("Ada", "Ben", "Cleo")
    bare = chat.replace("<attached: 1-PHOTO.jpg>", "image omitted")
    again = everything(WhatsAppChats, folder(tmp_path / "b", {"_chat.txt": bare}), zone="UTC")
    assert again.messages[0].key == found.messages[0].key


def test_keys_stay_when_contacts_are_renamed_media_come_and_the_chat_grows(tmp_path: Path) -> None:
    before = "".join(f"13.01.26, 10:0{minute} - Ada: tea\n" * 2 for minute in range(3))
    before += "13.01.26, 10:05 - Ada: <Media omitted>\n"
    after = before.replace("Ada", "Aunt Ada").replace("<Media omitted>", "IMG-1.jpg (file attached)")
    after += "13.01.26, 10:05 - Ben: more\n"
    old = everything(
        WhatsAppChats, folder(tmp_path / "a", {"WhatsApp Chat with Tea.txt": before}), zone="UTC"
    )
    files = {"WhatsApp Chat with Tea.txt": after, "IMG-1.jpg": b""}
    new = everything(WhatsAppChats, zipped(tmp_path / "b.zip", files), zone="UTC")
    assert [m.key for m in new.messages][: len(old.messages)] == [m.key for m in old.messages]
    assert len(new.messages) == len(old.messages) + 1 == 8
    assert old.rooms[0].key == new.rooms[0].key


def test_a_name_may_have_a_colon_if_it_always_does(tmp_path: Path) -> None:
    chat = (
        "13.01.26, 10:00 - Dr: Who: tea\n" * 6
        + "13.01.26, 10:01 - Ben: Who: tea\n13.01.26, 10:01 - Ben: no\n"
    )
    found = everything(WhatsAppChats, folder(tmp_path, {"chat.txt": chat}), zone="UTC")
    assert found.said()[-3:] == [("Dr: Who", "tea"), ("Ben", "Who: tea"), ("Ben", "no")]


def test_markup_is_written_as_markdown(tmp_path: Path) -> None:
    said = {
        "*a* _b_ ~c~ `d_e_` ```f```": "**a** *b* ~~c~~ `d_e_` `f`",
        "_a snake_case b_ d_e _f": "*a snake_case b* d_e \\_f",
        "*_both_* 2*3*4 _ x _ y": r"***both*** 2\*3\*4 _ x _ y",
        "https://a.example/_x_/z *y*": "https://a.example/_x_/z **y**",
        "# no [x](https://a.example)": r"\# no \[x](https://a.example)",
        "> quoted": "> quoted",
    }
    chat = "".join(f"13.01.26, 10:00 - Ada: {text}\n" for text in said)
    found = everything(WhatsAppChats, folder(tmp_path, {"chat.txt": chat}), zone="UTC")
    assert found.texts() == list(said.values())


def test_a_chat_that_is_called_like_one_of_its_two_people_has_the_words_of_both(tmp_path: Path) -> None:
    """The app calls a chat with one person like that person, who says what stands there."""
    chat = (
        "[13.01.26, 10:00:00] Ben: \u200eMessages and calls are end-to-end encrypted.\n"
        "[13.01.26, 10:00:01] Ada: tea?\n"
        "[13.01.26, 10:00:02] Ben: yes\n"
        "[13.01.26, 10:00:03] Ben: \u200e<attached: 00000001-PHOTO.jpg>\n"
        "[13.01.26, 10:00:04] Ben: \u200eThis message was deleted.\n"
    )
    files = {"WhatsApp Chat with Ben.txt": chat, "00000001-PHOTO.jpg": "JFIF"}
    found = everything(WhatsAppChats, folder(tmp_path, files), zone="UTC")
    [room] = found.rooms
    assert set(room.members) == {"Ada", "Ben"}
    told, asked, yes, photo, deleted = found.messages
    assert (told.author, told.system) == (THE_APP, True)
    assert [one.author for one in (asked, yes, photo, deleted)] == ["Ada", "Ben", "Ben", "Ben"]
    assert ([one.path for one in photo.files], deleted.deleted) == (["00000001-PHOTO.jpg"], True)
    assert not any(one.system for one in (asked, yes, photo, deleted))


def test_hostile_chats_are_read_as_far_as_they_go(tmp_path: Path) -> None:
    chat = (
        b"\xef\xbb\xbf13.01.26, 10:00 - Ada: \xff\x00 bytes\n"
        b"99.99.26, 10:00 - Ada: no day\n"
        b"13.01.26, 99:99 - Ada: no time\n"
        b"13.01.26, 10:01 - " + b"A" * 150 + b": a sentence\n"
        b"13.01.26, 10:02 - Ada: " + b"x" * 3_000_000 + b"\n"
        b"13.01.26, 10:03 - Ada: " + b"many\n" * 300_000 + b"13.01.26, 10:04 - Ada: last"
    )
    found = everything(WhatsAppChats, folder(tmp_path, {"chat.txt": chat}), zone="UTC")
    assert found.texts()[0] == "\ufffd bytes"
    assert found.texts()[-1] == "last"
    assert [message.system for message in found.messages] == [False, True, False, False, False]
    assert found.problems == {"no time": 2, "changed": 2}
    assert max(map(len, found.texts())) <= 1_000_000


def test_whatsapp_is_known_by_its_heads(tmp_path: Path) -> None:
    assert WhatsAppChats.looks_like(zipped(tmp_path / "a.zip", {"x/_chat.txt": GROUP}))
    assert not WhatsAppChats.looks_like(folder(tmp_path / "b", {"#a_20260328.log": "[10:00:00] <ada> x\n"}))
    assert not WhatsAppChats.looks_like(folder(tmp_path / "c", {"notes.txt": "milk\n"}))
    with pytest.raises(Unreadable, match="no chat of WhatsApp"):
        everything(WhatsAppChats, folder(tmp_path / "d", {"notes.txt": "milk\n"}), zone="UTC")


def test_several_chats_in_a_folder_are_several_rooms(tmp_path: Path) -> None:
    chats = {f"WhatsApp Chat with {name}.txt": GROUP for name in ("Tea", "Water")}
    found = everything(WhatsAppChats, folder(tmp_path, chats), zone="UTC")
    assert [room.name for room in found.rooms] == ["Tea", "Water"]
    assert [len(messages) for messages in found.by_room.values()] == [7, 7]
    assert found.problems == {}


def test_two_chats_of_one_name_in_a_folder_are_not_one_and_the_second_is_told(tmp_path: Path) -> None:
    chat = "13.01.26, 10:00 - {}: tea\n13.01.26, 10:01 - Ben: yes\n"
    files: dict[str, str | bytes] = {
        f"phone of {who}/WhatsApp Chat with Ben.txt": chat.format(who) for who in ("Ada", "Cleo")
    }
    found = everything(WhatsAppChats, folder(tmp_path, files), zone="UTC")
    assert (found.said(), found.problems) == ([("Ada", "tea"), ("Ben", "yes")], {"skipped": 1})


def milliseconds(*at: int) -> int:
    return int(datetime(*at, tzinfo=UTC).timestamp()) * 1000  # type: ignore[arg-type]
