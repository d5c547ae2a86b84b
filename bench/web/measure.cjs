'use strict'
// Measures two web clients in turns, in one chromium. Gets {ours, theirs, rounds} as JSON: `ours` has origin, account,
// token, room, and the token of a speaker; `theirs` has origin, and host and port of an IRC server. Says JSON: for each
// client the rounds of script (kB, compressed), write (ms until one can write), echo (ms from Enter to one's own message
// on the screen, 95 of 100), and heap (MiB after 400 and after 1,400 messages).

const { connect } = require('node:net')
const { chromium } = require('playwright-core')

const KEYS = 30
const FEW = 400
const MANY = 1000
const AT_ONCE = 16
const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-background-networking']

async function measured(browser, client) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } })
  await client.prepare(context)
  const page = await context.newPage()
  const debug = await context.newCDPSession(page)
  await debug.send('Network.enable')
  const scripts = new Set()
  let bytes = 0
  debug.on('Network.responseReceived', ({ requestId, type }) => type === 'Script' && scripts.add(requestId))
  debug.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    if (scripts.has(requestId)) bytes += encodedDataLength
  })
  await page.goto(client.url)
  await client.enter(page)
  const field = page.locator(client.field).first()
  await field.waitFor({ timeout: 30_000 })
  const write = await page.evaluate(() => performance.now())
  await client.settled(page)
  const script = bytes / 1024

  await field.click()
  await page.evaluate((rows) => {
    window.echoes = []
    const list = () => document.querySelector(rows)
    document.addEventListener(
      'keydown',
      (event) => {
        if (event.key !== 'Enter') return
        const text = event.target.value
        const began = event.timeStamp
        const watch = new MutationObserver(() => {
          if (!list().textContent.includes(text)) return
          watch.disconnect()
          window.echoes.push(performance.now() - began)
        })
        watch.observe(list(), { childList: true, subtree: true, characterData: true })
      },
      true,
    )
  }, client.rows)
  for (let i = 0; i < KEYS; i++) {
    await field.pressSequentially(`echo number ${i}.`)
    await field.press('Enter')
    await page.waitForFunction((count) => window.echoes.length === count, i + 1, { timeout: 10_000 })
  }
  const echoes = (await page.evaluate(() => window.echoes)).sort((a, b) => a - b)

  await debug.send('HeapProfiler.enable')
  const heap = async () => {
    for (let i = 0; i < 3; i++) await debug.send('HeapProfiler.collectGarbage')
    return (await debug.send('Runtime.getHeapUsage')).usedSize / 1024 / 1024
  }
  const say = await client.speaker()
  const talk = async (count, from) => {
    let next = from
    await Promise.all(
      Array.from({ length: AT_ONCE }, async () => {
        while (next < from + count) await say(`message ${next++} of a long day.`)
      }),
    )
    await page.waitForFunction(
      ([rows, text]) => document.querySelector(rows).textContent.includes(text),
      [client.rows, `message ${from + count - 1} of a long day.`],
      { timeout: 120_000 },
    )
  }
  await talk(FEW, 0)
  const few = await heap()
  await talk(MANY, FEW)
  const many = await heap()
  await context.close()
  return { script, write, echo: echoes[Math.floor(echoes.length * 0.95)], few, many }
}

const ours = ({ origin, account, token, room, speaker }) => ({
  url: `${origin}/#/room/${room}`,
  field: 'textarea',
  rows: '.room-rows',
  enter: async () => undefined,
  prepare: (context) =>
    context.addInitScript(
      (kept) => localStorage.setItem('chatd.accounts', JSON.stringify([kept])),
      {
        id: account,
        name: 'reader',
        display_name: 'reader',
        access_token: token,
        refresh_token: '',
        expires_at: Date.now() + 86_400_000,
      },
    ),
  settled: (page) => page.waitForLoadState('networkidle').catch(() => undefined),
  speaker: async () => async (text) => {
    const answer = await fetch(`${origin}/api/v1/rooms/${room}/messages`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${speaker}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({ text }),
    })
    if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`)
    await answer.arrayBuffer()
  },
})

let readers = 0
const theirs = ({ origin, host, port }) => {
  const query = new URLSearchParams({
    host,
    port,
    tls: 'false',
    nick: `reader${readers++}`,
    username: 'reader',
    realname: 'reader',
    join: '#bench',
    autoconnect: '',
  })
  return {
    url: `${origin}/?${query}`,
    field: '#input',
    rows: '.chat-content .messages',
    prepare: async () => undefined,
    // Its form is filled in by the address; somebody still has to press the button.
    enter: async (page) => {
      await page.locator('[id="connect:channels"]').fill('#bench')
      await page.locator('button.btn[type=submit]').first().click()
      await page.locator('[data-name="#bench"]').first().click()
    },
    settled: async () => undefined,
    speaker: () =>
      new Promise((ready) => {
        const socket = connect(port, host, () => {
          socket.write('NICK speaker\r\nUSER speaker 0 * :speaker\r\nJOIN #bench\r\n')
          const say = (text) => new Promise((sent) => socket.write(`PRIVMSG #bench :${text}\r\n`, sent))
          setTimeout(() => ready(say), 300)
        })
        socket.resume()
      }),
  }
}

async function main() {
  const asked = JSON.parse(process.argv[2])
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: FLAGS })
  const said = { ours: [], theirs: [] }
  try {
    for (let round = 0; round < asked.rounds; round++) {
      said.ours.push(await measured(browser, ours(asked.ours)))
      said.theirs.push(await measured(browser, theirs(asked.theirs)))
    }
  } finally {
    await browser.close()
  }
  console.log(JSON.stringify(said))
  process.exit(0)
}

main().catch((error) => {
  console.error(error)
  process.exit(1)
})
