'use strict'
// Somebody reads a room of a hundred thousand messages. Asks for: ann, room, other, first (the seq of the first
// message), middle (a time within the story).

const { scenario } = require('./harness.cjs')

const STEP = 500

/** In the page: the box, its rows, and how to scroll it by a step and hear whether anything jumped. */
const tools = () => {
  const frame = () => new Promise((done) => requestAnimationFrame(() => done()))
  const box = () => document.querySelector('.room-timeline')
  const rows = () => [...box().querySelectorAll('.room-rows > [data-seq]')]
  const seqs = () => rows().map((row) => Number(row.dataset.seq))
  const middle = () => {
    const { top, height } = box().getBoundingClientRect()
    const at = rows().find((row) => row.getBoundingClientRect().bottom > top + height / 2)
    return at && { row: at, top: at.getBoundingClientRect().top, seq: Number(at.dataset.seq) }
  }
  const settled = async () => {
    let last = ''
    for (let same = 0, tries = 0; same < 2 && tries < 300; tries++) {
      await frame()
      const now = `${box().scrollHeight} ${box().scrollTop} ${box().getAttribute('aria-busy')}`
      same = now === last && box().getAttribute('aria-busy') === 'false' ? same + 1 : 0
      last = now
    }
  }
  /** Scrolls in steps, and gives how far a row in the middle was from where it belongs, at worst. */
  const walk = async (steps, by) => {
    let worst = 0
    let changes = 0
    let most = 0
    for (let i = 0; i < steps; i++) {
      const before = middle()
      const ends = () => `${seqs()[0]} ${seqs().at(-1)}`
      const loaded = ends()
      const from = box().scrollTop
      box().scrollTop = from + by
      const moved = box().scrollTop - from
      await settled()
      if (ends() !== loaded) changes += 1
      most = Math.max(most, rows().length)
      if (!before.row.isConnected) return { worst: Number.POSITIVE_INFINITY, changes, most }
      worst = Math.max(worst, Math.abs(before.row.getBoundingClientRect().top - (before.top - moved)))
    }
    return { worst, changes, most, seq: middle().seq }
  }
  /** How far a row in the middle moves against the wheel from one frame to the next, at worst. */
  const watch = () => {
    const seen = { worst: 0, frames: 0, stop: false }
    let last = middle()
    const look = () => {
      if (seen.stop) return
      if (last.row.isConnected) seen.worst = Math.max(seen.worst, last.top - last.row.getBoundingClientRect().top)
      seen.frames += 1
      last = middle()
      requestAnimationFrame(look)
    }
    requestAnimationFrame(look)
    return seen
  }
  window.reading = { frame, box, rows, seqs, middle, settled, walk, watch }
}

/** The longest tasks of the page's thread while `work` runs, in milliseconds. */
async function longestTasks(page, work) {
  const cdp = await page.context().newCDPSession(page)
  const events = []
  cdp.on('Tracing.dataCollected', ({ value }) => events.push(...value))
  await cdp.send('Tracing.start', {
    transferMode: 'ReportEvents',
    traceConfig: { includedCategories: ['toplevel', 'disabled-by-default-devtools.timeline'] },
  })
  const result = await work()
  const complete = new Promise((done) => cdp.once('Tracing.tracingComplete', done))
  await cdp.send('Tracing.end')
  await complete
  const threads = events.filter(({ name, args }) => name === 'thread_name' && args.name === 'CrRendererMain')
  const mine = new Set(threads.map(({ pid, tid }) => `${pid} ${tid}`))
  // The thread's own clock runs too fast on some machines, and a busy machine makes a task look long: the shorter.
  const longest = events
    .filter(({ name, pid, tid }) => /RunTask$/.test(name) && mine.has(`${pid} ${tid}`))
    .map(({ dur = 0, tdur = 0 }) => Math.min(dur, tdur) / 1000)
    .sort((one, other) => other - one)
    .slice(0, 5)
  return { result, longest }
}

const goTo = (page, hash) =>
  page.evaluate((to) => {
    location.hash = to
  }, hash)

