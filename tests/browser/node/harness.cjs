'use strict'
// What every script that uses the browser client needs: a browser, pages that are signed in, and what went wrong in
// them. A script is `scenario(async ({ asked, open … }) => ({ … }))`; what it gives is said as one line of JSON, with
// `errors`, `reports` and `foreign` of all pages beside it. `asked` is what the test gave (`tests/browser/driving.py`).

const { readFileSync } = require('node:fs')
const { connect, createServer } = require('node:net')
const { join } = require('node:path')
const { launch } = require('./browser.cjs')

const PHONE = { width: 360, height: 740 }
const DESKTOP = { width: 1280, height: 800 }
const DEADLINE = 30_000
const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8')

/** `options`: of `launch`. */
function scenario(play, options) {
  run(play, options).catch((error) => {
    console.error(error)
    process.exit(1)
  })
}

async function run(play, options) {
  const asked = JSON.parse(process.argv[2])
  const browser = await launch(options)
  const stage = new Stage(browser, asked)
  let said
  try {
    said = await play(stage)
  } catch (error) {
    await stage.tellOfPages()
    throw error
  } finally {
    await browser.close()
    stage.proxies.forEach((proxy) => proxy.close())
  }
  console.log(JSON.stringify({ ...stage.seen, ...said }))
}

class Stage {
  constructor(browser, asked) {
    this.browser = browser
    this.asked = asked
    this.pages = []
    this.proxies = []
    // Of all pages: errors of scripts and of the console, reports of the policy, addresses of other hosts.
    this.seen = { errors: [], reports: [], foreign: [] }
    this.forgiven = []
    for (const name of ['open', 'context', 'tab', 'forgive', 'picture', 'axe', 'proxy'])
      this[name] = this[name].bind(this)
  }

  /**
   * A page of the client in a browser profile of its own, signed in as `account` (`{ id, name, token }`), or as nobody.
   * `phone`, `theme` ('light', 'dark') and Playwright's options of a context say how it looks.
   */
  async open(account, { path = '/', ...options } = {}) {
    return this.tab(await this.context(account, options), path)
  }

  async context(account, { origin = this.asked.origin, phone = false, theme = 'light', ...options } = {}) {
    const context = await this.browser.newContext({
      baseURL: origin,
      viewport: phone ? PHONE : DESKTOP,
      hasTouch: phone,
      colorScheme: theme,
      locale: 'en-GB',
      ...options,
    })
    context.setDefaultTimeout(DEADLINE)
    await context.exposeFunction('chatdReported', (report) => this.seen.reports.push(report))
    await context.addInitScript(() => {
      document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI, sample, sourceFile }) =>
        window.chatdReported(`${violatedDirective} ${blockedURI} ${sample} ${sourceFile}`),
      )
    })
    if (account) await context.addInitScript(remember, { ...account, display_name: account.name })
    return context
  }

  /** Another page of the same profile. */
  async tab(context, path = '/') {
    const page = await context.newPage()
    this.pages.push(page)
    const { seen } = this
    page.on('pageerror', (error) => this.blame(`${error.stack ?? error}`))
    page.on('console', (said) => said.type() === 'error' && this.blame(`${said.text()} ${said.location().url}`))
    page.on('request', (request) => {
      const url = new URL(request.url())
      if (url.protocol.startsWith('http') && url.hostname !== new URL(this.asked.origin).hostname)
        seen.foreign.push(request.url())
    })
    await page.goto(path)
    await page.locator('#app > *').first().waitFor()
    return page
  }

  /** What may be among the errors from now on, such as connections of a server that is killed. */
  forgive(pattern) {
    this.forgiven.push(pattern)
  }

  blame(error) {
    if (!this.forgiven.some((pattern) => pattern.test(error))) this.seen.errors.push(error)
  }

  /** Keeps how the page looks with CHATD_TEST_PICTURES=FOLDER; nobody else looks at it, and to draw it takes long. */
  async picture(page, name) {
    if (this.asked.pictures) await this.draw(page, name)
  }

  async draw(page, name) {
    await page.screenshot({ path: join(this.asked.folder, `${name}.png`) })
  }

  /** What axe finds in the page, or in a part of it: a line for each. `rules`: these only; `seen`: a part that it passes. */
  async axe(page, within = 'body', rules = null, seen = null) {
    // Through the debugger, which the page's policy does not bind. Half a megabyte: once for each document.
    if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(AXE)
    return page.evaluate(async ([part, only, passed]) => {
      const options = only === null ? {} : { runOnly: only }
      const where = { include: [part], exclude: passed === null ? [] : [passed] }
      const { violations } = await window.axe.run(where, { resultTypes: ['violations'], ...options })
      return violations.flatMap(({ id, help, nodes }) =>
        nodes.map(({ target, html }) => `${id}: ${help}: ${target.join(' ')} ${html.slice(0, 200)}`),
      )
    }, [within, rules, seen])
  }

  /**
   * A way to the server that can be cut; give its `origin` to `open`. Playwright's own switch for being offline only
   * freezes a WebSocket that is open.
   */
  async proxy() {
    const proxy = new Proxy(Number(new URL(this.asked.origin).port))
    await proxy.listen()
    this.proxies.push(proxy)
    return proxy
  }

  /** For people: why a scenario that failed did. */
  async tellOfPages() {
    for (const [number, page] of this.pages.entries()) {
      if (page.isClosed()) continue
      await this.draw(page, `failed-${number}`).catch(() => undefined)
      const shown = await page.locator('body').innerText({ timeout: 1000 }).catch(() => '')
      console.error(`page ${number}, ${page.url()}:\n${shown.slice(0, 1500)}`)
    }
    console.error(JSON.stringify(this.seen, null, 1), `pictures: ${this.asked.folder}`)
  }
}

class Proxy {
  constructor(port) {
    this.port = port
    this.pairs = new Set()
    this.open = true
    this.server = createServer((client) => this.join(client))
  }

  listen() {
    return new Promise((listening) => this.server.listen(0, '127.0.0.1', listening))
  }

  get origin() {
    return `http://127.0.0.1:${this.server.address().port}`
  }

  /** Ends every connection, and refuses others until `mend`. */
  cut() {
    this.open = false
    for (const pair of this.pairs) pair.forEach((end) => end.destroy())
  }

  mend() {
    this.open = true
  }

  /** Nothing passes, and nobody is told, until `thaw`. */
  freeze() {
    for (const pair of this.pairs) pair.forEach((end) => end.pause())
  }

  thaw() {
    for (const pair of this.pairs) pair.forEach((end) => end.resume())
  }

  close() {
    this.cut()
    this.server.close()
  }

  join(client) {
    if (!this.open) {
      client.destroy()
      return
    }
    const server = connect(this.port, '127.0.0.1')
    const pair = [client, server]
    this.pairs.add(pair)
    for (const [from, to] of [pair, [server, client]]) {
      from.on('data', (data) => to.write(data))
      from.on('error', () => to.destroy())
      from.on('close', () => {
        to.destroy()
        this.pairs.delete(pair)
      })
    }
  }
}

/** In the page, before anything of it runs: the account as the client keeps it after signing in. */
function remember({ id, name, display_name, token }) {
  if (localStorage.getItem('chatd.accounts') !== null) return
  const endless = Date.now() + 30 * 86_400_000
  const kept = { id, name, display_name, access_token: token, refresh_token: '', expires_at: endless }
  localStorage.setItem('chatd.accounts', JSON.stringify([kept]))
}

module.exports = { scenario, PHONE, DESKTOP }
