'use strict'
// Opens /monitor in chromium as an operator would; says what it saw as one line of JSON.
// Asks for one argument, as JSON: origin, the tokens admin, member and wrong, a room of the member's, a folder for
// pictures.

const { launch } = require('./browser.cjs')

const { origin, admin, member, wrong, room, folder } = JSON.parse(process.argv[2])

async function post(text) {
  const response = await fetch(`${origin}/api/v1/rooms/${room}/messages`, {
    method: 'POST',
    headers: { authorization: `Bearer ${member}`, 'content-type': 'application/json' },
    body: JSON.stringify({ text }),
  })
  if (response.status !== 201 && response.status !== 200) throw new Error(await response.text())
}

async function main() {
  const browser = await launch()
  const page = await browser.newPage({ viewport: { width: 1280, height: 860 }, colorScheme: 'light' })
  const seen = { asked: [], reports: [], errors: [], refused: {}, tabs: {} }
  page.on('request', (request) => seen.asked.push(request.url()))
  page.on('pageerror', (error) => seen.errors.push(String(error)))
  await page.exposeFunction('reported', (report) => seen.reports.push(report))
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) =>
      window.reported(`${event.violatedDirective} ${event.blockedURI}`),
    )
  })
  const picture = async (name) => {
    if (folder) await page.screenshot({ path: `${folder}/${name}.png` }) // for people: to draw it takes long
  }
  const stored = () =>
    page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie]))
  const signIn = async (token) => {
    await page.fill('#token', token)
    await page.click('#sign-in button')
  }

  await page.goto(`${origin}/monitor`)
  for (const [who, token] of Object.entries({ wrong, member })) {
    await signIn(token)
    await page.waitForFunction(() => document.getElementById('wrong').textContent)
    seen.refused[who] = await page.textContent('#wrong')
    await page.evaluate(() => (document.getElementById('wrong').textContent = ''))
  }
  await picture('sign-in')

  await signIn(admin)
  await page.waitForSelector('#streams tbody tr td.number')
  seen.state = await page.textContent('#state')
  seen.stored = await stored()
  for (let number = 0; number < 5; number += 1) await post(`a secret ${number}`)
  const busy = page.locator('#busiest tbody tr', { hasText: 'Square' })
  await busy.first().waitFor()
  await page.waitForFunction(() => document.querySelectorAll('#chart-rate polyline[points*=" "]').length)
  await picture('streams')

  const rows = (text) => page.locator('#events tbody tr', { hasText: text })
  await page.click('nav a[href="#events"]')
  await rows('message.posted').first().waitFor()
  const before = await rows('message.posted').count()
  await post('a secret that comes live')
  await page.waitForFunction(
    (count) => [...document.querySelectorAll('#events tbody tr')].filter((row) => row.textContent.includes('message.posted')).length > count,
    before,
  )
  await picture('events')
  seen.text = await page.textContent('#events')
  await page.fill('#filter-type', 'room.created')
  seen.filtered = await page.locator('#events tbody tr b').allTextContents()
  await page.fill('#filter-type', 'message.posted')
  await page.click('#pause')
  const paused = await page.locator('#events tbody tr').count()
  await post('a secret while it rests')
  await page.waitForResponse((response) => response.url().includes('/api/v1/server/top')) // it still asks
  seen.paused = (await page.locator('#events tbody tr').count()) - paused
  await page.click('#pause')
  await page.waitForFunction((count) => document.querySelectorAll('#events tbody tr').length > count, paused)
  await page.fill('#filter-type', '')
  await rows('message.posted').first().locator('button.link').click() // this stream alone
  await page.waitForFunction((id) => document.getElementById('filter-stream').value === `room/${id}`, room)
  await rows('message.posted').first().waitFor()
  seen.streams = await page.locator('#events tbody button.link').evaluateAll((all) => all.map((one) => one.title))

  await page.emulateMedia({ colorScheme: 'dark' })
  for (const tab of ['followers', 'actors', 'sessions', 'commits']) {
    await page.click(`nav a[href="#${tab}"]`)
    await page.waitForSelector(`#${tab} tbody tr td:not(.empty)`)
    seen.tabs[tab] = await page.locator(`#${tab} tbody tr`).evaluateAll((all) => all.map((row) => row.textContent))
    await picture(tab)
  }
  await page.click('#sign-out')
  await page.check('#keep')
  await signIn(admin)
  await page.waitForSelector('#monitor:not([hidden])')
  await page.reload()
  await page.waitForSelector('#monitor:not([hidden])')
  seen.kept = await stored()
  await page.click('#sign-out')
  seen.left = await stored()
  await browser.close()
  console.log(JSON.stringify(seen))
}

main().catch((error) => {
  console.error(error)
  process.exit(1)
})
