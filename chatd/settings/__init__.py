"""The settings of a server: what they are, and where each value comes from."""

from chatd.settings.checks import is_loopback as is_loopback
from chatd.settings.rate import Rate as Rate
from chatd.settings.settings import HELP as HELP
from chatd.settings.settings import MASKED as MASKED
from chatd.settings.settings import Settings as Settings
from chatd.settings.settings import SettingsError as SettingsError
