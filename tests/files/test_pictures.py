"""Pictures: what tells on people is cut out of them and how they look is kept; nothing they hold harms us."""

from __future__ import annotations

import io
import struct
import tempfile
import zlib
from contextlib import AsyncExitStack
from pathlib import Path

import msgspec
import pytest
from pictures_drawn import FORMATS, PROFILE, SECRET, bomb, drawn, saved, telling
from PIL import Image, ImageChops, ImageOps

from chatd.files.folder import FolderBlobs, StagedFile
from chatd.files.pictures import avif, gif, jpeg, png, process, webp
from chatd.files.pictures.parts import Malformed
from chatd.files.pictures.process import Examined, PictureProcesses
from chatd.files.spool import Spool

FRAMES = 4
CLEANING = {"PNG": png, "JPEG": jpeg, "GIF": gif, "WEBP": webp, "AVIF": avif}
LOOKS_AROUND = """
import errno, os, sys
clean = int(sys.argv[2])
names = sorted(os.environ)
files = len(os.listdir("/proc/self/fd"))  # 0 to 2, the two that it writes, and the folder itself
try:
    os.write(0, b"x")
    written = "written"
except OSError as error:
    written = errno.errorcode[error.errno]
os.write(clean, "\\n".join([str(names), str(files), os.pread(0, 100, 0).decode(), written]).encode())
"""
CRASHES = "import os\nos.write(1, b'nonsense')\nos.abort()\n"


class Looked(msgspec.Struct):
    examined: Examined
    clean: bytes
    preview: bytes


class Studio:
    def __init__(self, blobs: FolderBlobs) -> None:
        self._blobs = blobs
        self.processes = PictureProcesses(blobs.threads)

    async def look(self, format_: str, data: bytes) -> Looked:
        async with AsyncExitStack() as stack:
            staged: list[StagedFile] = [
                await stack.enter_async_context(self._blobs.stage()) for _ in range(3)
            ]
            picture, clean, preview = (one.spool for one in staged)
            await picture.write(data)
            examined = await self.processes.examine(format_, picture, clean, preview)
            return Looked(examined, content(clean), content(preview))


def content(spool: Spool) -> bytes:
    with open(spool.descriptor, "rb", closefd=False) as file:
        file.seek(0)
        return file.read()


@pytest.fixture
def studio(folder: FolderBlobs) -> Studio:
    return Studio(folder)


def cleaned(format_: str, data: bytes) -> bytes:
    with tempfile.TemporaryFile() as sink:
        CLEANING[format_].clean(io.BytesIO(data), sink)
        sink.seek(0)
        return sink.read()


def deep(picture: Image.Image) -> Image.Image:
    """In 65,536 shades of grey."""
    return Image.frombytes(
        "I;16", picture.size, bytes(b for b in picture.convert("L").tobytes() for _ in "12")
    )


def same(one: bytes, other: bytes) -> bool:
    first, second = (ImageOps.exif_transpose(Image.open(io.BytesIO(data))) for data in (one, other))
    return ImageChops.difference(first.convert("RGBA"), second.convert("RGBA")).getbbox() is None


@pytest.mark.parametrize("format_", FORMATS)
async def test_metadata_goes_and_every_pixel_stays(studio: Studio, format_: str) -> None:
    data = telling(format_)
    assert SECRET in data
    looked = await studio.look(format_, data)
    assert looked.examined == Examined(clean=True, width=64, height=32, preview=True)
    for made in (looked.clean, looked.preview):
        assert SECRET not in made
        picture = Image.open(io.BytesIO(made))
        assert not picture.getexif()
        assert not {"comment", "xmp", "exif", "photoshop"} & {
            name for name, value in picture.info.items() if value
        }
    assert same(data, looked.clean)
    if format_ != "GIF":
        assert Image.open(io.BytesIO(looked.clean)).info["icc_profile"] == PROFILE


@pytest.mark.parametrize("format_", FORMATS)
def test_what_is_clean_is_cleaned_no_further(format_: str) -> None:
    orientation = 1 if format_ == "AVIF" else 6  # Pillow 13.0 crashes when it writes a turned AVIF that moves
    once = cleaned(format_, telling(format_, orientation, frames=1 if format_ == "JPEG" else 2))
    assert SECRET not in once
    assert cleaned(format_, once) == once


@pytest.mark.parametrize("format_", ["PNG", "JPEG", "WEBP"])
@pytest.mark.parametrize("orientation", [3, 6])
async def test_which_way_up_stays(studio: Studio, format_: str, orientation: int) -> None:
    data = telling(format_, orientation)
    looked = await studio.look(format_, data)
    assert SECRET not in looked.clean
    assert dict(Image.open(io.BytesIO(looked.clean)).getexif()) == {0x0112: orientation}
    assert same(data, looked.clean)
    shown = ImageOps.exif_transpose(Image.open(io.BytesIO(data)))
    preview = Image.open(io.BytesIO(looked.preview))
    assert (looked.examined.width, looked.examined.height) == shown.size == preview.size
    assert not preview.getexif()


