"""The browser client beside another open-source one, in the same chromium on the same machine."""
