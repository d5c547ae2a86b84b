// Follows events with the package `eventsource`, which reconnects by itself. Says each event as one line of JSON.
// Asks for: origin, token.
import { createRequire } from 'node:module'

const { EventSource } = createRequire(import.meta.url)('eventsource')
const [origin, token] = process.argv.slice(2)

const withToken = (url, init) => fetch(url, { ...init, headers: { ...init.headers, Authorization: `Bearer ${token}` } })
const source = new EventSource(`${origin}/api/v1/events`, { fetch: withToken })

for (const kind of ['opened', 'event', 'signal', 'closed'])
  source.addEventListener(kind, ({ data, lastEventId }) =>
    console.log(JSON.stringify({ kind, id: lastEventId, data: JSON.parse(data) })),
  )
source.onerror = ({ code }) => {
  if (source.readyState === EventSource.CLOSED) {
    console.log(JSON.stringify({ kind: 'refused', data: { status: code } }))
    process.exit(0)
  }
}
