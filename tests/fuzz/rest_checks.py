"""A check for schemathesis, which loads this module: what the schema says is not refused for what it says.

A schema cannot say everything (of two fields one; a text with something to see in it), so a request that it
allows may be refused as `invalid` for such a rule. But not for a type, a limit, or a field too many.
"""

from __future__ import annotations

import re
from typing import Any

import schemathesis

SAID_BY_SCHEMAS = re.compile(r": (expected |must |missing$|one of )|unknown field|twice")
# rules that read like limits and are none of a schema's
OWN_RULES = re.compile(r"must be (in Unix milliseconds|an audited event|the `next`)")


@schemathesis.check
def schema_says_what_is_taken(context: Any, response: Any, case: Any) -> None:
    if response.status_code != 400 or case.meta is None or not case.meta.generation.mode.is_positive:
        return
    detail = response.json()["detail"]
    assert OWN_RULES.search(detail) or not SAID_BY_SCHEMAS.search(detail), detail
