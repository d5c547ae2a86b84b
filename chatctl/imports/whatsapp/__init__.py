"""The text files that WhatsApp exports a chat as, alone or in a zip with its media."""
