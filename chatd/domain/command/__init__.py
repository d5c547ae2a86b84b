"""Commands and queries: what an account may ask for, with the limits of each field.

Commands are imperative and change something; queries are nouns and change nothing. One module for each noun,
all of them known as `chatd.domain.command`.
"""

from chatd.domain.command.accounts import *
from chatd.domain.command.bots import *
from chatd.domain.command.farewell import *
from chatd.domain.command.fields import *
from chatd.domain.command.identities import *
from chatd.domain.command.messages import *
from chatd.domain.command.operators import *
from chatd.domain.command.order import *
from chatd.domain.command.personal import *
from chatd.domain.command.rooms import *
from chatd.domain.command.spaces import *
