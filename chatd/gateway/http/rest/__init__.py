"""REST: the requests of the contract under `/api/v1`. `rest` answers them with the help of the others."""
