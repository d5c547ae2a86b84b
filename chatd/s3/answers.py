"""What an S3 service answered, in one line. The library tells it with XML and the inside of Rust."""

from __future__ import annotations

import re
from html import unescape
from typing import Final

LONGEST: Final = 300  # characters
STATUS: Final = re.compile(r"non-2xx status code: (\d{3}[A-Za-z ]*)")
CODE: Final = re.compile(r"<Code>([^<]{1,100})</Code>")
MESSAGE: Final = re.compile(r"<Message>([^<]{1,1000})</Message>")
OBJECT: Final = re.compile(r"Object at location (\S+) not found")
HOST: Final = re.compile(r"https?://([^/\s]+)")
CAUSE: Final = re.compile(r'message: "([^"]{1,200})"')
NO_KEYS: Final = "169.254.169.254"  # where machines at AWS ask for keys, when nobody has given any
KEYS: Final = ("AccessDenied", "InvalidAccessKeyId", "SignatureDoesNotMatch")
HINTS: Final = {
    "NoSuchBucket": "make the bucket, or look at its name",
    **dict.fromkeys(KEYS, "look at the keys, and at what they are allowed to do"),
    "PermanentRedirect": "look at the region and the endpoint",
    "RequestTimeTooSkewed": "let this machine synchronize its clock",
}


def in_words(error: BaseException) -> str:
    """Why it failed, and what to do where that is known."""
    text = str(error).strip() or type(error).__name__
    first = text.split("\n", 1)[0]
    if NO_KEYS in first:
        return "no keys are given, and this is no machine of AWS that has some"
    if "redirect without LOCATION" in first:
        return f"the bucket is in another region; {HINTS['PermanentRedirect']}"
    if "HTTP error" in first:
        host, causes = HOST.search(first), CAUSE.findall(text)
        why = causes[-1] if causes else first.rpartition("HTTP error: ")[2]
        return _bounded(f"{host[1] if host else 'the service'} cannot be reached: {why}")
    if (status := STATUS.search(first)) is None:
        return _bounded(first)
    said = status[1].strip()
    code, message = CODE.search(text), MESSAGE.search(text)
    if code is not None:
        said = f"{code[1]} ({said})"
        if message is not None:
            said += f": {unescape(message[1]).strip().rstrip('.')}"
    return _bounded(said) + (f"; {HINTS[code[1]]}" if code is not None and code[1] in HINTS else "")


def missing(error: FileNotFoundError) -> str | None:
    """The name of the object that is not there; None: the bucket itself is not."""
    text = str(error)
    found = OBJECT.match(text)
    return None if found is None or "<Code>NoSuchBucket</Code>" in text else found[1]


def _bounded(line: str) -> str:
    return " ".join(line.split())[:LONGEST]
