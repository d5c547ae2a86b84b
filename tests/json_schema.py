"""jsonschema, loaded when a test asks: it takes long, and each process of pytest loads all files of tests."""

from __future__ import annotations

from typing import Any


def validator(schema: Any) -> Any:
    """Of JSON Schema 2020-12."""
    from jsonschema import Draft202012Validator

    return Draft202012Validator(schema)


def validator_of_draft_7(schema: Any) -> Any:
    from jsonschema import Draft7Validator

    return Draft7Validator(schema)
