"""Exports as pages: whole, safe, linked, and without anything from elsewhere."""

from __future__ import annotations

import os
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import unquote

import pytest
from browser.hostile_texts import HOSTILE, RUNS
from export_scene import Scene, scene_in
from imports.memory import at_most

from chatctl.exports.html.export import write_html
from chatctl.exports.html.files import link_to, make_harmless
from chatctl.exports.html.text import Texts
from chatctl.imports.records import File, Message, Person, Reaction, Room, Version, mention

TAGS = {
    *(
        "html",
        "head",
        "meta",
        "title",
        "style",
        "body",
        "nav",
        "a",
        "h1",
        "h2",
        "p",
        "article",
        "header",
        "b",
    ),
    *("bdi", "time", "span", "div", "ul", "ol", "li", "strong", "em", "s", "code", "pre", "blockquote", "br"),
    *("img", "details", "summary"),
}
ATTRIBUTES = {
    *("lang", "charset", "http-equiv", "content", "name", "href", "rel", "id", "class", "datetime", "title"),
    *("dir", "src", "alt", "loading", "start", "tabindex"),
}


class Page(HTMLParser):
    """What a page has: anchors, links, sources; and its words."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path
        self.ids: list[str] = []
        self.links: list[str] = []
        self.sources: list[str] = []
        self.words = ""
        self.articles: list[dict[str, str | None]] = []
        self.feed(path.read_text("utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        about = dict(attrs)
        assert tag in TAGS, (tag, about)
        assert set(about) <= ATTRIBUTES, (tag, about)
        if tag == "article":
            self.articles.append(about)
        self.ids += [about["id"]] if about.get("id") else []  # type: ignore[list-item]
        self.links += [about["href"]] if about.get("href") else []  # type: ignore[list-item]
        self.sources += [about["src"]] if about.get("src") else []  # type: ignore[list-item]

    def handle_data(self, data: str) -> None:
        self.words += data


def pages(folder: Path) -> dict[str, Page]:
    """All of them, after a look at each: nothing comes from elsewhere, and no link leads nowhere."""
    found = {path.relative_to(folder).as_posix(): Page(path) for path in folder.rglob("*.html")}
    by_path = {page.path.resolve(): set(page.ids) for page in found.values()}
    for page in found.values():
        assert len(set(page.ids)) == len(page.ids)
        for link in page.links:
            if link.startswith(("https://", "http://", "mailto:")):
                continue
            target, _, anchor = unquote(link).partition("#")
            assert ":" not in target.partition("/")[0], link
            path = (page.path.parent / target).resolve() if target else page.path
            assert path.is_file(), link
            assert not anchor or anchor in by_path[path.resolve()], link
        for source in page.sources:
            assert (page.path.parent / unquote(source)).is_file(), source
    return found


class Exported:
    """An export that was never in a file."""

    def __init__(self, rooms: dict[Room, list[Message]], people: list[Person]) -> None:
        self._rooms, self._people = rooms, {one.key: one for one in people}

    def people(self) -> Iterator[Person]:
        yield from self._people.values()

    def person(self, key: str) -> Person:
        return self._people.get(key) or Person(key, key)

    def rooms(self) -> Iterator[Room]:
        yield from self._rooms

    def messages(self, room: str) -> Iterator[Message]:
        yield from next(said for one, said in self._rooms.items() if one.key == room)

    def emoji(self) -> Iterator[Any]:
        yield from ()


@pytest.fixture
def scene(chatctl: Any, town: SimpleNamespace, tmp_path: Path) -> Scene:
    return scene_in(chatctl, town, tmp_path)


def test_a_space_becomes_pages_that_link_to_each_other_and_to_its_files(scene: Scene, tmp_path: Path) -> None:
    (tmp_path / "trap.html").write_text("<script>alert(1)</script>")
    trap = scene.ada.json("file", "upload", str(tmp_path / "trap.html"))["id"]
    scene.post("open me", attachments=[trap])
    target = tmp_path / "pages"
    scene.ada("space", "export", scene.space["id"], str(target), "--format", "html")
    assert sorted(path.name for path in target.iterdir()) == ["files", "index.html", "rooms"]
    found = pages(target)
    index, room = found["index.html"], found[next(name for name in found if name.startswith("rooms/"))]
    assert "7 messages" in index.words
    assert scene.space["name"] in index.words
    assert target.stat().st_mode & 0o777 == 0o700
    assert len(found) == 2
    numbers = [scene.seqs[name] for name in ("first", "reply", "edited", "deleted", "files", "again")]
    assert [one["id"] for one in room.articles[:6]] == [f"m{number}" for number in numbers]
    assert [one.get("class") for one in room.articles[:3]] == [None, "reply", None]
    for words in ("This message was deleted.", "Earlier texts", "1 reply", "it was deleted", "pinned by"):
        assert words in room.words
    assert {(target / "rooms" / unquote(link)).read_text() for link in room.links if "/files/" in link} == {
        *("bytes 0", "bytes 1", "<script>alert(1)</script>")
    }
    assert not [link for link in room.links if link.endswith(".html") and "/files/" in link]
    assert any("ovenglow" in source for source in room.sources)
    assert not (tmp_path / "pages.part").exists()


OF_BROWSERS = (
    "html htm SHTML shtm ehtml xhtml xht xhtm mht hta svg svgz xml xsl xslt xsd rng xbl rdf rss atom"
)
OF_SERVERS = "php php7 phtml phar asp aspx jsp"


@pytest.mark.parametrize("end", f"{OF_BROWSERS} {OF_SERVERS}".split())
def test_what_a_browser_or_a_web_server_would_carry_out_is_a_text(end: str, tmp_path: Path) -> None:
    (tmp_path / f"trap.{end}").touch()
    make_harmless(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [f"trap.{end}.txt"]
    assert link_to(f"files/trap.{end}") == f"../files/trap.{end}.txt"


def test_other_files_keep_their_names(tmp_path: Path) -> None:
    for name in ("a.html.txt", "photo.jpg", "report.pdf", "data.json", "phpinfo", "xml"):
        (tmp_path / name).touch()
        assert link_to(f"files/{name}") == f"../files/{name}"
    before = set(tmp_path.iterdir())
    make_harmless(tmp_path)
    assert set(tmp_path.iterdir()) == before


@pytest.mark.parametrize("shape", ["html", "slack"])
def test_who_is_killed_at_the_very_end_leaves_no_copy_beside(
    scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, shape: str
) -> None:
    left: list[Path] = []

    def rename(path: Path, to: Path) -> None:
        os.rename(path, to)
        if to == target:
            left.extend(part.iterdir())

    part, target = tmp_path / "pages.part", tmp_path / "pages"
    words = ("space", "export", scene.space["id"], str(target), "--format", shape)
    with monkeypatch.context() as patched:
        patched.setattr(Path, "rename", rename)
        scene.ada(*words)
    assert (left, part.exists()) == ([], False)
    part.mkdir()
    assert "exists already" in scene.ada.refused(*words)
    assert not part.exists()


def test_what_was_cut_off_goes_on(scene: Scene, tmp_path: Path) -> None:
    part, target = tmp_path / "pages.part", tmp_path / "pages"
    scene.ada("space", "export", scene.space["id"], str(part), "--files")
    (part / "made.html" / "rooms").mkdir(parents=True)
    before = (part / "export.jsonl").read_bytes()
    (part / "export.jsonl").write_bytes(before[: before.rindex(b'{"kind": "end"')])
    (part / "mine.txt").write_text("not of the export")
    scene.ada("space", "export", scene.space["id"], str(target), "--format", "html")
    assert len(pages(target)) == 2
    assert [path.name for path in part.iterdir()] == ["mine.txt"]


def test_nothing_that_people_write_becomes_more_than_text(tmp_path: Path) -> None:
    said = [
        Message(
            f"{RUNS}{number}",
            RUNS,
            1_700_000_000_000,
            text + mention(RUNS),
            edited_at=1_700_000_000_001,
            versions=(Version(text, 1_700_000_000_000),),
            pinned_by=RUNS,
            reactions=(Reaction(RUNS, RUNS),),
            files=(
                File(RUNS, f'"{RUNS}', missing=RUNS),
                File("F", RUNS, "image/png", 3, 'files/F-"onload=x'),
            ),
        )
        for number, text in enumerate(HOSTILE)
    ]
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / 'F-"onload=x').write_bytes(b"png")
    room = Room(RUNS, f"../{RUNS}", "public", RUNS)
    write_html(Exported({room: said}, [Person(RUNS, RUNS, RUNS)]), tmp_path / "x")  # type: ignore[arg-type]
    (tmp_path / "files").rename(tmp_path / "x" / "files")
    found = pages(tmp_path / "x")
    assert len(found) == 2
    for name, page in found.items():
        assert {link.partition(":")[0] for link in page.links if ":" in link} <= {"https"}, name
        assert RUNS in page.words


def test_a_large_room_is_cut_into_pages_and_memory_stays_bounded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chatctl.exports.html.export.MESSAGES", 400)

    def said() -> list[Message]:
        return [
            Message(str(number), "A", 1_700_000_000_000 + number * 60_000, "word " * 20, thread=thread)
            for number in range(1, 1_001)
            for thread in [str(number // 10 * 10) if number % 10 and number > 10 else None]
        ]

    with at_most(6):
        room = Room("R", "town square")
        write_html(Exported({room: said()}, [Person("A", "ann")]), tmp_path / "x")  # type: ignore[arg-type]
    found = pages(tmp_path / "x")
    assert set(found) == {"index.html", *(f"rooms/town-square{n}.html" for n in ("", ".2", ".3"))}
    assert set(found["index.html"].links) == set(found) - {"index.html"}
    [first_reply] = [
        one for one in found["rooms/town-square.3.html"].links if "#" in one and ".2.html" in one
    ]
    assert first_reply == "town-square.2.html#m800"
    numbers = [int(one["id"][1:]) for name in sorted(found, key=_by_page)[1:] for one in found[name].articles]  # type: ignore[index]
    assert numbers == list(range(1, 1_001))


def test_a_spoiler_is_hidden_until_somebody_looks() -> None:
    written = Texts(str, {}).html("||the *butler*|| did it || `||`")
    hidden = '<span class="spoiler" tabindex="0">the <em>butler</em></span>'
    assert written == f"<p>{hidden} did it || <code>||</code></p>\n"


def _by_page(name: str) -> tuple[bool, int]:
    middle = name.removesuffix(".html").rpartition(".")[2]
    return name != "index.html", int(middle) if middle.isdigit() else 1


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("see https://a.example/_b_/*c*d.", 'see <a href="https://a.example/_b_/*c*d">https://a.example/_b_/*c*d</a>.'),
        ("(https://a.example/b_(c))", '(<a href="https://a.example/b_(c)">https://a.example/b_(c)</a>)'),
        ("<https://a.example>", '<a href="https://a.example">https://a.example</a>'),
        ("[https://a.example](https://b.example)", '<a href="https://b.example">https://a.example</a>'),
        ("*https://a.example* xhttp://b", '<em><a href="https://a.example">https://a.example</a></em> xhttp://b'),
        ("`https://a.example` http:// ::", "<code>https://a.example</code> http:// ::"),
    ],
)  # fmt: skip
def test_an_address_is_one_link_whatever_signs_it_has(text: str, html: str) -> None:
    written = Texts(str, {}).html(text).replace(' rel="noopener noreferrer nofollow"', "")
    assert written == f"<p>{html}</p>\n"
