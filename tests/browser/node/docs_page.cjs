'use strict'
// Opens /api/docs in chromium and uses it as a person would; says what it saw as one line of JSON.
// Asks for: origin, token, path of the operation to try, a folder for pictures, a description in place of the real one.

const { chromium } = require('playwright-core')
const { readFileSync } = require('node:fs')

const [origin, token, path, folder, stub] = process.argv.slice(2)

async function main() {
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] })
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
  if (stub) {
    const body = readFileSync(stub, 'utf8')
    await page.route('**/api/openapi.json', (route) => route.fulfill({ contentType: 'application/json', body }))
  }
  const description = page.waitForResponse((response) => response.url() === `${origin}/api/openapi.json`)
  await page.goto(`${origin}/api/docs`)
  const { paths } = await (await description).json()
  const methods = new Set(['get', 'put', 'post', 'delete', 'patch', 'head', 'options'])
  const expected = Object.values(paths).flatMap((one) => Object.keys(one).filter((key) => methods.has(key))).length
  await page.waitForFunction(
    (count) => {
      window.scrollTo(0, document.body.scrollHeight) // operations are shown as they come into view
      return document.querySelectorAll('.opblock').length >= count
    },
    expected,
    { timeout: 60_000, polling: 100 },
  )
  const shown = await page.locator('.opblock').count()
  await page.evaluate(() => window.scrollTo(0, 0))
  await page.screenshot({ path: `${folder}/docs.png` })

  await page.locator('button.authorize').first().click()
  await page.locator('.modal-ux input[type=text], .modal-ux input[type=password]').first().fill(token)
  await page.locator('.modal-ux button.authorize').first().click()
  await page.locator('.modal-ux button.btn-done').first().click()

  const operation = page.locator('.opblock-get', { has: page.locator(`[data-path="${path}"]`) }).first()
  await operation.locator('.opblock-summary').click()
  const answered = page.waitForResponse((response) => new URL(response.url()).pathname === path)
  await operation.locator('button.execute').click()
  const answer = await answered
  await operation.locator('.live-responses-table .response-col_status').first().waitFor()
  await operation.scrollIntoViewIfNeeded()
  await page.screenshot({ path: `${folder}/tried.png` })
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
