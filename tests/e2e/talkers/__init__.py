"""Programs that talk in one room, each with another client library; run by the recorded run.

Each is called with the path of a JSON file: `{url, token, cursor, room, name, texts, total, out}`. It opens
its session at the cursor and posts its texts, several at a time and each under the nonce `<name>-<index>`.
After every lost connection it resumes and posts again what was not acknowledged. It ends when it has seen
`total` messages, and writes to `out` one line for each, as it was told of them: `[seq,"by","base64 of the
text's UTF-8"]`.
"""
