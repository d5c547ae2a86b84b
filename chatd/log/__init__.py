"""The server's log."""

from chatd.log.logger import Log as Log
from chatd.log.logger import log as log
