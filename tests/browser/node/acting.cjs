'use strict'
// Two people do to each other's messages what can be done with them. Asks for: ann (a moderator), bob, room, room_name, space.

const { scenario } = require('./harness.cjs')

const write = async (page, text, within = '.room') => {
  const field = page.locator(`${within} textarea`).first()
  await field.fill(text)
  await field.press('Enter')
}
const row = (page, text, within = '.room') => 
  page.locator(`${within} article.message`, { has: page.locator('.message-text', { hasText: text }) }).last()

/** What stands in the field comes from the message first. */
const edit = async (page, text, within = '.room') => {
  await page.keyboard.press('e')
  await page.waitForFunction((part) => document.querySelector(`${part} textarea`).value !== '', within)
  await write(page, text, within)
}

scenario(async ({ asked, open, picture, axe }) => {
  const { ann, bob, room, room_name, space } = asked
  const path = `/#/room/${room}`
  const hers = await open(ann, { path })
  const his = await open(bob, { path, theme: 'dark' })
  for (const page of [hers, his]) await page.locator('.room textarea').first().waitFor()
  const told = {}
  const axes = []

  /** Goes to a message by keys alone. */
  const focus = async (page, text, within = '.room') => {
    await page.locator(`${within} [role=log]`).focus()
    await page.keyboard.press('ArrowUp')
    for (let i = 0; i < 40; i++) {
      const here = await page.evaluate(() => document.activeElement?.querySelector('.message-text')?.innerText ?? '')
      if (here.includes(text)) return
      await page.keyboard.press('ArrowUp')
    }
    throw new Error(`no way by keys to ${text}`)
  }
  const menu = async (page, text, within) => {
    await focus(page, text, within)
    await page.keyboard.press('m')
    await page.getByRole('menu').waitFor()
  }
  const offered = async (page, text) => {
    await menu(page, text)
    const items = await page.getByRole('menuitem').allInnerTexts()
    await page.keyboard.press('Escape')
    // The next key is the message's again.
    await page.waitForFunction(() => document.activeElement?.matches('[data-seq]'))
    return items.map((item) => item.trim())
  }
  const pick = async (page, text, item) => {
    await menu(page, text)
    await page.getByRole('menuitem', { name: item, exact: true }).click()
  }

  await write(hers, 'high water at seven')
  await row(his, 'high water').waitFor()
  await write(his, 'and who rows?')
  await row(hers, 'who rows').waitFor()

  // Reactions: with the pointer, with the keys, and taken back.
  await row(his, 'high water').hover()
  await row(his, 'high water').getByRole('button', { name: 'React with 👍' }).click()
  const hersUp = row(hers, 'high water').locator('.reaction')
  await hersUp.waitFor()
  told.named = await hersUp.getAttribute('title')
  await hersUp.click()
  told.at_once = await hersUp.innerText()
  await row(his, 'high water').locator('.reaction', { hasText: '2' }).waitFor()
  await hersUp.click()
  await row(his, 'high water').locator('.reaction', { hasText: '1' }).waitFor()
  await focus(hers, 'high water')
  await hers.keyboard.press('+')
  await hers.getByRole('dialog', { name: 'Emoji' }).waitFor()
  await hers.locator('.emoji-cell').first().waitFor()
  await picture(hers, 'acting-picker')
  axes.push(...(await axe(hers, '.emoji-picker')))
  await hers.keyboard.type('tada')
  await hers.locator('.emoji-cell').first().waitFor()
  await hers.keyboard.press('ArrowDown')
  await hers.keyboard.press('Enter')
  await row(his, 'high water').locator('.reaction', { hasText: '🎉' }).waitFor()
  told.focus_after_picker = await hers
    .waitForFunction(() => document.activeElement?.innerText.includes('high water'))
    .then(() => true)

  await focus(his, 'high water')
  await his.keyboard.press('+')
  await his.getByRole('dialog', { name: 'Emoji' }).waitFor()
  await his.keyboard.type('anchor_up')
  await his.locator('.emoji-cell img').first().waitFor()
  await his.keyboard.press('Enter')
  const own = row(hers, 'high water').locator('.reaction img')
  await own.waitFor()
  told.own_emoji = await own.evaluate(async (image) => {
    await image.decode() // its bytes may be on their way
    return { width: image.naturalWidth, name: image.alt }
  })

  // A reply, with what it answers above it, and its thread.
  await focus(his, 'high water')
  await his.keyboard.press('r')
  await write(his, 'so we leave at six')
  const quote = row(hers, 'so we leave').locator('.reply-quote')
  await quote.waitFor()
  told.quote = (await quote.innerText()).replace(/\s+/g, ' ').trim()
  await focus(hers, 'high water')
  await hers.keyboard.press('t')
  await row(hers, 'so we leave', '.thread').waitFor()
  // Who opens a thread writes in it, and is back at the message when it is closed.
  await hers.locator('.thread textarea:focus').waitFor()
  await hers.keyboard.press('Escape')
  await hers.locator('[data-seq]:focus', { hasText: 'high water' }).waitFor()
  await hers.keyboard.press('t')
  await hers.locator('.thread textarea:focus').waitFor()
  await row(his, 'high water').locator('.thread-summary').click()
  await row(his, 'so we leave', '.thread').waitFor()
  await write(hers, 'six is early', '.thread')
  await row(his, 'six is early', '.thread').waitFor()
  await focus(his, 'six is early', '.thread')
  await his.keyboard.press('r')
  await write(his, 'the tide does not wait', '.thread')
  await row(hers, 'the tide does not', '.thread').waitFor()
  told.summary = (await row(hers, 'high water').locator('.thread-summary').innerText()).split('\n')[0].trim()
  told.quote_in_thread = await row(hers, 'the tide does not', '.thread').locator('.reply-quote').count()
  told.follows = await his.locator('.thread-rule .button').innerText()
  await picture(hers, 'acting-thread')
  await picture(his, 'acting-thread-dark')
  axes.push(...(await axe(hers, '.panel')), ...(await axe(his, '.panel')))
  // A reply to a reply is edited where it stands.
  await focus(his, 'the tide does not', '.thread')
  await edit(his, 'the tide waits for nobody', '.thread')
  await row(hers, 'waits for nobody', '.thread').waitFor()
  await hers.keyboard.press('Escape')
  for (const page of [hers, his]) await page.getByRole('button', { name: 'Close' }).last().click().catch(() => undefined)

  // Edited, and how it read before.
  await focus(hers, 'high water')
  await edit(hers, 'high water at eight')
  await row(his, 'at eight').locator('.message-edited').waitFor()
  told.quote_after_edit = (await row(his, 'so we leave').locator('.reply-quote').innerText()).includes('at eight')
  await pick(hers, 'high water', 'Versions')
  await hers.locator('.version ins').waitFor()
  told.versions = {
    removed: (await hers.locator('.version del').allInnerTexts()).map((text) => text.trim()),
    added: (await hers.locator('.version ins').allInnerTexts()).map((text) => text.trim()),
  }
  axes.push(...(await axe(hers, 'dialog')))
  await picture(hers, 'acting-versions')
  await hers.keyboard.press('Escape')

  // Who may do what.
  told.offered = { moderator: await offered(hers, 'who rows'), member: await offered(his, 'high water') }
  await menu(his, 'high water')
  await picture(his, 'acting-menu')
  axes.push(...(await axe(his, '.menu')))
  await his.keyboard.press('Escape')

  // Pins, bookmarks with a note that is not lost, receipts.
  await focus(hers, 'who rows')
  await hers.keyboard.press('p')
  await his.getByRole('button', { name: 'Pinned messages' }).click()
  await row(his, 'who rows', '.saved').waitFor()
  await picture(his, 'acting-pins')
  await focus(his, 'high water')
  await his.keyboard.press('b')
  await his.getByLabel('Note').fill('for Sunday')
  await his.keyboard.press('Enter')
  await his.getByRole('dialog').waitFor({ state: 'detached' })
  await focus(his, 'high water')
  await his.keyboard.press('b')
  await his.waitForFunction(() => document.querySelector('dialog input')?.value === 'for Sunday')
  await his.keyboard.press('Escape')
  await row(his, 'high water').locator('.message-text').click()
  await his.keyboard.press('b')
  await his.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))))
  told.typed_after_a_click = await his.locator('dialog, .lazy').count()
  await his.getByRole('button', { name: 'Bookmarks' }).click()
  await his.locator('.saved-note', { hasText: 'for Sunday' }).waitFor()
  axes.push(...(await axe(his, '.panel')))
  await picture(his, 'acting-bookmarks')
  await pick(hers, 'high water', 'Who has read it')
  await hers.getByRole('dialog').getByText('Read by 1 person').waitFor()
  await hers.keyboard.press('Escape')

  await hers.locator('.room-to-files').click()
  await hers.locator('.saved-file img').waitFor()
  await picture(hers, 'acting-files')
  axes.push(...(await axe(hers, '.panel')))

  // Found again: words, filters as words and as buttons, what was found is marked, and the way there.
  await hers.getByRole('button', { name: 'Search' }).last().click()
  const box = hers.getByRole('searchbox')
  await box.fill(`tide in:"${room_name}" from:${bob.name}`)
  await hers.locator('.search-hit mark').waitFor()
  told.found = await hers.locator('.search-hit mark').allInnerTexts()
  await picture(hers, 'acting-search')
  axes.push(...(await axe(hers, '.panel')))
  await hers.getByRole('button', { name: 'With a file' }).click()
  told.chip = await box.inputValue()
  await hers.getByText('Nothing was found.').waitFor()
  await hers.getByRole('button', { name: 'With a file' }).click()
  await hers.locator('.search-hit').first().click()
  await hers.locator('.room .message-marked', { hasText: 'waits for nobody' }).waitFor()
  await box.fill('from:nobodyofthisname tide')
  told.nobody = await hers.locator('.search [role=alert]').innerText()

  // Reported, deleted with a reason, blocked.
  await pick(his, 'high water', 'Report')
  await his.getByLabel('Reason').fill('wrong hour')
  await his.keyboard.press('Enter')
  await his.getByText('Reported.').waitFor()
  await focus(hers, 'who rows')
  await hers.keyboard.press('Delete')
  await hers.getByLabel('Reason').fill('nobody rows')
  await picture(hers, 'acting-delete')
  await hers.keyboard.press('Enter')
  await his.getByText('This message was deleted.').first().waitFor()
  await pick(his, 'high water', 'Block the author')
  await picture(his, 'acting-block')
  await his.getByRole('dialog').getByRole('button', { name: 'Block the author' }).click()
  const hidden = his.locator('.room .message-blocked').first()
  await hidden.waitFor()
  told.hidden = await hidden.locator('span').first().innerText()
  told.reactions_of_the_blocked = await his.locator('.reaction', { hasText: '🎉' }).count()
  await picture(his, 'acting-blocked')
  await his.locator('.room .message-blocked').nth(1).getByRole('button', { name: 'Show' }).click()
  await row(his, 'high water').waitFor()
  await pick(his, 'high water', 'Unblock the author')
  await his.locator('.room .message-blocked').first().waitFor({ state: 'detached' })

  // The keys are in the help.
  await his.locator('.room [role=log]').focus()
  await his.keyboard.press('?')
  await his.getByRole('dialog').getByText('Open the thread').waitFor()
  told.help = await his.locator('.help-keys div', { hasText: 'Open the thread' }).locator('kbd').innerText()
  await his.keyboard.press('Escape')

  // Who clicks twice has asked once.
  await hers.evaluate((to) => {
    location.hash = to
  }, `#/space/${space}/invites`)
  await hers.getByRole('button', { name: 'Make a link' }).evaluate((button) => {
    button.click() // no answer can come between the two
    button.click()
  })
  await hers.getByRole('img', { name: 'QR code of the invite link' }).waitFor()

  // The same on a phone.
  await his.setViewportSize({ width: 360, height: 740 })
  await his.locator('.saved').getByRole('link', { name: 'Go there' }).click() // and what covers the room goes
  await his.locator('.panel').waitFor({ state: 'detached' })
  await row(his, 'so we leave').hover()
  await picture(his, 'acting-phone-row')
  await row(his, 'high water').locator('.thread-summary').click()
  await row(his, 'six is early', '.thread').waitFor()
  await picture(his, 'acting-phone-thread')
  told.too_wide = await his.evaluate(() => document.documentElement.scrollWidth > innerWidth)
  const send = await his.locator('.thread').getByRole('button', { name: 'Send' }).boundingBox()
  told.send_in_sight = send !== null && send.x + send.width <= 360
  return { ...told, axe: axes }
})
