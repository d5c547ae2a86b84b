"""The settings of a server: what they are, and where each value comes from."""

from chatd.settings.settings import HELP as HELP
from chatd.settings.settings import MASKED as MASKED
from chatd.settings.settings import Rate as Rate
from chatd.settings.settings import Settings as Settings
from chatd.settings.settings import SettingsError as SettingsError
from chatd.settings.settings import is_loopback as is_loopback