scenario(async ({ asked, open, picture, axe }) => {
  const { ann, room, other, first, middle } = asked
  const page = await open(ann, { path: `/#/room/${room}` })
  const settled = () => page.evaluate(() => window.reading.settled())
  await page.locator('.room-unread').waitFor()
  await page.evaluate(tools)
  await settled()
  const opened = await page.evaluate(() => {
    const line = document.querySelector('.room-unread')
    const { top, bottom } = window.reading.box().getBoundingClientRect()
    const at = line.getBoundingClientRect().top
    return { inSight: at >= top && at < bottom, next: Number(line.nextElementSibling.dataset.seq) }
  })
  await picture(page, 'reading-unread')

  // Up and down through a thousand messages, then by the wheel.
  const up = await page.evaluate((by) => window.reading.walk(20, -by), STEP)
  const down = await page.evaluate((by) => window.reading.walk(40, by), STEP)
  const wheel = await page.evaluate(() => {
    window.watched = window.reading.watch()
    return window.reading.middle().seq
  })
  await page.mouse.move(700, 400)
  for (let i = 0; i < 25; i++) {
    await page.mouse.wheel(0, -STEP)
    await page.waitForTimeout(40)
  }
  await settled()
  // Some browsers lay a row out only when it is seen, and what is read jumps as it gets its height.
  const guessed = await page.evaluate(() => {
    const { top, bottom, height } = window.reading.box().getBoundingClientRect()
    return [...document.querySelectorAll('.room-rows > [data-seq]')].filter((row) => {
      const at = row.getBoundingClientRect()
      const near = at.bottom > top - 1.9 * height && at.top < bottom + 1.9 * height
      return near && !row.firstElementChild.checkVisibility({ contentVisibilityAuto: true })
    }).length
  })
  const wheeled = await page.evaluate((from) => {
    window.watched.stop = true
    return { worst: window.watched.worst, messages: from - window.reading.middle().seq }
  }, wheel)

  // The newest, a day in the middle, the first message, one by its address.
  await page.getByRole('button', { name: /new message/ }).click()
  await settled()
  const newest = await page.evaluate(() => window.reading.seqs().at(-1))
  await page.getByRole('button', { name: 'More about this room' }).click()
  await page.getByRole('menuitem', { name: 'Jump to a date' }).click()
  await page.getByLabel('Day', { exact: true }).fill(new Date(middle).toISOString().slice(0, 10))
  await picture(page, 'reading-date')
  await page.getByRole('button', { name: 'Go there' }).click()
  await page.locator('.message-marked').waitFor()
  await settled()
  const dated = await page.evaluate(() => {
    const row = document.querySelector('.message-marked')
    const { top, bottom } = window.reading.box().getBoundingClientRect()
    const { top: at } = row.getBoundingClientRect()
    return { at: row.querySelector('time').dateTime, inSight: at >= top && at < bottom }
  })
  await goTo(page, `#/room/${room}/${first + 150}`)
  await page.locator(`.message-marked[data-seq="${first + 150}"]`).waitFor()
  await settled()
  await picture(page, 'reading-permalink')
  const toTheFirst = await page.evaluate((by) => window.reading.walk(20, -by), STEP)
  const beginning = await page.locator('.room-beginning').isVisible()

  // Through three thousand messages, downwards: no task is long.
  const long = await longestTasks(page, () =>
    page.evaluate(async () => {
      const { reading } = window
      const from = reading.middle().seq
      while (reading.middle().seq - from < 3_000) {
        reading.box().scrollTop += 6_000
        await reading.frame()
        while (reading.box().getAttribute('aria-busy') === 'true') await reading.frame()
      }
      return reading.middle().seq - from
    }),
  )

  // From room to room, both loaded before; one comes back to where one was.
  const left = await page.evaluate(() => window.reading.middle().seq)
  await goTo(page, `#/room/${other}`)
  await page.locator(`.room-rows > [data-seq]`).first().waitFor()
  await settled()
  const switches = await page.evaluate(
    async ([one, two]) => {
      const times = []
      for (let i = 0; i < 9; i++) {
        const before = document.querySelector('.room')
        const began = performance.now()
        location.hash = `#/room/${i % 2 ? two : one}`
        do await window.reading.frame()
        while (document.querySelector('.room') === before || document.querySelector('.room-rows > [data-seq]') === null)
        if (i % 2 === 0) times.push(performance.now() - began) // into the long one
        await window.reading.settled()
      }
      return times
    },
    [room, other],
  )
  const returned = await page.evaluate(() => window.reading.middle().seq)

  // The field grows, and a browser that guesses heights meanwhile moves the box before its event comes.
  await goTo(page, `#/room/${other}`)
  await page.getByRole('heading', { level: 1, name: 'Board games' }).waitFor()
  await settled()
  const belowTheEnd = await page.evaluate(async () => {
    const box = window.reading.box()
    const under = () => box.scrollHeight - box.scrollTop - box.clientHeight
    const [before, was] = [box.clientHeight, under()]
    document.querySelector('textarea').style.blockSize = '120px'
    box.scrollTop -= 84
    await window.reading.settled()
    return { was, smaller: before - box.clientHeight, is: under() }
  })
  const violations = await axe(page)
  return {
    belowTheEnd,
    opened,
    up,
    down,
    wheeled,
    guessed,
    newest,
    dated,
    toTheFirst,
    beginning,
    long: long.longest,
    scrolled: long.result,
    switches,
    cameBack: returned === left,
    violations,
  }
})
