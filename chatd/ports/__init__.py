"""What the packages above agree on: the log, the tables beside it, and who may be told about them.

The actors know the store only by these shapes; an in-memory twin or a distributed log can stand
behind them as well as SQLite.
"""

from chatd.ports.blobs import *
from chatd.ports.cluster import *
from chatd.ports.conditions import *
from chatd.ports.connection import *
from chatd.ports.desk import *
from chatd.ports.files import *
from chatd.ports.freshness import *
from chatd.ports.log import *
from chatd.ports.maintenance import *
from chatd.ports.provider import *
from chatd.ports.push import *
from chatd.ports.reader import *
from chatd.ports.readers import *
from chatd.ports.replication import *
from chatd.ports.rows import *
from chatd.ports.views import *
from chatd.ports.writes import *
