'use strict'
// Two people write while the server is killed, and files are uploaded over a line that is cut. Asks for: ann, bob,
// room, kill, back (named pipes: a word into the one has the server killed and started again, and one comes out of the
// other when it is back).

const { readFile, writeFile } = require('node:fs/promises')
const { scenario } = require('./harness.cjs')

const MESSAGES = 8
const SLOW = { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: 400_000 }
const FAST = { ...SLOW, uploadThroughput: -1 }

const field = (page) => page.locator('.room-foot textarea').first()
const write = async (page, text) => {
  await field(page).fill(text)
  await field(page).press('Enter')
}
const row = (page, text) => page.locator('.room-rows article').filter({ hasText: text })
const reads = (page, text) => row(page, text).first().waitFor()
const gone = (page) => page.waitForFunction(() => document.querySelector('.pending') === null)
/** How often each of the texts stands on the screen. */
const counts = (page, texts) =>
  page.evaluate((wanted) => {
    const shown = [...document.querySelectorAll('.room-rows article .text')].map((one) => one.textContent.trim())
    return wanted.map((text) => shown.filter((one) => one === text).length)
  }, texts)

/** Looks at every frame whether one of the texts stands there twice, or went away again. */
const watch = (page, texts) =>
  page.evaluate((wanted) => {
    window.wrong = []
    const seen = new Set()
    const look = () => {
      const shown = [...document.querySelectorAll('.room-rows article .text')].map((one) => one.textContent.trim())
      for (const text of wanted) {
        const count = shown.filter((one) => one === text).length
        if (count > 1) window.wrong.push(`${text} twice`)
        if (count === 0 && seen.has(text)) window.wrong.push(`${text} vanished`)
        if (count > 0) seen.add(text)
      }
      requestAnimationFrame(look)
    }
    look()
  }, texts)

