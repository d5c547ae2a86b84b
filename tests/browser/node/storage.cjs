'use strict'
// A browser that keeps nothing: its storage is denied, or full. Asks for: ann (with a password) and room.

const { scenario } = require('./harness.cjs')

const TEXT = 'kept nowhere'

scenario(async ({ asked, context, tab }) => {
  const said = {}
  for (const how of ['denied', 'full']) {
    const profile = await context(null)
    await profile.addInitScript((way) => {
      const refuse = (name) => () => {
        throw new DOMException(way, name)
      }
      if (way === 'denied')
        for (const name of ['localStorage', 'sessionStorage', 'indexedDB'])
          Object.defineProperty(window, name, { get: refuse('SecurityError') })
      else {
        Storage.prototype.setItem = refuse('QuotaExceededError')
        IDBObjectStore.prototype.put = refuse('QuotaExceededError')
      }
    }, how)
    const page = await tab(profile, `/#/room/${asked.room}`)
    await page.getByLabel('Name').first().fill(asked.ann.name)
    await page.getByLabel('Password').first().fill(asked.password)
    await page.keyboard.press('Enter')
    const field = page.locator('textarea').first()
    await field.fill(TEXT)
    await field.press('Enter')
    await page.getByRole('log').getByText(TEXT, { exact: true }).first().waitFor()
    await page.evaluate(() => dispatchEvent(new Event('pagehide')))
    const told = page.getByText('keeps nothing')
    await told.first().waitFor()
    said[how] = await told.count()
    await profile.close()
  }
  return said
})
