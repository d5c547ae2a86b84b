"""Logs that clients of IRC keep: irssi, WeeChat, ZNC and energymech, supybot (Limnoria), Textual."""
