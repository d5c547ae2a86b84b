"""What chatd itself exports (docs/exports.md), so that a room or space can move to another server."""
