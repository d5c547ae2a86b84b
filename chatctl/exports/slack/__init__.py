"""Exports in the shape of Slack's, which many chats and viewers read."""
