"""JSON that Telegram Desktop exports: of one chat, or of all that an account has."""
