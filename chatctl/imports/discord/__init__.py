"""JSON files that DiscordChatExporter writes: one for each channel or thread, or several parts of one."""
