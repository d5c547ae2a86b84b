"""What other chats export, read into one model: a module for each format, and what they share.

Nothing here speaks to a server or writes a file: `chatctl import` hands on what is read.
"""
