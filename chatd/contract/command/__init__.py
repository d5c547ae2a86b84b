"""The request types by their old name, until everybody imports them from the modules of their nouns."""

from chatd.contract.access import *
from chatd.contract.account import *
from chatd.contract.audit import *
from chatd.contract.backup import *
from chatd.contract.ban import *
from chatd.contract.bookmark import *
from chatd.contract.bot import *
from chatd.contract.device import *
from chatd.contract.direct import *
from chatd.contract.draft import *
from chatd.contract.emoji import *
from chatd.contract.event import *
from chatd.contract.identity import *
from chatd.contract.invite import *
from chatd.contract.member import *
from chatd.contract.message import *
from chatd.contract.notification import *
from chatd.contract.pin import *
from chatd.contract.preferences import *
from chatd.contract.presence import *
from chatd.contract.reaction import *
from chatd.contract.read import *
from chatd.contract.receipt import *
from chatd.contract.report import *
from chatd.contract.room import *
from chatd.contract.server import *
from chatd.contract.session import *
from chatd.contract.space import *
from chatd.contract.subscription import *
from chatd.contract.thread import *
from chatd.contract.totp import *
from chatd.contract.typing import *
from chatd.contract.unread import *
from chatd.contract.view import *
from chatd.contract.fields import *
from chatd.contract.server import GetServerStatus as ServerStatus
from chatd.contract.server import GetServerTop as ServerTop
