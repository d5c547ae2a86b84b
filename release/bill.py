"""The list of what is inside: for programs (CycloneDX 1.6), and for people with the texts of the licences."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable
from typing import Any, Final

from release.contents import Part

_SPDX_WORDS: Final = {"AND", "OR", "WITH"}
_SPACE: Final = uuid.UUID("5ac3b5f4-5f0a-4d0e-9f6e-2f8a54f7c9d1")
RULE: Final = "=" * 100


def bill(version: str, digest: str, parts: Iterable[Part]) -> str:
    """The SBOM of the executable with this SHA-256 digest. The same contents give the same text."""
    root = f"pkg:generic/chatd@{version}"
    components = [_component(part) for part in parts]
    document = {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid5(_SPACE, digest)}",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": root,
                "name": "chatd",
                "version": version,
                "purl": root,
                "licenses": [{"license": {"id": "MIT"}}],
                "hashes": [{"alg": "SHA-256", "content": digest}],
            }
        },
        "components": components,
        "dependencies": [{"ref": root, "dependsOn": [component["bom-ref"] for component in components]}],
    }
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def _component(part: Part) -> dict[str, Any]:
    component: dict[str, Any] = {
        "type": "library",
        "bom-ref": part.purl,
        "name": part.name,
        "version": part.version,
        "purl": part.purl,
        "licenses": [_said(part.licence)],
    }
    if part.inner:
        component["components"] = list(part.inner)
    return component


def _said(licence: str) -> dict[str, Any]:
    """An expression of SPDX as such; what is a name to people stays a name."""
    words = licence.split()
    if len(words) > 1 and all((word in _SPDX_WORDS) == bool(at % 2) for at, word in enumerate(words)):
        return {"expression": licence}
    return {"license": {"name": licence}}


def licences(version: str, own: str, parts: Iterable[Part]) -> str:
    """All texts, each once, under the names of what it is the licence of."""
    blocks = [f"The executable chatd {version} holds what follows, each under its own licence.\n"]
    by_text: dict[str, list[Part]] = {}
    for part in parts:
        for text in part.texts or (f"{part.licence}. Its makers ship no text of it.",):
            by_text.setdefault(text.strip(), []).append(part)
    blocks.append(f"{RULE}\nchatd {version}: MIT\n{RULE}\n\n{own.strip()}\n")
    for text, under in by_text.items():
        names = "\n".join(f"{part.name} {part.version}: {part.licence}" for part in under)
        blocks.append(f"{RULE}\n{names}\n{RULE}\n\n{text}\n")
    return "\n".join(blocks)
