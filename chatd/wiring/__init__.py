"""Wiring: makes every service of a server and hands each to those who need it.

`base` makes what all others stand on. Each of `accounts`, `files`, `spaces`, `messages` and `operation` makes
the services of some nouns, and gives the handlers that answer for them. `services` puts all together,
`http` what answers plain HTTP.
"""

from chatd.wiring.base import Base
from chatd.wiring.services import Services, wire

__all__ = ["Base", "Services", "wire"]
