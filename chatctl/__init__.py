"""The admin's command line: speaks to a running chatd over its admin socket, or over the network."""
