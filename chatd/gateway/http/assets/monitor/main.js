// The monitor: takes a token, then asks the server every two seconds and shows what it says.

import { Api, Refused } from './api.js'
import { Chart } from './chart.js'
import { find } from './dom.js'
import { Names } from './names.js'
import { Tail } from './tail.js'
import * as views from './views.js'
import { count, duration, milliseconds, size } from './words.js'

const EVERY = 2000 // milliseconds
const KEPT_AS = 'chatd-monitor' // in the storage of this tab, if the person wants that
const TABS = ['streams', 'events', 'followers', 'actors', 'sessions', 'commits']

class Monitor {
  constructor(api, end) {
    this.api = api
    this.end = end
    this.names = new Names(api)
    this.tail = new Tail(api, this.names, () => this.drawEvents())
    this.charts = Object.fromEntries(
      ['rate', 'commit', 'lag', 'cpu'].map((name) => [name, new Chart(find(`chart-${name}`))]),
    )
    this.before = null
    this.after = ''
    this.paused = false
    this.running = true
    this.choose = (stream) => this.follow(stream)
  }

  async run() {
    this.follow('', false)
    while (this.running) {
      if (!document.hidden) await this.refresh()
      await new Promise((resolve) => setTimeout(resolve, EVERY))
    }
  }

  stop() {
    this.running = false
    this.tail.stop()
  }

  async refresh() {
    try {
      const [status, top] = await Promise.all([this.api.get('/server/status'), this.api.get('/server/top')])
      this.drawHead(status, top)
      await this.drawTab(top)
      say('')
    } catch (error) {
      if (error instanceof Refused && [401, 403].includes(error.status)) this.end(error.message)
      else say(`${error.message}; trying again`)
    }
  }

  drawHead(status, top) {
    const state = find('state')
    state.textContent = status.ready ? 'ready' : 'cannot store'
    state.className = `badge ${status.ready ? 'good' : 'bad'}`
    find('problems').textContent = status.problems.join('; ')
    find('version').textContent = `chatd ${status.version}`
    find('uptime').textContent = duration(status.uptime)
    find('position').textContent = count(status.position)
    find('session-count').textContent = `${count(status.sessions)} of ${count(status.connections)}`
    find('memory').textContent = size(status.memory)
    find('database').textContent = size(status.database)
    const now = performance.now()
    if (this.before) this.drawRates(top, (now - this.before.at) / 1000)
    this.before = { top, at: now }
  }

  drawRates(top, seconds) {
    const { top: before } = this.before
    const commits = top.commits.count - before.commits.count
    const took = top.commits.mean_ms * top.commits.count - before.commits.mean_ms * before.commits.count
    const values = {
      rate: [(top.position - before.position) / seconds, (value) => `${count(value)} /s`],
      commit: [commits ? Math.max(0, took / commits) : 0, milliseconds],
      lag: [top.loop_lag_ms, milliseconds],
      cpu: [((top.cpu_seconds - before.cpu_seconds) / seconds) * 100, (value) => `${count(value)} %`],
    }
    for (const [name, [value, say]] of Object.entries(values)) {
      find(`value-${name}`).textContent = say(value)
      this.charts[name].add(value)
    }
  }

  async drawTab(top) {
    switch (shownTab()) {
      case 'streams': {
        const fields = { kind: find('kind').value, after: this.after, limit: 100 }
        const answer = await this.api.get('/server/streams', fields)
        find('next-streams').hidden = answer.next === null
        find('next-streams').dataset.after = answer.next ?? ''
        find('first-streams').hidden = !this.after
        return views.showStreams(answer, this.names, this.choose)
      }
      case 'events':
        return this.drawEvents()
      case 'followers':
        return views.showFollowers(await this.api.get('/server/followers'))
      case 'actors':
        return views.showActors(top, this.names, this.choose)
      case 'sessions':
        return views.showSessions(await this.api.get('/server/sessions'), this.names)
      case 'commits':
        return views.showCommits(top)
    }
  }

  follow(stream, show = true) {
    find('filter-stream').value = stream
    find('one-stream').hidden = !stream
    if (show) location.hash = 'events'
    this.tail.follow(stream)
    this.drawEvents() // none yet
  }

  drawEvents() {
    if (this.paused || shownTab() !== 'events') return
    const filters = {
      stream: this.tail.stream ? '' : find('filter-stream').value.trim(),
      type: find('filter-type').value.trim(),
      by: find('filter-by').value.trim(),
    }
    const found = views.showEvents(this.tail.events, filters, this.names, this.choose)
    const kept = `${count(found)} of the ${count(this.tail.events.length)} newest events`
    find('event-count').textContent = this.tail.problem || kept
  }

  pause() {
    this.paused = !this.paused
    find('pause').textContent = this.paused ? 'Go on' : 'Pause'
    find('pause').setAttribute('aria-pressed', String(this.paused))
    this.drawEvents()
  }
}

function shownTab() {
  const tab = location.hash.slice(1)
  return TABS.includes(tab) ? tab : TABS[0]
}

function say(text) {
  find('notice').textContent = text
  find('notice').hidden = !text
}

function showTab() {
  for (const tab of TABS) {
    find(`tab-${tab}`).hidden = tab !== shownTab()
    const link = document.querySelector(`nav a[href="#${tab}"]`)
    if (tab === shownTab()) link.setAttribute('aria-current', 'page')
    else link.removeAttribute('aria-current')
  }
}

let monitor = null

function signOut(reason = '') {
  monitor?.stop()
  monitor = null
  sessionStorage.removeItem(KEPT_AS)
  for (const place of document.querySelectorAll('.chart')) place.replaceChildren()
  find('monitor').hidden = true
  find('sign-in').hidden = false
  find('wrong').textContent = reason
  find('token').focus()
}

async function signIn(token, keep) {
  const api = new Api(token)
  try {
    await api.get('/server/status')
  } catch (error) {
    signOut(error.message)
    return
  }
  if (keep) sessionStorage.setItem(KEPT_AS, token)
  find('wrong').textContent = ''
  find('token').value = ''
  find('sign-in').hidden = true
  find('monitor').hidden = false
  monitor = new Monitor(api, signOut)
  showTab()
  monitor.run()
}

find('sign-in').addEventListener('submit', (event) => {
  event.preventDefault()
  signIn(find('token').value.trim(), find('keep').checked)
})
find('sign-out').addEventListener('click', () => signOut())
find('pause').addEventListener('click', () => monitor?.pause())
find('one-stream').addEventListener('click', () => monitor?.follow(''))
find('kind').addEventListener('change', () => {
  if (monitor) monitor.after = ''
  monitor?.refresh()
})
find('next-streams').addEventListener('click', () => {
  if (monitor) monitor.after = find('next-streams').dataset.after
  monitor?.refresh()
})
find('first-streams').addEventListener('click', () => {
  if (monitor) monitor.after = ''
  monitor?.refresh()
})
for (const filter of ['filter-stream', 'filter-type', 'filter-by']) {
  find(filter).addEventListener('input', () => {
    if (filter === 'filter-stream' && monitor?.tail.stream) monitor.follow('')
    monitor?.drawEvents()
  })
}
window.addEventListener('hashchange', () => {
  showTab()
  monitor?.refresh()
})

const kept = sessionStorage.getItem(KEPT_AS)
if (kept) signIn(kept, true)
