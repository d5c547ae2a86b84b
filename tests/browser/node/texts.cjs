'use strict'
// What people write, read by somebody whom they would like to fool; and the ways into rooms. Asks for: ann, bob, eve,
// rooms (hostile, calm, preview, request), texts (how many were posted), word (of the last), spare (ids of files).

const { scenario } = require('./harness.cjs')

/** In the page: whatever could run or leave, of all that texts and names have become. */
const dangerous = () => {
  const parts = '#app script, #app iframe, #app object, #app embed, #app base, #app meta, #app link, #app form[action]'
  const found = [...document.querySelectorAll(parts)].map(({ outerHTML }) => outerHTML.slice(0, 100))
  for (const element of document.querySelectorAll('#app *'))
    for (const { name, value } of element.attributes)
      if (/^on/.test(name) || /javascript:|vbscript:/i.test(element.tagName === 'A' && name === 'href' ? value : ''))
        found.push(`${element.tagName} ${name}=${value}`)
  for (const link of document.querySelectorAll('.text a[href]')) {
    const away = !link.getAttribute('href').startsWith('#')
    if (away && !/^(?:https?|mailto):$/.test(link.protocol)) found.push(link.outerHTML)
    if (away && link.rel !== 'noopener noreferrer nofollow') found.push(link.outerHTML)
  }
  return found
}

