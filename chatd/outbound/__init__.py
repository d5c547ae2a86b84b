"""What this server asks of others over HTTP: single sign-on, web push, traces."""
