"""GraphQL over the contract's tables: the same requests and the same refusals, asked by shape."""
