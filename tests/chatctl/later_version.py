"""A chatd of a later version, whose data model has a table more."""

from __future__ import annotations

from msgspec.structs import replace

from chatd.cli import main
from chatd.store.ops import data_model

STEP = "CREATE TABLE later (id INTEGER PRIMARY KEY) STRICT"
present = data_model.present


def later() -> data_model.Model:
    model = present()
    return replace(model, schema=f"{model.schema}\n{STEP};\n", steps=(*model.steps, STEP))


if __name__ == "__main__":
    data_model.present = later
    main()
