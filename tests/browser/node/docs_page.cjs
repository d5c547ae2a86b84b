'use strict'
// Opens /api/docs in chromium and uses it as a person would; says what it saw as one line of JSON.
// Asks for: origin, token, path of the operation to try.

const { launch } = require('./browser.cjs')

const [origin, token, path] = process.argv.slice(2)

// Goes down the page, a screen at a time, until something holds: only what is in view exists.
async function scrolled(page, holds) {
  await page.evaluate(() => window.scrollTo(0, 0))
  for (;;) {
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 50))))
    if (await holds()) return
    const moved = await page.evaluate(() => {
      const before = window.scrollY
      window.scrollBy(0, window.innerHeight / 2)
      return window.scrollY > before
    })
    if (!moved) return
  }
}

async function collected(page) {
  const operations = new Set()
  await scrolled(page, async () => {
    const ids = await page.locator('.opblock').evaluateAll((found) => found.map(({ id }) => id))
    ids.forEach((id) => operations.add(id))
  })
  return operations.size
}

async function main() {
  const browser = await launch()
  const page = await browser.newPage({ viewport: { width: 1200, height: 1400 } })
  const seen = { asked: [], reports: [], errors: [] }
  page.on('request', (request) => seen.asked.push(request.url()))
  page.on('pageerror', (error) => seen.errors.push(String(error)))
  page.on('console', (said) => said.type() === 'error' && seen.errors.push(said.text()))
  await page.exposeFunction('reported', (report) => seen.reports.push(report))
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) =>
      window.reported(`${event.violatedDirective} ${event.blockedURI}`),
    )
  })
  const description = page.waitForResponse((response) => response.url() === `${origin}/api/openapi.json`)
  await page.goto(`${origin}/api/docs`)
  const { paths, servers } = await (await description).json()
  const methods = new Set(['get', 'put', 'post', 'delete', 'patch', 'head', 'options'])
  const expected = Object.values(paths).flatMap((one) => Object.keys(one).filter((key) => methods.has(key))).length
  await page.locator('.opblock').first().waitFor({ timeout: 60_000 })
  seen.warnings = await page.getByText(/^(Warning|Errors?)$/).allTextContents()
  const shown = await collected(page)

  await page.locator('button.authorize').first().click()
  await page.locator('.modal-ux input[type=text], .modal-ux input[type=password]').first().fill(token)
  await page.locator('.modal-ux button.authorize').first().click()
  await page.locator('.modal-ux button.btn-done').first().click()

  const operation = page.locator('.opblock-get', { has: page.locator(`[data-path="${path}"]`) }).first()
  await scrolled(page, async () => (await operation.count()) > 0)
  await operation.locator('.opblock-summary').click()
  const answered = page.waitForResponse((response) => new URL(response.url()).pathname === servers[0].url + path)
  await operation.locator('button.execute').click()
  const answer = await answered
  await operation.locator('.live-responses-table .response-col_status').first().waitFor()
  await operation.scrollIntoViewIfNeeded()
  seen.prefilled = await operation.locator('.parameters input').evaluateAll((all) => all.map(({ value }) => value))
  seen.sent = answer.request().headers().authorization
  seen.status = answer.status()
  seen.stored = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie]))
  await browser.close()
  console.log(JSON.stringify({ ...seen, shown, expected }))
}

main().catch((error) => {
  console.error(error)
  process.exit(1)
})
