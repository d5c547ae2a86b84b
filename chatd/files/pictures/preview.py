"""Size and preview of a picture, with Pillow."""

from __future__ import annotations

import warnings
from typing import BinaryIO, Final

from PIL import AvifImagePlugin, Image, ImageOps

EDGE: Final = 512  # longest edge of a preview
PIXELS: Final = 50_000_000  # of a picture that is decoded
QUALITY: Final = 80
LARGEST_PROFILE: Final = 64 * 1024  # of a colour profile that a preview carries
TURNED: Final = frozenset((5, 6, 7, 8))  # ways up that exchange width and height
ORIENTATION: Final = 0x0112

warnings.simplefilter("error", Image.DecompressionBombWarning)
Image.MAX_IMAGE_PIXELS = PIXELS
AvifImagePlugin.DEFAULT_MAX_THREADS = 1  # the process may have no others
Image.init()  # loads all formats, while files can still be opened


def opened(file: BinaryIO, format_: str) -> Image.Image:
    """Raises what Pillow raises for a picture that it cannot read, or that is too large."""
    file.seek(0)
    return Image.open(file, formats=[format_])


def size(picture: Image.Image) -> tuple[int, int]:
    """Width and height as it is shown."""
    width, height = picture.size
    return (height, width) if picture.getexif().get(ORIENTATION) in TURNED else (width, height)


def save(picture: Image.Image, file: BinaryIO) -> None:
    """Writes the preview: WebP, the first frame, at most `EDGE` pixels wide and high, with no metadata."""
    profile = picture.info.get("icc_profile")
    if picture.mode == "CMYK" or len(profile or b"") > LARGEST_PROFILE:
        profile = None
    picture.draft("RGB", (EDGE, EDGE))
    small = picture if picture.mode != "P" else picture.convert("RGBA")
    small.thumbnail((EDGE, EDGE), reducing_gap=2.0)
    small = ImageOps.exif_transpose(_with_colours(small))
    small.save(file, "WEBP", quality=QUALITY, icc_profile=profile, exif=b"", xmp=b"")


def _with_colours(picture: Image.Image) -> Image.Image:
    if picture.mode.startswith("I"):
        picture = picture.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    clear = picture.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in picture.info
    return picture.convert("RGBA" if clear else "RGB")
