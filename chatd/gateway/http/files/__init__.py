"""Files over HTTP: they come in one request or in several (tus), and go out to who may read them."""
