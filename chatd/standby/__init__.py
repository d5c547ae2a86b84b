"""The warm standby: follows a running server over the network, and is promoted in its place."""
