'use strict'
// Two people talk in one room. Asks for: ann, bob, room.

const { scenario } = require('./harness.cjs')

const write = async (page, text) => {
  const field = page.locator('textarea').first()
  await field.fill(text)
  await field.press('Enter')
}
const reads = (page, text) => page.getByRole('log').getByText(text, { exact: true }).first().waitFor()

scenario(async ({ asked, open, context, tab, picture, proxy, forgive }) => {
  const { ann, bob, room } = asked
  const path = `/#/room/${room}`
  const line = await proxy()

  const desk = await open(ann, { path })
  const hers = await context(bob, { phone: true, theme: 'dark', origin: line.origin })
  const loaded = []
  hers.on('response', (response) => loaded.push(response))
  const phone = await tab(hers, path)
  await desk.locator('textarea').first().waitFor()
  await phone.locator('textarea').first().waitFor()
  const assets = loaded.filter((response) => /\.(js|css)$/.test(response.url()))
  const large = assets.filter((response) => Number(response.headers()['content-length']) > 1024)
  const codings = large.map((response) => response.headers()['content-encoding'])

  await write(desk, 'high water at seven')
  await reads(phone, 'high water at seven')
  await write(phone, 'and the wind?')
  await reads(desk, 'and the wind?')
  await picture(desk, 'client-desk')
  await picture(phone, 'client-phone')

  forgive(/WebSocket connection|ERR_/)
  line.cut()
  await write(phone, 'written while the line was down')
  line.mend()
  await reads(desk, 'written while the line was down')

  await phone.reload()
  await phone.locator('textarea').first().waitFor()
  const asked_again = await phone.evaluate(() => {
    const came = performance.getEntriesByType('resource').filter(({ name }) => name.includes('/assets/'))
    return came.filter(({ transferSize }) => transferSize > 0).map(({ name }) => new URL(name).pathname)
  })
  return {
    read: ['high water at seven', 'and the wind?'],
    after_the_cut: ['written while the line was down'],
    asked_again,
    codings,
  }
})
