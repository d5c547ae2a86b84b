'use strict'
// How fast the client is, and what it keeps. Asks for: ada, grace, rooms. Times are milliseconds, sizes bytes.

const { scenario } = require('./harness.cjs')

const LOADS = 4
const KEYS = 30
// In the first of it all code runs that talk makes run: what that costs once is no growth.
const A_MINUTE = 800
const AN_HOUR = 1600
const AT_ONCE = 16
const GROWTH = 1.2
const FEW = 100

/** In the page: whether the reader is this far from the end, in pixels. */
function left([least, most]) {
  const { scrollHeight, scrollTop, clientHeight } = document.querySelector('.room-timeline')
  const pixels = scrollHeight - scrollTop - clientHeight
  return least <= pixels && pixels <= most
}

/** In the page: whether a message is among the last. Asked while the page is busy, and so it looks at few. */
function isAmongLast([text, last]) {
  return [...document.querySelector('.room-rows').children].slice(-last).some((row) => row.textContent.includes(text))
}

/** In the page, before anything of it runs: counts the events that were read and are not let go yet. */
function countEvents() {
  const { parse } = JSON
  const gone = new FinalizationRegistry(() => {
    window.heldEvents -= 1
  })
  window.heldEvents = 0
  JSON.parse = (...given) => {
    const read = parse(...given)
    if (read?.event !== undefined) {
      window.heldEvents += 1
      gone.register(read)
    }
    return read
  }
}

scenario(async ({ asked, context, tab }) => {
  const { ada, grace, rooms } = asked
  const path = `/#/room/${rooms.general}`

  const loads = []
  const home = await context(ada)
  await home.addInitScript(countEvents)
  let page
  for (let i = 0; i < LOADS; i++) {
    page = await tab(home, path)
    await page.locator('[data-seq]').last().waitFor()
    // The page's own clock: from the navigation to the first paint that has a message.
    loads.push(await page.evaluate(() => performance.now()))
    if (i < LOADS - 1) await page.close()
  }

  const field = page.locator('textarea').first()
  await field.click()
  await page.evaluate(() => {
    window.echoes = []
    const rows = document.querySelector('.room-rows')
    document.addEventListener(
      'keydown',
      (event) => {
        if (event.key !== 'Enter') return
        const text = event.target.value
        const began = event.timeStamp
        const watch = new MutationObserver(() => {
          if (!rows.textContent.includes(text)) return
          watch.disconnect()
          window.echoes.push(performance.now() - began)
        })
        watch.observe(rows, { childList: true, subtree: true, characterData: true })
      },
      true,
    )
  })
  for (let i = 0; i < KEYS; i++) {
    await field.fill(`echo number ${i}.`)
    await field.press('Enter')
    await page.waitForFunction((count) => window.echoes.length === count, i + 1)
  }
  const echoes = await page.evaluate(() => window.echoes)

  const debug = await home.newCDPSession(page)
  await debug.send('HeapProfiler.enable')
  await debug.send('Performance.enable')
  const nodes = async () => {
    const { metrics } = await debug.send('Performance.getMetrics')
    return metrics.find(({ name }) => name === 'Nodes').value
  }
  // What stays: a burst leaves work behind (timers, answers under way) that is let go within a second or two, or later
  // where others are at work. So there are many looks, unless there is no more than `enough`.
  const heap = async (looks, enough = 0) => {
    let least = Number.POSITIVE_INFINITY
    for (let i = 0; i < looks && least > enough; i++) {
      await debug.send('HeapProfiler.collectGarbage')
      least = Math.min(least, (await debug.send('Runtime.getHeapUsage')).usedSize)
      await page.waitForTimeout(250)
    }
    return least
  }
  const talk = async (count, from) => {
    const url = `${asked.origin}/api/v1/rooms/${rooms.general}/messages`
    const headers = { Authorization: `Bearer ${grace.token}`, 'Content-Type': 'application/json' }
    let next = from
    const speaker = async () => {
      while (next < from + count) {
        const number = next++
        const body = JSON.stringify({ text: `message ${number} of a *long* day, with \`code\`` })
        const answer = await fetch(url, { method: 'POST', headers, body })
        if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`)
        await answer.arrayBuffer()
      }
    }
    await Promise.all(Array.from({ length: AT_ONCE }, speaker))
    const last = `message ${from + count - 1} of a long day`
    await page.waitForFunction(isAmongLast, [last, 2 * AT_ONCE], { timeout: 120_000, polling: 100 })
  }
  await talk(A_MINUTE, 0)
  // A reader who has looked back and come to the end again stays there.
  await page.locator('.room-timeline').hover()
  await page.mouse.wheel(0, -1500)
  await page.waitForFunction(left, [1000, 1e6])
  await page.mouse.wheel(0, 5000)
  await page.waitForFunction(left, [0, 1])
  const afterAMinute = await heap(8)
  const nodesAfterAMinute = await nodes()
  await talk(AN_HOUR, A_MINUTE)
  const afterAnHour = await heap(100, GROWTH * afterAMinute)
  const nodesAfterAnHour = await nodes()
  let held
  // It is told that something is gone a while after it is.
  for (let i = 0; i < 100 && !(held <= FEW); i++) {
    await debug.send('HeapProfiler.collectGarbage')
    held = await page.evaluate(() => window.heldEvents)
  }
  const rows = await page.locator('[data-seq]').count()

  return {
    loads,
    // The worst of each ten: other programs may hold up any one of them.
    echoes: [0, 10, 20].map((from) => Math.max(...echoes.slice(from, from + 10))),
    heap: [afterAMinute, afterAnHour],
    nodes: [nodesAfterAMinute, nodesAfterAnHour],
    rows,
    held,
  }
}, { flags: ['--js-flags=--no-flush-bytecode'] }) // else compiled code goes between the looks, more or less of it
