"""Dumps of Rocket.Chat's database, as `mongodump` writes them."""
