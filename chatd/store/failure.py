"""What can be wrong with a data folder before the store is open."""

from __future__ import annotations

from chatd.ports import StoreError as StoreError
