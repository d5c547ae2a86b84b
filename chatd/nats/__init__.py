"""A client of NATS and its JetStream on trio, as far as a cluster needs them."""
