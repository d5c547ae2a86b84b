"""Pictures for tests, with everything in them that tells on people."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any, Final

from PIL import Image, ImageCms, PngImagePlugin

SECRET: Final = b"51.4778N 0.0015W secret"
TEXT: Final = SECRET.decode()
XMP: Final = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'>" + SECRET + b"</x:xmpmeta>"
PROFILE: Final = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
FORMATS: Final = ("PNG", "JPEG", "GIF", "WEBP", "AVIF")


def exif(orientation: int = 1) -> bytes:
    data = Image.Exif()
    data[0x0112] = orientation
    data[0x010E] = TEXT  # description
    data[0x8825] = {1: "N", 2: (51.0, 28.0, 40.0), 29: TEXT}  # GPS
    return data.tobytes()


def drawn(width: int = 64, height: int = 32, mode: str = "RGB") -> Image.Image:
    """Its top left corner is light, the rest dark."""
    picture = Image.new(mode, (width, height))
    picture.paste(Image.new(mode, (width // 2, height // 2), "white"), (0, 0))
    return picture


def saved(picture: Image.Image, format_: str, **how: Any) -> bytes:
    file = io.BytesIO()
    picture.save(file, format_, **how)
    return file.getvalue()


def telling(format_: str, orientation: int = 1, frames: int = 1) -> bytes:
    """A picture full of metadata."""
    picture, data = drawn(), exif(orientation)
    more: dict[str, Any] = {}
    if frames > 1:
        shades = [Image.new("RGB", picture.size, (60 * number, 99, 0)) for number in range(1, frames)]
        more = {"save_all": True, "append_images": shades, "duration": 70, "loop": 0}
    if format_ == "PNG":
        texts = PngImagePlugin.PngInfo()
        texts.add_text("Comment", TEXT)
        texts.add_text("Zipped", TEXT, zip=True)
        texts.add_itxt("XML:com.adobe.xmp", XMP.decode())
        made = saved(picture, "PNG", pnginfo=texts, exif=data, icc_profile=PROFILE, **more)
        return made + SECRET
    if format_ == "JPEG":
        made = saved(picture, "JPEG", exif=data, comment=SECRET, icc_profile=PROFILE, xmp=XMP, dpi=(72, 72))
        photoshop = b"Photoshop 3.0\0" + SECRET
        iptc = b"\xff\xed" + struct.pack(">H", len(photoshop) + 2) + photoshop
        return made[:2] + iptc + made[2:] + SECRET
    if format_ == "GIF":
        made = saved(picture.convert("P"), "GIF", comment=SECRET, **more)
        xmp = b"\x21\xff\x0bXMP DataXMP" + bytes((len(SECRET),)) + SECRET + b"\0"
        return made[:-1] + xmp + b";" + SECRET
    if format_ == "WEBP":
        return saved(picture, "WEBP", exif=data, xmp=XMP, icc_profile=PROFILE, **more) + SECRET
    return saved(picture, "AVIF", exif=data, xmp=XMP, icc_profile=PROFILE, **more)


def bomb(width: int, height: int) -> bytes:
    """A PNG of one colour that is small until somebody decodes it."""
    rows, packer = b"\0" * (1 + width // 8), zlib.compressobj(1)
    packed = b"".join(packer.compress(rows) for _ in range(height)) + packer.flush()

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")
