"""Exports of a Zulip organisation, as `manage.py export` and the settings page make them."""