scenario(async ({ asked, open, context, tab, picture, proxy, forgive, axe }) => {
  const { ann, bob, room } = asked
  const path = `/#/room/${room}`
  const seen = {}
  const desk = await open(ann, { path })
  const his = await open(bob, { path })
  await field(desk).waitFor()
  await field(his).waitFor()

  // Killed while both write.
  forgive(/WebSocket connection|ERR_|Failed to load resource/)
  const hers = Array.from({ length: MESSAGES }, (_, i) => `from ann ${i}.`)
  const theirs = Array.from({ length: MESSAGES }, (_, i) => `from bob ${i}.`)
  const all = [...hers, ...theirs]
  await watch(desk, all)
  await watch(his, all)
  const back = readFile(asked.back)
  for (let i = 0; i < MESSAGES; i++) {
    if (i === 3) await writeFile(asked.kill, 'now')
    await Promise.all([write(desk, hers[i]), write(his, theirs[i])])
  }
  await back
  for (const page of [desk, his]) {
    for (const text of all) await reads(page, text)
    await gone(page)
  }
  seen.each_once = { ann: await counts(desk, all), bob: await counts(his, all) }
  seen.wrong = [...(await desk.evaluate(() => window.wrong)), ...(await his.evaluate(() => window.wrong))]
  seen.orders = await desk.evaluate(
    (who) =>
      who.map((name) =>
        [...document.querySelectorAll('.room-rows article .text')]
          .map((one) => one.textContent.trim())
          .filter((text) => text.startsWith(name)),
      ),
    ['from ann', 'from bob'],
  )
  seen.orders_wanted = [hers, theirs]
  await desk.locator('.own-state').getByText('Read by 1').waitFor()

  // Suggestions, commands, drafts.
  await field(desk).pressSequentially('@bo')
  const listbox = desk.getByRole('listbox')
  await listbox.getByRole('option').first().waitFor()
  seen.active = await desk.evaluate(() => {
    const id = document.activeElement.getAttribute('aria-activedescendant')
    return document.getElementById(id)?.textContent.includes('bob') ?? false
  })
  seen.axe = await axe(desk, '.room')
  await picture(desk, 'composer-suggestions')
  await field(desk).press('Enter')
  seen.mention = (await field(desk).inputValue()) === `@${bob.name} `
  // What the page types is taken back and done again like what a person types.
  const after = async (keys) => {
    await field(desk).press(keys)
    await desk.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))))
    return field(desk).inputValue()
  }
  seen.undone = []
  for (const keys of ['Control+z', 'Control+a', 'Control+b', 'Control+z', 'Control+y'])
    seen.undone.push(await after(keys))
  await field(desk).fill('')
  await field(desk).pressSequentially(':thumbs')
  await listbox.getByText('👍').first().waitFor()
  await field(desk).press('Escape')
  await write(desk, '/nonsense')
  await desk.getByRole('alert').getByText('There is no command /nonsense').waitFor()
  await write(desk, '/expire 1h gone in an hour')
  await reads(his, 'gone in an hour')

  // That it is to go, and what it answers, belong to what is written there: over a reload, and for what a command posts.
  await row(desk, 'gone in an hour').hover()
  await row(desk, 'gone in an hour').getByRole('button', { name: 'Reply', exact: true }).click()
  await field(desk).fill('/shrug whatever')
  await desk.locator('.room-foot').getByRole('button', { name: 'More ways to write' }).click()
  await desk.getByRole('menuitem', { name: 'Send later, or let it expire' }).click()
  await desk.getByRole('radio', { name: 'An hour after it was sent' }).click()
  await desk.reload()
  await desk.locator('.composer-about').nth(1).waitFor()
  await field(desk).press('Enter')
  await reads(his, 'whatever')
  seen.answering = await row(his, 'whatever').locator('.reply-quote').count()
  seen.expiring = await row(his, 'whatever').locator('.message-note', { hasText: 'Goes away' }).count()
  await desk.waitForFunction(() => document.querySelector('.composer-about') === null)

  // While an input method composes, its keys are its own, in every field; Safari says 229 of the last one only.
  const composed = async (input) => {
    await input.fill('harb')
    return input.evaluate((box) => {
      const keys = ['Enter', 'ArrowDown', 'Escape'].flatMap((key) => [
        { key, isComposing: true },
        { key, keyCode: 229 },
      ])
      const taken = keys.filter((key) => {
        const event = new KeyboardEvent('keydown', { ...key, bubbles: true, cancelable: true })
        return !box.dispatchEvent(event) || document.activeElement !== box || !box.isConnected
      })
      return taken.map(({ key }) => key)
    })
  }
  const fields = {
    message: async () => field(desk),
    switcher: async () => {
      await desk.keyboard.press('Control+K')
      return desk.getByRole('combobox')
    },
    emoji: async () => {
      await desk.locator('.room-foot').getByRole('button', { name: 'Emoji' }).click()
      await desk.locator('.emoji-picker input').press('Shift+Tab')
      await desk.locator('.emoji-picker [role=radio]').last().press('Tab')
      await desk.locator('.emoji-picker input:focus').waitFor()
      const size = desk.viewportSize()
      await desk.setViewportSize({ ...size, height: 256 }) // as at a zoom of 400 %
      seen.emoji_top = await desk.locator('.emoji-picker').evaluate((box) => box.getBoundingClientRect().top)
      await desk.setViewportSize(size)
      return desk.locator('.emoji-picker input')
    },
    search: async () => {
      await desk.getByRole('button', { name: 'Search in this room' }).click()
      return desk.locator('.search-input')
    },
  }
  seen.composed = {}
  for (const [name, at] of Object.entries(fields)) {
    const input = await at()
    seen.composed[name] = await composed(input)
    await input.fill('')
    if (name !== 'message') await desk.keyboard.press('Escape')
  }

  await field(desk).fill('half a thought')
  const phone = await open(ann, { path, phone: true, theme: 'dark' })
  await phone.waitForFunction(() => document.querySelector('textarea')?.value === 'half a thought')
  await field(phone).fill('a whole thought')
  await desk.locator('body').click({ position: { x: 5, y: 5 } })
  await desk.waitForFunction(() => document.querySelector('textarea')?.value === 'a whole thought')
  await picture(phone, 'composer-phone')
  await field(desk).fill('')

  // Up-arrow edits, Escape does not.
  await field(desk).fill('a tpyo')
  await desk.locator('.room-foot').getByRole('button', { name: 'Send', exact: true }).click()
  await reads(his, 'a tpyo')
  seen.goes_on = await field(desk).evaluate((box) => document.activeElement === box)
  await field(desk).press('ArrowUp')
  await field(desk).press('Escape')
  await field(desk).press('ArrowUp')
  await field(desk).fill('a typo')
  await field(desk).press('Enter')
  await reads(his, 'a typo')

  // Later.
  await write(desk, '/schedule good morning')
  const dialog = desk.getByRole('dialog')
  await dialog.getByRole('button', { name: 'Tomorrow at 9:00' }).click()
  await desk.getByText('1 message of yours will be sent here later').click()
  await dialog.getByText('good morning').waitFor()
  seen.axe_later = await axe(desk, 'dialog')
  await picture(desk, 'composer-scheduled')
  await dialog.getByRole('button', { name: 'Change' }).click()
  await dialog.getByRole('textbox', { name: 'Text' }).fill('good day')
  await dialog.getByRole('button', { name: 'Save' }).click()
  await dialog.getByText('good day').waitFor()
  await dialog.getByRole('button', { name: 'Throw away' }).click()
  await dialog.getByText('Nothing waits to be sent.').waitFor()
  await desk.keyboard.press('Escape')

  // A file over a line that is cut; words overtake it.
  const line = await proxy()
  const away = await context(ann, { origin: line.origin })
  const page = await tab(away, path)
  const debug = await away.newCDPSession(page)
  await debug.send('Network.enable')
  await debug.send('Network.emulateNetworkConditions', SLOW)
  await field(page).waitFor()
  const film = Buffer.alloc(1_200_000, 7)
  await page.locator('input[type=file]').setInputFiles({ name: 'film.bin', mimeType: 'application/octet-stream', buffer: film })
  await page.locator('.tray-file', { hasText: 'film.bin' }).waitFor()
  await write(page, 'with a film')
  await page.locator('.pending .tray-file').waitFor()
  await write(page, 'words overtake')
  await reads(his, 'words overtake')
  await page.waitForFunction(() => document.querySelector('.pending progress')?.value > 10)
  await picture(page, 'composer-uploading')
  line.cut()
  await page.waitForTimeout(300)
  line.mend()
  await debug.send('Network.emulateNetworkConditions', FAST)
  await row(his, 'with a film').getByText('film.bin').waitFor()
  seen.film = await counts(page, ['with a film'])

  // Reloaded in the middle of it.
  await debug.send('Network.emulateNetworkConditions', SLOW)
  const song = Buffer.alloc(900_000, 9)
  await page.locator('input[type=file]').setInputFiles({ name: 'song.bin', mimeType: 'application/octet-stream', buffer: song })
  await write(page, 'with a song')
  await page.waitForFunction(() => document.querySelector('.pending progress')?.value > 10)
  await page.reload()
  await debug.send('Network.emulateNetworkConditions', FAST)
  await row(his, 'with a song').getByText('song.bin').waitFor()
  await reads(page, 'with a song')
  await gone(page)
  seen.song = await counts(page, ['with a song'])

  // Closed in the middle of it: a tab that stays, and is connected all the time, goes on with it.
  const goes = await tab(away, path)
  const itsDebug = await away.newCDPSession(goes)
  await itsDebug.send('Network.enable')
  await itsDebug.send('Network.emulateNetworkConditions', SLOW)
  await field(goes).waitFor()
  const opera = Buffer.alloc(1_100_000, 8)
  await goes.locator('input[type=file]').setInputFiles({ name: 'opera.bin', mimeType: 'application/octet-stream', buffer: opera })
  await write(goes, 'with an opera')
  await goes.waitForFunction(() => document.querySelector('.pending progress')?.value > 10)
  await goes.close()
  await row(his, 'with an opera').getByText('opera.bin').waitFor()
  await gone(page)
  seen.opera = await counts(page, ['with an opera'])

  // Taken out while it is on its way: the server keeps nothing of it.
  await debug.send('Network.emulateNetworkConditions', SLOW)
  await field(page).waitFor()
  await page.locator('input[type=file]').setInputFiles({ name: 'no.bin', mimeType: 'application/octet-stream', buffer: song })
  await page.waitForFunction(() => document.querySelector('.tray progress')?.value > 10)
  const taken = page.waitForResponse((one) => one.request().method() === 'DELETE')
  await page.getByRole('button', { name: 'Remove no.bin' }).click()
  seen.taken_back = (await taken).status()

  // So it is once the message went with it.
  await page.locator('input[type=file]').setInputFiles({ name: 'nor.bin', mimeType: 'application/octet-stream', buffer: song })
  await write(page, 'with nothing')
  await page.waitForFunction(() => document.querySelector('.pending progress')?.value > 10)
  const thrown = page.waitForResponse((one) => one.request().method() === 'DELETE')
  await page.locator('.pending').getByRole('button', { name: 'Throw away' }).click()
  seen.thrown_away = (await thrown).status()
  await gone(page)

  // Written without a line, and loaded anew before there is one again.
  await debug.send('Network.emulateNetworkConditions', FAST)
  line.cut()
  await write(page, 'kept over a reload')
  await page.locator('.pending', { hasText: 'kept over a reload' }).waitFor()
  line.mend()
  await page.reload()
  await reads(his, 'kept over a reload')
  await reads(page, 'kept over a reload')
  await gone(page)
  seen.kept = await counts(page, ['kept over a reload'])

  // A dialog that comes slowly: what is typed meanwhile is not for the field, which has the focus again after it.
  const slow = await open(ann, { path, serviceWorkers: 'block' })
  let come
  const wanted = new Promise((resolve) => (come = resolve))
  await slow.route(/QuickSwitcher/, (route) => wanted.then(() => route.continue()))
  await field(slow).press('Control+K')
  await slow.locator('.lazy').waitFor()
  await slow.keyboard.type('bob')
  seen.typed_behind = await field(slow).inputValue()
  come()
  await slow.getByRole('combobox').press('Escape')
  await slow.waitForFunction(() => document.activeElement?.matches('.room-foot textarea'))

  // Dropped anywhere in the room, and taken out again.
  const dropped = await desk.evaluateHandle(() => {
    const transfer = new DataTransfer()
    transfer.items.add(new File(['words'], 'note.txt', { type: 'text/plain' }))
    return transfer
  })
  await desk.dispatchEvent('.room-timeline', 'dragover', { dataTransfer: dropped })
  await desk.getByText('Drop the files to attach them').waitFor()
  await picture(desk, 'composer-drop')
  await desk.dispatchEvent('.room-timeline', 'drop', { dataTransfer: dropped })
  await desk.locator('.tray-file', { hasText: 'note.txt' }).waitFor()
  await desk.getByRole('button', { name: 'Remove note.txt' }).click()
  seen.left = await desk.locator('.tray-file').count()
  return seen
})
