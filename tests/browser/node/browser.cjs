'use strict'
// Starts the browser of the tests: chromium as Debian has it.

const { existsSync } = require('node:fs')
const { chromium } = require('playwright-core')

const CHROMIUM = '/usr/bin/chromium'
// Where it is installed: the same without what shows windows and notifications, for two thirds of the processor.
const SHELL = '/usr/bin/chromium-headless-shell'
const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-background-networking']

/** `notifies`: it shows notifications; `flags`: others, beside those that all have. */
function launch({ notifies = false, flags = [] } = {}) {
  const executablePath = notifies || !existsSync(SHELL) ? CHROMIUM : SHELL
  return chromium.launch({ executablePath, args: [...FLAGS, ...flags] })
}

module.exports = { launch }
