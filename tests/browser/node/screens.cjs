'use strict'
// Goes through every screen, light, dark, and on a phone. Asks for: ada, space, rooms, code.
// Says for each look what axe found on which screen, which are wider than the window, or scroll in a part of them.

const { scenario } = require('./harness.cjs')

const SETTINGS = ['profile', 'account', 'security', 'devices', 'notifications', 'appearance', 'blocked', 'bots', 'data']
const SPACE = ['overview', 'rooms', 'members', 'invites', 'rights', 'moderation', 'reports', 'audit', 'emoji', 'export']
const MESSAGES = '.room-rows' // of the room that is open

scenario(async (stage) => {
  const looks = {}
  for (const kind of ['light', 'dark', 'phone']) looks[kind] = await goThrough(stage, kind)
  return { looks }
})

async function goThrough({ asked, open, axe, picture }, kind) {
  const { ada, space, rooms, code } = asked
  const options = kind === 'phone' ? { phone: true } : { theme: kind }
  // What does not depend on colours is the same in the dark.
  const rules = kind === 'dark' ? ['color-contrast'] : null
  const general = `#/room/${rooms.general}`
  const found = {}
  const wide = []
  const within = []

  // `seen`: what axe has looked at before, and has not changed.
  const look = async (page, name, seen = null) => {
    await page.locator('[aria-busy="true"]').first().waitFor({ state: 'hidden' }).catch(() => undefined)
    await page.evaluate(() => document.fonts.ready)
    const violations = await axe(page, 'body', rules, seen)
    if (violations.length > 0) found[name] = violations
    if (await page.evaluate(isTooWide)) wide.push(name)
    if (await page.evaluate(scrollsWithin)) within.push(name)
    await picture(page, name)
  }
  const close = async (page) => {
    const button = page.getByRole('complementary').getByRole('button', { name: 'Close' }).first()
    if (await button.isVisible()) await button.click()
  }
  const go = async (page, hash) => {
    await page.evaluate((to) => {
      location.hash = to
    }, hash)
  }

  const stranger = await open(null, options)
  await stranger.getByRole('button', { name: 'Sign in', exact: true }).waitFor()
  await look(stranger, `sign-in-${kind}`)
  await go(stranger, '#/invite/abc')
  await stranger.getByRole('heading', { name: 'This invite does not work' }).waitFor()
  await look(stranger, `invite-over-${kind}`)
  await go(stranger, `#/invite/${code}`)
  await stranger.getByRole('heading', { name: 'You are invited' }).waitFor()
  await look(stranger, `invited-${kind}`)
  await stranger.close()

  const page = await open(ada, { ...options, path: `/${general}` })
  await page.getByRole('log').getByText('I agree.').first().waitFor()
  await look(page, `room-${kind}`)
  if (kind === 'phone') {
    await go(page, '#/')
    await page.getByText('Friends of tea').waitFor()
    await look(page, `rooms-${kind}`)
    await go(page, general)
    await page.getByRole('log').getByText('I agree.').first().waitFor()
  }

  await page.getByRole('button', { name: /repl(y|ies)/ }).last().click()
  await page.getByRole('complementary').locator('[data-seq]').nth(1).waitFor()
  await look(page, `thread-${kind}`, MESSAGES)
  for (const [button, name] of [
    ['Members', 'members'],
    ['Pinned messages', 'pins'],
    ['Files', 'files'],
    ['Search', 'search'],
  ]) {
    await close(page)
    const opens = page.getByRole('button', { name: button, exact: true }).first()
    if (!(await opens.isVisible())) continue // on a phone some stand in the room's menu
    await opens.click()
    await page.getByRole('complementary').waitFor()
    if (name === 'search') {
      await page.getByRole('complementary').getByRole('searchbox').fill('engine')
      await page.locator('mark').first().waitFor()
    }
    await look(page, `${name}-${kind}`, MESSAGES)
  }
  await close(page)
  await page.keyboard.press('Control+k')
  await page.getByRole('dialog').waitFor()
  await look(page, `switcher-${kind}`, MESSAGES)
  // Who has the system's colours sees what is chosen, too.
  await page.emulateMedia({ forcedColors: 'active' })
  const chosen = await page.locator('[aria-selected=true]').evaluate((it) => getComputedStyle(it).outlineStyle)
  const framed = await page.getByRole('dialog').evaluate((it) => getComputedStyle(it).outlineStyle)
  await page.emulateMedia({ forcedColors: null })
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'hidden' })
  // Names that every object has are no screens.
  for (const name of ['#/__proto__', '#/constructor', '#/settings/__proto__']) {
    await go(page, name)
    await page.getByText(/There is no such page|How others see you/).first().waitFor()
  }
  for (const tab of SETTINGS) {
    await go(page, `#/settings/${tab}`)
    await page.locator('.tabs-body').waitFor()
    await look(page, `settings-${tab}-${kind}`)
  }
  for (const tab of SPACE) {
    await go(page, `#/space/${space}/${tab}`)
    await page.locator('.tabs-body').waitFor()
    await look(page, `space-${tab}-${kind}`)
  }
  // In a low window, and so with many rooms: the room that is open is in sight in the list.
  await page.setViewportSize({ width: page.viewportSize().width, height: 300 })
  await go(page, `#/room/${rooms.kettle}`)
  const here = page.locator('.sidebar-room[aria-current]', { hasText: 'kettle' })
  await here.waitFor({ state: 'attached' })
  await page.getByRole('heading', { level: 1, name: 'kettle' }).waitFor()
  const in_sight = await here.evaluate((link) => {
    const list = document.querySelector('.sidebar-scroll').getBoundingClientRect()
    return link.getBoundingClientRect().bottom <= list.bottom
  })
  await page.context().close()
  return { found, wide, within, chosen, framed, in_sight }
}

/** In the page: whether something is only seen by scrolling sideways. Tables and code may have that, and tabs. */
function isTooWide() {
  const bodies = document.querySelectorAll('html, .tabs-body, .dialog')
  return [...bodies].some((body) => body.scrollWidth > body.clientWidth)
}

/** In the page: whether a part of a screen that scrolls has to be scrolled up and down by itself. */
function scrollsWithin() {
  const scrolls = (part) => ['auto', 'scroll'].includes(getComputedStyle(part).overflowY)
  return [...document.querySelectorAll('.tabs-body :not(textarea)')].some(
    (part) => part.scrollHeight > part.clientHeight + 1 && scrolls(part),
  )
}