scenario(async ({ asked, open, picture, axe }) => {
  const { ann, bob, eve, rooms, texts, word } = asked
  const dialogs = []
  const as = async (who, method, path, body) => {
    const answer = await fetch(`${asked.origin}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${who.token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body ?? {}),
    })
    if (!answer.ok) throw new Error(`${path}: ${await answer.text()}`)
    return answer.json()
  }
  const post = (who, room, text, more) => as(who, 'POST', `/rooms/${room}/messages`, { text, ...more })

  const page = await open(ann, { path: `/#/room/${rooms.hostile}` })
  page.on('dialog', (dialog) => {
    dialogs.push(dialog.message())
    void dialog.dismiss()
  })
  const go = (room) =>
    page.evaluate((to) => {
      location.hash = `#/room/${to}`
    }, room)
  const log = page.getByRole('log')

  // Hostile texts, names and topics.
  await page.locator('.room-rows > [data-seq]').first().waitFor()
  await page.keyboard.press('End')
  const newest = page.locator('.room-newest')
  if (await newest.isVisible()) await newest.click()
  await log.getByText(word).waitFor()
  for (const spoiler of await page.locator('button.text-spoiler').all()) await spoiler.click()
  await page.waitForTimeout(300)
  const found = await page.evaluate(dangerous)
  const shown = await page.locator('.room-rows > [data-seq]').count()
  await picture(page, 'texts-hostile')

  // A calm room: what is drawn of marks, files, and what comes while one looks, or does not.
  await go(rooms.calm)
  await log.getByText('The end of it').waitFor()
  // Colours and names are loaded when they are first wanted.
  await page.locator('.code-keyword').first().waitFor()
  await page.locator('.text-mention-me').first().waitFor()
  const drawn = await page.evaluate(() => ({
    keyword: document.querySelector('.code-keyword')?.textContent ?? null,
    jumbo: document.querySelectorAll('.text-jumbo').length,
    mention: document.querySelector('.text-mention-me')?.textContent ?? null,
    host: document.querySelector('.text-host')?.textContent.trim() ?? null,
    edited: document.querySelectorAll('.message-edited').length,
    deleted: document.querySelectorAll('.message-gone').length,
    spoiler: getComputedStyle(document.querySelector('button.text-spoiler > span')).opacity,
  }))
  const calmAxe = await axe(page)
  await page.emulateMedia({ colorScheme: 'dark' })
  calmAxe.push(...(await axe(page)))
  await page.emulateMedia({ colorScheme: 'light' })
  await picture(page, 'texts-calm')
  const pictures = page.locator('.files-picture')
  await pictures.first().click()
  const box = page.locator('dialog.lightbox')
  await box.waitFor()
  await page.waitForFunction(() => document.activeElement.closest('dialog.lightbox') !== null)
  await page.keyboard.press('ArrowRight')
  await page.locator('dialog.lightbox[aria-label^="Picture 2"]').waitFor()
  const second = await box.getAttribute('aria-label')
  const boxAxe = await axe(page, 'dialog.lightbox')
  await page.keyboard.press('Escape')
  await box.waitFor({ state: 'detached' })
  // The dialog is gone a frame before the focus is back.
  const focusBack = await page
    .waitForFunction(() => document.activeElement.classList.contains('files-picture'))
    .then(() => true)

  const unread = async () => {
    const answer = await fetch(`${asked.origin}/api/v1/unread`, { headers: { authorization: `Bearer ${ann.token}` } })
    const { rooms: list } = await answer.json()
    return list.find((one) => one.room === rooms.calm)?.unread ?? 0
  }
  const becomes = async (wanted) => {
    for (let tries = 0; tries < 50 && (await unread()) !== wanted; tries++) await page.waitForTimeout(100)
    return unread()
  }
  await becomes(0)
  await post(eve, rooms.calm, 'while you look') // the first that anybody hears of her
  await log.getByText('while you look').waitFor()
  const looked = await becomes(0)
  await page.getByRole('status').getByText('while you look').waitFor({ state: 'attached' })
  const announced = await page.getByRole('status').allInnerTexts()
  const lineAbove = (text) => page.locator('.room-unread + [data-seq]', { hasText: text })
  const noLine = (await lineAbove('while you look').count()) === 0

  await page.evaluate(() => {
    document.hasFocus = () => false
    window.dispatchEvent(new Event('blur'))
  })
  await post(bob, rooms.calm, 'while you are elsewhere')
  await log.getByText('while you are elsewhere').waitFor()
  await lineAbove('while you are elsewhere').waitFor()
  await page.waitForTimeout(1200)
  const elsewhere = await unread()
  await page.evaluate(() => {
    document.hasFocus = () => true
    window.dispatchEvent(new Event('focus'))
  })
  const back = await becomes(0)

  // Scrolled up: what comes waits below, behind a button.
  for (let i = 0; i < 25; i++) await post(bob, rooms.calm, `line ${i}`)
  await log.getByText('line 24').waitFor()
  await page.evaluate(() => {
    document.querySelector('.room-timeline').scrollTop = 0
  })
  await page.waitForTimeout(300)
  const { seq } = await post(bob, rooms.calm, 'far below')
  await page.getByRole('button', { name: '1 new message' }).click()
  await log.getByText('far below').waitFor()
  const below = await becomes(0)

  // Marked unread: the line stands there, and nothing is marked until the room is opened again.
  await log.focus()
  await page.keyboard.press('ArrowUp')
  await page.keyboard.press('u')
  await lineAbove('far below').waitFor()
  await page.waitForTimeout(1200)
  const marked = await unread()

  // By keys alone: from message to message, and back to the field.
  const focused = () => page.evaluate(() => Number(document.activeElement.dataset?.seq ?? 0))
  await log.focus()
  await page.keyboard.press('ArrowUp')
  const last = await focused()
  const says = await page.evaluate(() => {
    const { ariaDescribedByElements: about } = document.activeElement
    return about?.map(({ textContent }) => textContent).join()
  })
  await page.keyboard.press('ArrowUp')
  const above = await focused()
  await page.keyboard.press('Home')
  const top = await focused()
  await page.keyboard.press('Escape')
  const field = await page.evaluate(() => document.activeElement.matches('.room-foot textarea'))
  const keys = { says, last: last === seq, above: above < seq, top: top > 0 && top < above, field }

  // A public room that one is not in, and somebody new who has written.
  await go(rooms.preview)
  await log.getByText('Read me first').waitFor()
  await picture(page, 'texts-preview')
  const previewAxe = await axe(page)
  await page.getByRole('button', { name: 'Join the room' }).click()
  await page.locator('.room-foot textarea').waitFor()
  await go(rooms.request)
  await log.getByText('we have not met').waitFor()
  await picture(page, 'texts-request')
  const requestAxe = await axe(page)
  await page.getByRole('button', { name: 'Accept' }).click()
  await page.locator('.room-foot textarea').waitFor()
  // Direct rooms in which nobody has written: one that she opened, on another device or before a reload, and another's.
  await go(rooms.begun)
  await page.locator('.sidebar-room[aria-current]', { hasText: 'eve' }).waitFor()
  await page.locator('.room-foot textarea').waitFor()
  await go(rooms.offered)
  await page.getByRole('button', { name: 'Join the room' }).click()
  await page.locator('.room-foot textarea').waitFor()
  await go('01JAAAAAAAAAAAAAAAAAAAAAAA')
  await page.getByText('does not exist').waitFor()
  return {
    dialogs,
    found,
    allShown: shown === texts,
    drawn,
    second,
    focusBack,
    announced,
    keys,
    unread: { looked, noLine, elsewhere, back, below, marked },
    violations: [...calmAxe, ...boxAxe, ...previewAxe, ...requestAxe],
  }
})
