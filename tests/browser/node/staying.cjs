'use strict'
// Staying connected: three tabs, a leader that goes, a line that is cut, a server that is killed, a start without a
// network, what is told outside the page, a new build, a device that is ended. Asks for: ann, bob, room, other, build
// (the folder of the client that is served) and pid (of the server, which whoever asks starts again).

const { readFileSync, readdirSync, unlinkSync, writeFileSync } = require('node:fs')
const { join } = require('node:path')
const { scenario } = require('./harness.cjs')

const write = async (page, text) => {
  const field = page.locator('textarea').first()
  await field.fill(text)
  await field.press('Enter')
}
const log = (page) => page.getByRole('log')
const reads = (page, text) => log(page).getByText(text, { exact: true }).first().waitFor()
const times = (page, text) => log(page).getByText(text, { exact: true }).count()
const banner = (page) => page.locator('.banner')
const until = async (what, condition, deadline = 30_000) => {
  const end = Date.now() + deadline
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`waited in vain: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

/** The same client as if built anew from other sources: every hashed name is another one. Gives that of its script. */
function rebuild(folder) {
  const assets = join(folder, 'assets')
  const packed = /\.(br|gz)$/
  const names = readdirSync(assets).filter((name) => !packed.test(name))
  const texts = ['index.html', 'sw.js', ...names.map((name) => join('assets', name))]
  for (const name of [...readdirSync(folder), ...readdirSync(assets).map((name) => join('assets', name))])
    if (packed.test(name)) unlinkSync(join(folder, name))
  const renamed = (text) => names.reduce((all, name) => all.replaceAll(name, name.replace('.', 'x.')), text)
  for (const name of texts) {
    const text = readFileSync(join(folder, name), 'utf8')
    if (name.startsWith('assets')) unlinkSync(join(folder, name))
    writeFileSync(join(folder, renamed(name)), renamed(text))
  }
  return /\/assets\/index-[\w-]+\.js/.exec(readFileSync(join(folder, 'index.html'), 'utf8'))[0]
}

scenario(async ({ asked, open, context, tab, picture, proxy, forgive, axe }) => {
  const { ann, bob, room, other } = asked
  const path = `/#/room/${room}`
  const line = await proxy()
  const said = {}
  forgive(/WebSocket|ERR_|Failed to (fetch|load)/)

  const desk = await open(ann, { path })
  const profile = await context(bob, { origin: line.origin, permissions: ['notifications'] })
  await profile.addInitScript(() => {
    window.said_to_be_in_no_space = false
    new MutationObserver(() => {
      if (document.querySelector('.sidebar-start') !== null) window.said_to_be_in_no_space = true
    }).observe(document, { childList: true, subtree: true })
  })
  let sockets = 0
  profile.on('page', (page) => page.on('websocket', () => (sockets += 1)))
  let tabs = []
  for (let i = 0; i < 3; i++) tabs.push(await tab(profile, path))
  for (const page of tabs) await page.locator('textarea').first().waitFor()
  said.said_to_be_in_no_space = await tabs[0].evaluate(() => window.said_to_be_in_no_space)
  await write(desk, 'to three tabs')
  for (const page of tabs) await reads(page, 'to three tabs')
  said.sockets_of_three_tabs = sockets

  // The first tab came first, so it leads.
  await tabs.shift().close()
  await write(desk, 'after one closed')
  for (const page of tabs) await reads(page, 'after one closed')
  const crashed = tabs.shift()
  const debug = await profile.newCDPSession(crashed)
  debug.send('Page.crash').catch(() => undefined)
  await crashed.waitForEvent('crash').catch(() => undefined)
  const began = Date.now()
  await write(desk, 'after one crashed')
  await reads(tabs[0], 'after one crashed')
  said.took_over_in = Date.now() - began
  await crashed.close()
  tabs.push(await tab(profile, path))
  await reads(tabs[1], 'after one crashed')

  const sleeper = await profile.newCDPSession(tabs[0])
  // The debugger stops all scripts of the page, as a machine does that froze it.
  await sleeper.send('Debugger.enable')
  await sleeper.send('Debugger.pause')
  const froze = Date.now()
  await write(desk, 'while one was frozen')
  await reads(tabs[1], 'while one was frozen')
  said.woke_without_it_in = Date.now() - froze
  await sleeper.send('Debugger.resume')
  await sleeper.detach()
  await reads(tabs[0], 'while one was frozen')

  const banners = await tabs[0].evaluateHandle(() => {
    const seen = { count: 0 }
    new MutationObserver((changes) => {
      for (const { addedNodes } of changes)
        for (const node of addedNodes) if (node.classList?.contains('banner')) seen.count += 1
    }).observe(document.querySelector('.app'), { childList: true })
    return seen
  })
  line.cut()
  for (const page of tabs) await banner(page).waitFor()
  const tried = sockets
  await until('it tried twice', () => sockets > tried + 1)
  said.banner = await banner(tabs[0]).filter({ hasText: 'Trying again in' }).innerText()
  await picture(tabs[0], 'staying-offline')
  said.axe = await axe(tabs[0], '.banner')
  said.banners = await banners.evaluate(({ count }) => count)
  await write(tabs[1], 'from the tunnel')
  await write(tabs[0], 'from a tab that closes')
  await tabs.shift().close()
  await write(desk, 'meanwhile')
  line.mend()
  // It may come back by itself before somebody clicks.
  await banner(tabs[0]).getByRole('button').click({ timeout: 1_000 }).catch(() => undefined)
  for (const text of ['from the tunnel', 'from a tab that closes'])
    for (const page of [desk, ...tabs]) await reads(page, text)
  said.from_a_dead_tab = await times(desk, 'from a tab that closes')
  await reads(tabs[0], 'meanwhile')
  await banner(tabs[0]).waitFor({ state: 'detached' })
  said.from_the_tunnel = await times(desk, 'from the tunnel')

  tabs.push(await tab(profile, path))
  await tabs[1].locator('textarea').first().waitFor()

  process.kill(asked.pid, 'SIGKILL')
  await write(desk, 'while it was down')
  await reads(tabs[0], 'while it was down')
  said.while_it_was_down = await times(tabs[0], 'while it was down')

  // without a network
  const [first, second] = tabs
  await first.evaluate(() => navigator.serviceWorker.ready.then(() => undefined))
  await until('the build is kept', () =>
    first.evaluate(async () => {
      const names = await caches.keys()
      const kept = await Promise.all(names.map(async (name) => (await (await caches.open(name)).keys()).length))
      return kept.some((count) => count > 3)
    }),
  )
  const database = () => first.evaluate(async () => {
      const names = (await indexedDB.databases()).map(({ name }) => name)
      return names.filter((name) => name.startsWith('chatd.cache.'))
    })
  await first.evaluate(() => dispatchEvent(new Event('pagehide')))
  await until('what is known is kept', async () => (await database()).length > 0)
  said.kept = await database()
  const panel = (page) => page.getByRole('complementary')
  const pins = second.getByRole('button', { name: 'Pinned messages' })
  for (let i = 0; i < 2; i++) await pins.click() // its code is there
  line.cut()
  await first.reload()
  await reads(first, 'while it was down')
  await banner(first).waitFor()
  await pins.click()
  await panel(second).getByRole('button', { name: 'Try again' }).waitFor()
  await picture(first, 'staying-start-offline')
  line.mend()
  await write(desk, 'welcome back')
  await reads(first, 'welcome back')
  said.welcome_back = await times(first, 'welcome back')
  await panel(second).getByText('Nothing is pinned', { exact: false }).waitFor()

  // outside the page
  await first.goto(`/#/room/${other}`)
  await second.goto(`/#/room/${other}`)
  await first.evaluate((account) => {
    localStorage.setItem('chatd.desktop', 'true')
    // A message for a room that is gone, as an earlier run left it.
    const entry = { nonce: 'n', room: 'gone', text: 'lost words', at: 0, state: 'failed', error: null }
    localStorage.setItem(`chatd.outbox.${account}.n`, JSON.stringify({ tab: 'gone', entry }))
  }, bob.id)
  for (const page of [first, second]) {
    await page.reload()
    await page.locator('textarea').first().waitFor()
  }
  const offers = async (page) => {
    await page.getByRole('button', { name: 'Show it' }).waitFor()
    return page
  }
  const leads = await Promise.any([offers(first), offers(second)]) // either of them, after both came anew
  await leads.getByRole('button', { name: 'Show it' }).click()
  const stranded = leads.getByRole('dialog')
  await stranded.getByText('lost words').waitFor()
  await stranded.getByRole('button', { name: 'Throw away' }).click()
  await stranded.waitFor({ state: 'detached' })
  said.stranded = await first.evaluate(() => Object.keys(localStorage).filter((key) => key.includes('outbox')))
  const shown = () =>
    first.evaluate(async () => {
      const worker = await navigator.serviceWorker.ready
      return (await worker.getNotifications()).map(({ title, body, tag }) => ({ title, body, tag }))
    })
  const loaded = () => performance.getEntriesByType('resource').some(({ name }) => /\/desktop-[^/]*$/.test(name))
  for (const page of [first, second]) // the one that leads notifies
    await until('what notifies, which is loaded after the page', () => page.evaluate(loaded))
  await write(desk, 'somebody is here again')
  for (const page of [first, second]) // both are connected, so that one of them hears of what comes
    await page.locator('.sidebar-unread').waitFor()
  await write(desk, `are you there, @${bob.name}?`)
  await until('a notification', async () => (await shown()).length > 0)
  await first.waitForTimeout(500)
  said.notified = await shown()
  await until('the title', async () => (await first.title()).startsWith('('))
  said.title = await first.title()
  said.icon = await first.evaluate(() => document.querySelector('link[rel=icon]').getAttribute('href'))
  await first.goto(path)
  await reads(first, `are you there, @${bob.name}?`).catch(() => undefined)
  await until('what was read is taken away', async () => (await shown()).length === 0)
  await until('the title is calm', async () => !(await first.title()).startsWith('('))

  // pushed
  const workers = await profile.newCDPSession(first)
  let registration
  workers.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
    registration = registrations.find(({ scopeURL }) => scopeURL.startsWith(line.origin))?.registrationId ?? registration
  })
  await workers.send('ServiceWorker.enable')
  await until('the worker', async () => registration !== undefined)
  // About a room in which nobody has read anything: what has been read is taken away.
  const data = { account: bob.id, kind: 'mention', room: other, seq: 1, title: 'Ann · Lighthouse', text: 'high water', files: 0 }
  const message = { origin: line.origin, registrationId: registration, data: JSON.stringify(data) }
  const arrived = async () => (await shown()).length > 0
  await until('what was pushed', async () => {
    // Again, if nothing came of it: Chromium does not say whether the worker was given the message.
    await workers.send('ServiceWorker.deliverPushMessage', message)
    return until('it', arrived, 2_000).then(() => true, () => false)
  })
  said.pushed = await shown()
  const subscribed = first.evaluate(async () => {
    const worker = await navigator.serviceWorker.ready
    return (await worker.pushManager.getSubscription()) !== null
  })
  said.subscribed = await subscribed

  // a new build
  said.next = rebuild(asked.build)
  const members = second.getByRole('button', { name: 'Members' })
  for (let i = 0; i < 2; i++) await members.click()
  line.cut()
  await banner(first).waitFor()
  await members.click()
  await panel(second).getByLabel('Filter by name').waitFor()
  line.mend()
  await panel(second).getByText(ann.name, { exact: true }).waitFor()
  said.told_offline = await second.locator('.toast').count()
  await first.getByText('There is a new version.').waitFor()
  await picture(first, 'staying-new-version')
  said.still_runs = await second.locator('textarea').first().isVisible()
  await Promise.all([first.waitForEvent('load'), banner(first).getByRole('button').click()])
  await first.locator('textarea').first().waitFor()
  said.runs = await first.evaluate(() => document.querySelector('script[type=module]').getAttribute('src'))

  await until('the new worker', () =>
    first.evaluate(async () => {
      const { active, waiting, installing } = await navigator.serviceWorker.ready
      return active !== null && waiting === null && installing === null
    }),
  )
  line.cut()
  await first.reload()
  await reads(first, 'welcome back')
  said.runs_offline = await first.evaluate(() => document.querySelector('script[type=module]').getAttribute('src'))
  line.mend()
  await banner(first).waitFor({ state: 'detached' })

  // the device is ended
  await second.evaluate(
    async ({ token }) =>
      new Promise((resolve) => {
        const socket = new WebSocket(`ws://${location.host}/ws`, 'chatd.v1.json')
        socket.onopen = () => {
          socket.send(JSON.stringify({ id: 1, command: 'session.open', data: { token } }))
          socket.send(JSON.stringify({ id: 2, command: 'account.sign_out', data: {} }))
        }
        socket.onclose = resolve
      }),
    bob,
  )
  for (const each of [first, second]) await each.locator('.getting-in').waitFor()
  said.told = await second.locator('.toasts').innerText()
  await until('nothing is kept', async () => (await database()).length === 0)
  // `chatd.room.` would be of no account, and so be forgotten with none.
  said.left = await first.evaluate(() =>
    Object.keys(localStorage).filter((key) => key.includes('outbox') || key === 'chatd.room.'),
  )

  // somebody signs in again in the one tab, and so in the other
  await first.evaluate(
    ({ id, name, token }) => {
      const kept = { id, name, display_name: name, access_token: token, refresh_token: '', expires_at: 1e15 }
      localStorage.setItem('chatd.accounts', JSON.stringify([kept]))
    },
    ann,
  )
  await second.locator('textarea').first().waitFor()
  said.told_later = await second.locator('.toast').count()
  return said
}, { notifies: true })