@pytest.mark.parametrize("format_", ["PNG", "GIF", "WEBP", "AVIF"])
async def test_a_moving_picture_keeps_its_frames(studio: Studio, format_: str) -> None:
    data = telling(format_, frames=FRAMES)
    looked = await studio.look(format_, data)
    assert looked.examined.preview
    assert SECRET not in looked.clean
    before, after = Image.open(io.BytesIO(data)), Image.open(io.BytesIO(looked.clean))
    assert after.n_frames == before.n_frames == FRAMES
    for frame in range(FRAMES):
        before.seek(frame)
        after.seek(frame)
        assert ImageChops.difference(before.convert("RGB"), after.convert("RGB")).getbbox() is None
        assert after.info.get("duration") == before.info.get("duration")
    assert after.info.get("loop") == before.info.get("loop")


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16", "CMYK"])
async def test_every_kind_of_colours_has_a_preview(studio: Studio, mode: str) -> None:
    format_ = "JPEG" if mode == "CMYK" else "PNG"
    picture = deep(drawn(2000, 1000)) if mode == "I;16" else drawn(2000, 1000).convert(mode)
    looked = await studio.look(format_, saved(picture, format_))
    preview = Image.open(io.BytesIO(looked.preview))
    assert (looked.examined.width, preview.size, preview.format) == (2000, (512, 256), "WEBP")
    light, dark = preview.convert("L").getpixel((10, 10)), preview.convert("L").getpixel((500, 250))
    assert light > 200 > 60 > dark


async def test_a_progressive_jpeg_stays_whole(studio: Studio) -> None:
    picture = Image.effect_noise((700, 500), 80).convert("RGB")
    for how in ({"progressive": True}, {"restart_marker_blocks": 3}):
        data = saved(picture, "JPEG", quality=95, **how)
        looked = await studio.look("JPEG", data)
        assert looked.clean == data
        assert same(data, looked.clean)


async def test_a_picture_that_would_fill_the_memory_has_no_preview(studio: Studio) -> None:
    looked = await studio.look("PNG", bomb(30_000, 30_000))
    assert looked.examined == Examined(clean=True)


@pytest.mark.parametrize("format_", FORMATS)
async def test_cut_off_or_broken_pictures_are_never_an_error(studio: Studio, format_: str) -> None:
    data = telling(format_)
    looked = await studio.look(format_, data[: len(data) // 2] + bytes(200))
    assert not looked.examined.full


async def test_a_picture_process_that_takes_too_long_is_killed(folder: FolderBlobs) -> None:
    studio = Studio(folder)
    studio.processes = PictureProcesses(folder.threads, seconds=0)
    assert await studio.look("PNG", telling("PNG")) == Looked(Examined(), b"", b"")


async def test_a_picture_process_that_crashes_is_no_error(
    studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    child = tmp_path / "child.py"
    child.write_text(CRASHES)
    monkeypatch.setattr(process, "CHILD", child)
    assert await studio.look("PNG", telling("PNG")) == Looked(Examined(), b"", b"")


async def test_the_process_gets_nothing_of_the_server_but_the_picture(
    studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    child = tmp_path / "child.py"
    child.write_text(LOOKS_AROUND)
    monkeypatch.setattr(process, "CHILD", child)
    monkeypatch.setenv("CHATD_OIDC_CLIENT_SECRET", "secret")
    looked = await studio.look("PNG", b"the picture")
    assert looked.clean.decode().split("\n") == ["['LC_ALL']", "6", "the picture", "EBADF"]


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


@pytest.mark.parametrize("tail", [SECRET, b"abc", b"\0\0\0\0" + SECRET, b"\0\0\0\3" + SECRET])
async def test_what_stands_behind_an_avif_goes(studio: Studio, tail: bytes) -> None:
    data = telling("AVIF")
    looked = await studio.look("AVIF", data + tail)
    assert looked.examined.clean
    assert SECRET not in looked.clean
    assert same(data, looked.clean)
    assert cleaned("AVIF", looked.clean) == looked.clean


@pytest.mark.parametrize("cut", [3, 20])
def test_an_avif_without_its_end_is_none(cut: int) -> None:
    with pytest.raises(Malformed):
        cleaned("AVIF", telling("AVIF")[:-cut])


def test_a_png_has_no_words_in_its_palettes_and_profiles() -> None:
    plain = saved(drawn(), "PNG")
    told = (
        plain[:33]
        + chunk(b"sPLT", SECRET + b"\0\x08" + b"\1" * 6)
        + chunk(b"iCCP", SECRET + b"\0\0" + zlib.compress(PROFILE) + SECRET)
        + plain[33:]
    )
    clean = cleaned("PNG", told)
    assert SECRET not in clean
    assert Image.open(io.BytesIO(clean)).info["icc_profile"] == PROFILE
    assert same(plain, clean)
