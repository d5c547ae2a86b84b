"""Everything over HTTP but the WebSocket.

`server` speaks HTTP/1.1; `app` says what is served: pages (`pages`, `api_docs`, `monitor`), requests of the
contract (`rest`, `graphql_route`), `files`, `events`, and what is counted (`counting`).
"""
