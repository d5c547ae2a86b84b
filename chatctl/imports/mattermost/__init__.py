"""Bulk exports of Mattermost: JSON lines, perhaps in a zip with the files."""
