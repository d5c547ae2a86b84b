"""The server's log, and the process's output."""

from chatd.log.logger import Log as Log
from chatd.log.logger import log as log
