"""The edge: one port and one admin socket, WebSocket and HTTP. Decodes, bounds, times out, never decides."""
