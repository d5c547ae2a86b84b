"""Exports of Slack: the official ones of all ages, those of an organisation of workspaces, and
slackdump's."""
