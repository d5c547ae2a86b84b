"""Commands and queries: what an account may ask for, with the limits of each field.

Commands are imperative and change something; queries are nouns and change nothing. One module for each noun,
all of them known as `chatd.contract.command`.
"""

from chatd.contract.command.accounts import *
from chatd.contract.command.bots import *
from chatd.contract.command.farewell import *
from chatd.contract.command.identities import *
from chatd.contract.command.messages import *
from chatd.contract.command.operators import *
from chatd.contract.command.order import *
from chatd.contract.command.personal import *
from chatd.contract.command.rooms import *
from chatd.contract.command.spaces import *
from chatd.contract.fields import *
