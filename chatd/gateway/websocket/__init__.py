"""WebSocket connections: frames in, frames out."""
