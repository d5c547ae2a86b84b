'use strict'
// While somebody is in another room more comes than their browser keeps of this one. Asks for: ann, bob (who writes),
// room, other.

const { scenario } = require('./harness.cjs')

// Of `WINDOW` and `KEPT_MESSAGES` in `web/src/data/`.
const MORE_THAN_A_WINDOW = 320
const MORE_THAN_IS_CACHED = 120

scenario(async ({ asked, context, tab }) => {
  const { ann, bob, room, other } = asked
  const server = async (who, path, sent) => {
    const headers = { authorization: `Bearer ${who.token}`, 'content-type': 'application/json' }
    const how = sent && { method: 'POST', body: JSON.stringify(sent) }
    return (await fetch(`${asked.origin}/api/v1${path}`, { headers, ...how })).json()
  }
  const state = async () => (await server(ann, '/unread')).rooms.find((one) => one.room === room)
  const go = (page, to) => page.locator(`a[data-room="${to}"]`).click()
  /** Bob writes so much while ann is in the other room, and the page hears of it. */
  const talk = async (page, count) => {
    await go(page, other)
    await page.getByText('Here Lighthouse begins.').waitFor()
    const posts = Array.from({ length: count }, (_, i) => server(bob, `/rooms/${room}/messages`, { text: `news ${i}` }))
    await Promise.all(posts)
    await page.locator(`a[data-room="${room}"]`).getByText(`${count}`).first().waitFor()
  }
  /** What is marked read of what came, once the page shows the first of it. */
  const reads = async (page, before) => {
    await page.locator(`.room-unread + [data-seq="${before.head + 1}"]`).waitFor()
    let now = await state()
    while (now.unread === now.head - before.head) now = await state()
    return { came: now.head - before.head, unread: now.unread }
  }
  /** The room is open at its end, and all of it is read. */
  const caughtUp = async (page) => {
    await page.getByRole('log').getByText('news').or(page.getByText('Here Quay begins.')).first().waitFor()
    const newest = page.locator('.room-newest')
    if (await newest.isVisible()) await newest.click()
    let now = await state()
    while (now.unread > 0) now = await state()
    return now
  }

  const profile = await context(ann)
  const page = await tab(profile, `/#/room/${room}`)
  const begun = await caughtUp(page)
  await talk(page, MORE_THAN_A_WINDOW)
  await go(page, room)
  const back = await reads(page, begun)

  const left = await caughtUp(page)
  await talk(page, MORE_THAN_IS_CACHED)
  await page.evaluate((to) => {
    location.hash = to
    location.reload()
  }, `#/room/${room}`)
  return { back, loadedAnew: await reads(page, left) }
})
