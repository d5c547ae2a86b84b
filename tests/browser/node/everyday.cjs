'use strict'
// What people do every day, with names as long as names may be. Asks for: ann (a member whose name is one long word),
// bob (a moderator), eve (who joined the other room late), rooms (long, other), quay (the shown name of ann),
// mast (a room of three high messages).

const { scenario, DESKTOP } = require('./harness.cjs')

const SMALLEST = { width: 320, height: 640 }

/** In the page: what one can press that is not wholly in the window, and what can be pushed sideways. */
function sideways() {
  const width = document.documentElement.clientWidth
  const found = []
  for (const element of document.querySelectorAll('button, a[href], input, textarea, select, h1, h2')) {
    const { left, right, width: wide } = element.getBoundingClientRect()
    const unseen = wide <= 1 || !element.checkVisibility({ visibilityProperty: true }) || element.closest('.tabs-list')
    if (!unseen && (left < -1 || right > width + 1)) found.push(`${element.className} ${element.textContent}`)
  }
  for (const box of document.querySelectorAll('html, main, .panel, .sidebar, dialog[open], .dialog-box'))
    if (box.scrollWidth > box.clientWidth + 1) found.push(`${box.tagName} ${box.className} is pushed sideways`)
  return found
}

scenario(async ({ asked, open, context, tab, picture, forgive }) => {
  const { ann, bob, eve, rooms, quay, mast } = asked
  const as = async (who, path, body) => {
    const answer = await fetch(`${asked.origin}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${who.token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    if (!answer.ok) throw new Error(`${path}: ${await answer.text()}`)
  }
  const wide = {}
  const look = async (page, name) => {
    wide[name] = await page.evaluate(sideways)
    await picture(page, `everyday-${name}`)
  }

  const late = await open(eve, { path: `/#/room/${rooms.other}` })
  const newcomer = await late.locator('.room-unread').evaluate((line) => {
    const { scrollHeight, scrollTop, clientHeight } = document.querySelector('.room-timeline')
    return { next: Number(line.nextElementSibling.dataset.seq), below: scrollHeight - scrollTop - clientHeight }
  })
  await picture(late, 'everyday-newcomer')
  await late.goto(`/#/room/${mast}`)
  const lineInSight = await late.locator('.room-unread').evaluate(async (line) => {
    const box = document.querySelector('.room-timeline')
    const frame = () => new Promise((drawn) => requestAnimationFrame(drawn))
    while (box.scrollHeight < 3 * box.clientHeight) await frame()
    for (let frames = 0; frames < 10; frames++) await frame()
    const { top, bottom } = box.getBoundingClientRect()
    const at = line.getBoundingClientRect().top
    return top <= at && at < bottom
  })
  await late.context().close()

  // Two tabs: one is hidden and left, the other is not; then nobody is there, and comes back by loading it anew.
  const profile = await context(eve)
  await profile.clock.install()
  const told = []
  profile.on('page', (page) =>
    page.on('websocket', (socket) =>
      socket.on('framesent', ({ payload }) => {
        const { command, data } = JSON.parse(payload)
        if (command === 'presence.set') told.push(data.state)
      }),
    ),
  )
  const hidden = await tab(profile, `/#/room/${rooms.other}`)
  const front = await tab(profile, `/#/room/${rooms.other}`)
  const stands = (page, state) => page.locator(`.sidebar-me .presence-${state}`).waitFor()
  for (const page of [hidden, front]) await stands(page, 'online')
  const hide = async (page) => {
    await page.evaluate(() => {
      Object.defineProperty(document, 'visibilityState', { value: 'hidden' })
      document.dispatchEvent(new Event('visibilitychange'))
    })
    await profile.clock.fastForward(21_000)
  }
  await hide(hidden)
  for (const page of [front, hidden]) {
    await page.locator('textarea').first().fill('still here')
    await page.locator('textarea').first().press('Enter')
    await page.getByRole('log').getByText('still here').first().waitFor()
  }
  const hereInOne = !told.includes('away')
  await hide(front)
  await stands(front, 'away')
  await front.reload()
  await stands(front, 'online')
  await profile.close()

  // Members come in pages, here of two: all are counted, and looked through.
  const paged = await context(ann)
  await paged.routeWebSocket(/\/ws$/, (socket) => {
    const server = socket.connectToServer()
    const shorter = (said) => said.replaceAll(/("(?:room|space)\.members","data":{[^}]*"limit":)500/g, (_, before) => `${before}2`)
    socket.onMessage((said) => server.send(shorter(String(said))))
  })
  const few = await tab(paged, `/#/room/${rooms.other}`)
  await few.getByRole('button', { name: 'Members' }).click()
  await few.locator('.people-heading', { hasText: '5' }).waitFor()
  const heading = await few.locator('.people-heading').innerText()
  const foundIn = {}
  for (const place of ['.panel', 'main']) {
    if (place === 'main') await few.goto(`/#/space/${asked.space}/members`)
    await few.locator(place).getByLabel('Filter by name').fill('عمر')
    await few.locator(`${place} :is(.people-list, .rows) > li`).filter({ hasText: 'عمر' }).waitFor()
    foundIn[place] = await few.locator(`${place} :is(.people-list, .rows) > li`).count()
  }
  await few.goto(`/#/room/${rooms.other}`)
  await few.getByRole('button', { name: 'Search in this room' }).click()
  await few.getByRole('searchbox').fill('anybody')
  await few.locator('.search-hit').first().waitFor()
  const foundInPages = await few.locator('.search [role=status]').innerText()
  await paged.close()

  // A phone: the list, the room, the panel that covers it, and the way back.
  const phone = await open(ann, { path: '/#/', phone: true, viewport: SMALLEST })
  const log = phone.getByRole('log')
  const panel = phone.locator('.panel')
  await phone.locator('.sidebar-room').nth(1).waitFor()
  await look(phone, 'list')
  await phone.locator(`.sidebar-room[href$="${rooms.long}"]`).click()
  await log.waitFor()
  await look(phone, 'room')
  await phone.getByRole('button', { name: 'Members' }).click()
  await panel.getByText(quay).waitFor()
  await look(phone, 'members')
  await phone.goBack()
  await panel.waitFor({ state: 'detached' })
  const back = { stays: phone.url().endsWith(rooms.long) }
  await phone.locator('.room-topic').click()
  await phone.locator('dialog[open] a[href^="https://"]').waitFor()
  await look(phone, 'topic')
  await phone.keyboard.press('Escape')
  await phone.locator('.room-topic').click()
  await phone.locator('dialog[open]').waitFor()
  await phone.goBack()
  await phone.locator('.sidebar-room').nth(1).waitFor()
  const leftOpen = await phone.locator('dialog[open]').count()
  await as(bob, `/api/v1/rooms/${rooms.other}/messages`, { text: `@${ann.name} come and look` })
  await phone.goto('/#/')
  await phone.locator('.sidebar-unread').waitFor()
  await phone.getByRole('button', { name: /^Menu of Town/ }).click()
  await phone.getByRole('menuitem', { name: 'Mark all as read' }).click()
  await phone.locator('.sidebar-unread').waitFor({ state: 'detached' })
  await phone.getByRole('button', { name: 'Menu of Quay' }).click()
  await phone.getByRole('menuitemradio', { name: 'Notify of mentions', checked: true }).waitFor()
  await phone.getByRole('menuitem', { name: 'Leave' }).click()
  await phone.getByRole('dialog').getByText('You leave Quay.').waitFor()
  await look(phone, 'leave')
  await phone.keyboard.press('Escape')
  await phone.getByRole('button', { name: /^Notifications/ }).click()
  await panel.locator('li button').first().click()
  await log.getByText('come and look').waitFor()
  await panel.waitFor({ state: 'detached' })
  back.shows = phone.url().includes(rooms.other)
  await phone.goBack()
  await panel.locator('li button').first().waitFor()
  back.leadsToTheList = true

  // A desktop: what is beside a room goes along into the next one, and a thread does not.
  const desk = await open(bob, { path: `/#/room/${rooms.long}`, viewport: DESKTOP })
  const go = (room) =>
    desk.evaluate((to) => {
      location.hash = `#/room/${to}`
    }, room)
  const beside = desk.locator('.panel')
  await desk.getByRole('button', { name: 'Members' }).click()
  await beside.getByText(quay).waitFor()
  await look(desk, 'beside')
  await go(rooms.other)
  await beside.getByText('People · 5').waitFor()
  const indents = await beside.locator('bdi').evaluateAll((names) =>
    names.map((name) => {
      const text = document.createRange()
      text.selectNodeContents(name)
      return Math.round(text.getBoundingClientRect().left - name.parentElement.getBoundingClientRect().left)
    }),
  )
  await beside.getByText(quay).click()
  const dot = beside.locator('.profile .presence')
  await dot.waitFor()
  const { width, height } = await dot.boundingBox()
  await look(desk, 'profile')
  const message = desk.getByRole('log').locator('[data-seq]').filter({ hasText: 'come and look' })
  await message.hover()
  await message.getByRole('button', { name: 'Open the thread' }).click()
  await beside.locator('textarea').waitFor()
  await go(rooms.long)
  await beside.waitFor({ state: 'detached' })

  // Emoji have their colours, where the machine has any.
  const inColour = await desk.evaluate(() => {
    const isColoured = (family, text) => {
      const pen = new OffscreenCanvas(60, 60).getContext('2d')
      pen.font = `40px ${family}`
      pen.fillText(text, 5, 45)
      const { data } = pen.getImageData(0, 0, 60, 60)
      return data.some((_, at) => at % 4 === 0 && Math.abs(data[at] - data[at + 2]) > 40)
    }
    const { fontFamily } = getComputedStyle(document.querySelector('.message .text'))
    const width = (family, text) => {
      const pen = new OffscreenCanvas(60, 60).getContext('2d')
      pen.font = `40px ${family}`
      return Math.round(pen.measureText(text).width)
    }
    const alone = '"Noto Color Emoji"'
    const wrong = (text) =>
      isColoured(alone, text) && (!isColoured(fontFamily, text) || width(alone, text) !== width(fontFamily, text))
    return { wrong: ['😂', '👍', '♉', '🇩🇪', '👩🏽‍🚀'].filter(wrong), text: isColoured(fontFamily, '1☎a') }
  })

  // The name of an emoji becomes the emoji.
  const field = desk.locator('.room-foot textarea')
  await field.pressSequentially('well done :tada: `:tada:` 12:30:')
  await desk.waitForFunction(() => document.querySelector('.room-foot textarea').value.includes('🎉'))
  const typed = await field.inputValue()
  await field.fill('')

  // On paper there is the conversation alone.
  await desk.emulateMedia({ media: 'print', colorScheme: 'dark' })
  await desk.waitForFunction(() => document.documentElement.dataset.theme === 'dark')
  const paper = await desk.evaluate(() => {
    const code = document.querySelector('.room-rows pre')
    return {
      list: getComputedStyle(document.querySelector('.sidebar')).display,
      flows: getComputedStyle(document.querySelector('.room-timeline')).overflow,
      ink: getComputedStyle(document.querySelector('.message-text')).color,
      cut: code.scrollWidth > code.clientWidth || code.scrollHeight > code.clientHeight,
    }
  })
  await desk.emulateMedia({ media: null, colorScheme: 'light' })

  // An address at which a program posts.
  await desk.goto('/#/settings/bots')
  await desk.getByRole('combobox', { name: 'Room' }).selectOption({ index: 1 })
  const form = desk.locator('form').filter({ hasText: 'Incoming webhook' })
  await form.getByLabel('Name').fill('builds')
  await form.getByRole('button', { name: 'Make the address' }).click()
  const address = await desk.getByLabel('Address of the webhook').inputValue()
  await look(desk, 'webhook')
  await as({ token: '' }, new URL(address).pathname, { text: 'build 7 is green :white_check_mark: at 12:30:59' })
  await go(address.split('/').at(-2))
  await desk.getByRole('log').getByText('build 7 is green ✅ at 12:30:59').waitFor()

  // Somebody whose name is long is moderated; names that are refused are said where they stand.
  await desk.goto(`/#/space/${asked.space}/members`)
  await desk.locator('.row').filter({ hasText: quay }).getByRole('button', { name: 'Moderate' }).click()
  await desk.locator('dialog[open]').getByRole('button', { name: 'Kick' }).waitFor()
  await look(desk, 'moderate')
  await desk.locator('dialog[open]').getByRole('button', { name: 'Ban' }).click()
  const asks = await desk.locator('dialog[open]').getByText('no invite brings them back').innerText()
  await desk.getByRole('button', { name: 'Cancel' }).click()
  const nobody = await open(null, { path: `/#/invite/${asked.code}`, phone: true, viewport: SMALLEST })
  forgive(/40[03]/)
  await nobody.getByLabel('Name', { exact: true }).fill('n'.repeat(40))
  await nobody.getByLabel('Password').fill('correct horse staple')
  await nobody.getByRole('button', { name: 'Create an account' }).click()
  await nobody.locator('[aria-invalid="true"]').first().waitFor()
  const blamed = await nobody.locator('[aria-invalid="true"]').evaluateAll((all) => all.map(({ name }) => name))
  await nobody.getByLabel('Name', { exact: true }).fill(bob.name)
  forgive(/409/)
  await nobody.getByRole('button', { name: 'Create an account' }).click()
  await nobody.getByText('this name is taken').waitFor()
  await look(nobody, 'refused')
  const blamedForNothing = await nobody.locator('[aria-invalid="true"]').count()

  return { wide, lineInSight, back, round: Math.abs(width - height) < 1, typed, paper, blamed, newcomer, leftOpen, asks, hereInOne, indents, blamedForNothing, heading, foundIn, foundInPages, inColour }
})
