"""Read-only questions to the store, one module for each noun: who asks about it takes this much of a reader.

Each question is one consistent look at the database. All raise StoreUnavailable.
"""

from chatd.ports.readers.account import *
from chatd.ports.readers.account_deletion import *
from chatd.ports.readers.audit import *
from chatd.ports.readers.backup import *
from chatd.ports.readers.bookmark import *
from chatd.ports.readers.cluster import *
from chatd.ports.readers.credential import *
from chatd.ports.readers.device import *
from chatd.ports.readers.direct import *
from chatd.ports.readers.disabled import *
from chatd.ports.readers.draft import *
from chatd.ports.readers.erasure import *
from chatd.ports.readers.export import *
from chatd.ports.readers.file import *
from chatd.ports.readers.identity import *
from chatd.ports.readers.invite import *
from chatd.ports.readers.log import *
from chatd.ports.readers.member import *
from chatd.ports.readers.message import *
from chatd.ports.readers.notification import *
from chatd.ports.readers.opening import *
from chatd.ports.readers.place_export import *
from chatd.ports.readers.presence import *
from chatd.ports.readers.profile import *
from chatd.ports.readers.push import *
from chatd.ports.readers.report import *
from chatd.ports.readers.retention import *
from chatd.ports.readers.room import *
from chatd.ports.readers.scheduled import *
from chatd.ports.readers.settings import *
from chatd.ports.readers.space import *
from chatd.ports.readers.stream import *
from chatd.ports.readers.unread import *
from chatd.ports.readers.usage import *
