// The tables of the monitor: each takes an answer of the server and fills its place.

import { badge, element, fill, find } from './dom.js'
import { ago, count, date, duration, milliseconds, size, time } from './words.js'

const SHOWN = 200 // events at once

/** A stream with its name, as a button that shows its events. */
function streamed(stream, names, choose) {
  const [kind, id] = stream.split('/')
  const name = names.stream(stream)
  const button = element('button', 'link', badge(kind, kind), ' ', name || id)
  button.type = 'button'
  button.title = stream
  button.addEventListener('click', () => choose(stream))
  return button
}

export function showStreams(answer, names, choose) {
  const row = (it) => [streamed(it.stream, names, choose), count(it.seq), count(it.minute), ago(it.at)]
  const columns = [['stream', ''], ['last seq', 'number'], ['events a minute', 'number'], ['newest', 'number']]
  fill(find('busiest'), columns, answer.busiest.map(row), 'nothing happened in the last minute')
  fill(find('streams'), columns, answer.streams.map(row))
}

/** Whether the event is one of those that the filters ask for. */
function wanted(event, filters, names) {
  const has = (text, part) => text.toLowerCase().includes(part.toLowerCase())
  const stream = `${event.stream} ${names.stream(event.stream) || ''}`
  return (
    has(event.event, filters.type) &&
    has(`${event.by} ${names.account(event.by)}`, filters.by) &&
    has(stream, filters.stream)
  )
}

export function showEvents(events, filters, names, choose) {
  const found = events.filter((event) => wanted(event, filters, names))
  const rows = found.slice(0, SHOWN).map((event) => [
    time(event.at),
    count(event.position),
    streamed(event.stream, names, choose),
    count(event.seq),
    element('b', '', event.event),
    names.account(event.by),
    element('code', '', JSON.stringify(event.data)),
  ])
  fill(
    find('events'),
    [['time', ''], ['position', 'number'], ['stream', ''], ['seq', 'number'], ['event', ''], ['by', ''], ['data', 'wide']],
    rows,
    events.length ? 'no event fits the filters' : 'waiting for events',
  )
  return found.length
}

export function showFollowers(answer) {
  const rows = answer.followers.map((it) => [
    it.name,
    it.position === null ? '–' : count(it.position),
    count(it.head),
    it.lag ? badge(count(it.lag), it.lag > 1000 ? 'bad' : 'busy') : '0',
    it.late_ms ? badge(duration(it.late_ms / 1000), it.late_ms > 60000 ? 'bad' : 'busy') : '–',
    it.restarts ? badge(count(it.restarts), 'bad') : '0',
    it.error ? badge(it.error, 'bad') : badge('well', 'good'),
  ])
  fill(
    find('followers'),
    [['follower', ''], ['position', 'number'], ['head of the log', 'number'], ['events behind', 'number'],
      ['late', 'number'], ['restarts', 'number'], ['state', '']],
    rows,
  )
}

export function showActors(answer, names, choose) {
  const name = (it) => (/^(room|space|account|server)\//.test(it.name) ? streamed(it.name, names, choose) : it.name)
  const rows = answer.actors.map((it) => [
    name(it),
    it.depth ? badge(count(it.depth), it.depth > it.capacity / 2 ? 'bad' : 'busy') : '0',
    count(it.capacity),
    milliseconds(it.oldest_wait_ms),
    count(it.turns),
    count(it.handled),
    it.restarts ? badge(count(it.restarts), 'bad') : '0',
  ])
  fill(
    find('actors'),
    [['actor', ''], ['waiting', 'number'], ['of', 'number'], ['oldest waits', 'number'], ['turns', 'number'],
      ['handled', 'number'], ['restarts', 'number']],
    rows,
  )
}

export function showSessions(answer, names) {
  const rows = answer.sessions.map((it) => [
    it.by ? names.account(it.by) : 'nobody yet',
    it.device || '–',
    it.protocol,
    date(it.began_at),
    it.queued ? badge(size(it.queued), it.queued > 100000 ? 'bad' : 'busy') : '0',
    it.behind ? badge('reads the log', 'busy') : badge('live', 'good'),
    count(it.demotions),
    count(it.open),
    count(it.handled),
  ])
  fill(
    find('sessions'),
    [['account', ''], ['device', ''], ['protocol', ''], ['since', ''], ['unread', 'number'], ['state', ''],
      ['demoted', 'number'], ['open', 'number'], ['handled', 'number']],
    rows,
  )
  const more = answer.total - answer.sessions.length
  find('more-sessions').textContent = more > 0 ? `and ${count(more)} more` : ''
}

export function showCommits(answer) {
  const { commits } = answer
  const refused = Object.entries(answer.refused).map(([code, number]) => `${code} ${count(number)}`)
  const rows = [
    ['commits since the start', count(commits.count)],
    ['failed', commits.failed ? badge(count(commits.failed), 'bad') : '0'],
    ['facts', count(commits.facts)],
    ['facts in the last commit', count(commits.last_batch)],
    ['facts in a commit, mean', count(commits.mean_batch)],
    ['the last commit took', milliseconds(commits.last_ms)],
    ['a commit takes, mean', milliseconds(commits.mean_ms)],
    ['appends that wait', count(commits.waiting)],
    ['refused frames', refused.join(', ') || 'none'],
    ['lines of the log lost', count(answer.log_lines_lost)],
    ['steps of the clock', count(answer.clock_steps)],
  ]
  fill(find('commits'), [['', ''], ['', 'number']], rows)
}
