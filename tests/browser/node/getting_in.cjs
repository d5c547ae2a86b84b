'use strict'
// From the first start into the chat, by every way. Asks for: link (of the first start).

const { createHmac } = require('node:crypto')
const { scenario } = require('./harness.cjs')

const FIRST = 'a lantern over seven still ponds'
const SECOND = 'nine herons left the quiet marsh'

scenario(async ({ asked, open, context, tab, picture, axe, forgive }) => {
  const found = {}
  const looked = async (page, name) => {
    await picture(page, `getting-in-${name}`)
    found[name] = await axe(page)
  }
  const label = (page, text) => page.getByLabel(text, { exact: true })
  const press = (page, name) => page.getByRole('button', { name, exact: true }).click()
  const follow = (page, name) => page.getByRole('link', { name, exact: true }).click()
  const field = (page) => page.locator('textarea').first()

  // The first start: account, space, first room, invite link, chat.
  const ada = await open(null, { path: asked.link })
  await label(ada, 'Name of your team').waitFor()
  const setup_address = ada.url().replace(asked.origin, '').replace(/[^/]+$/, '…')
  const styled = await ada.locator('form').evaluate((form) => getComputedStyle(form).display)
  await looked(ada, 'setup')
  await label(ada, 'Name').fill('ada')
  await label(ada, 'Password').fill('password1')
  await label(ada, 'Name of your team').fill('The office')
  const first_room = await label(ada, 'Name of the first room').inputValue()
  await label(ada, 'Name of the first room').fill('lobby')
  forgive(/400 \(Bad Request\)/)
  await press(ada, 'Begin')
  const weak = await ada.getByRole('alert').innerText()
  await label(ada, 'Password').fill(FIRST)
  await press(ada, 'Begin')
  const invite = await ada.getByRole('textbox', { name: 'Invite link' }).inputValue()
  await looked(ada, 'welcome')
  await press(ada, 'Open the chat')
  await field(ada).fill('who is there?')
  await field(ada).press('Enter')
  await ada.getByRole('log').getByText('who is there?').waitFor()
  const used = await ada.evaluate(() => location.href.includes('setup') || document.referrer.includes('setup'))

  // By the invite.
  const bob = await open(null, { path: invite, phone: true, theme: 'dark' })
  await label(bob, 'How others see you').fill('Bob')
  await label(bob, 'Name').fill('bob')
  await label(bob, 'Password').fill(SECOND)
  await looked(bob, 'invited')
  await press(bob, 'Create an account')
  // There is one room: no choice to make.
  await bob.getByRole('log').getByText('who is there?').waitFor()
  const landed = await bob.getByRole('heading', { level: 1 }).innerText()
  // With two, the next one chooses.
  await ada.getByRole('button', { name: /^Menu of (?!lobby)/ }).first().click()
  await ada.getByRole('menuitem', { name: 'New room' }).click()
  await label(ada, 'Name of the room').fill('engine')
  await ada.getByRole('dialog').locator('button[type=submit]').click()
  await ada.getByRole('heading', { level: 1, name: 'engine' }).waitFor()

  // Out, and in again: with a wrong password, and with a link that somebody sent.
  const me = (page) => page.locator('.sidebar-me')
  const signOut = async (page) => {
    await page.goto('/#/settings/devices')
    await press(page, 'Sign out here')
    await label(page, 'Password').waitFor()
  }
  const signIn = async (page, name, password) => {
    await label(page, 'Name').fill(name)
    await label(page, 'Password').fill(password)
    await press(page, 'Sign in')
  }
  const room = new URL(bob.url()).hash
  await bob.goto('/#/settings/devices')
  const device = await bob.locator('.row').filter({ hasText: 'this device' }).innerText()
  await signOut(bob)
  await looked(bob, 'sign-in')
  await bob.goto(`/${room}`)
  await signIn(bob, 'bob', 'wrong')
  const wrong = await bob.getByRole('alert').innerText()
  await signIn(bob, 'bob', SECOND)
  await bob.getByRole('log').getByText('who is there?').waitFor()

  // A second factor, and a recovery code in its place.
  await ada.goto('/#/settings/security')
  const factor = ada.locator('form').filter({ hasText: 'Second factor' })
  await factor.getByLabel('Your password').fill(FIRST)
  await factor.getByRole('button', { name: 'Set up', exact: true }).click()
  const secret = await ada.locator('.settings-secret').innerText()
  await looked(ada, 'totp')
  await label(ada, 'Code').fill(totp(secret))
  await press(ada, 'Turn on')
  await ada.locator('.settings-codes li').first().waitFor()
  const codes = await ada.locator('.settings-codes li').allInnerTexts()
  await looked(ada, 'recovery-codes')
  await press(ada, 'I have kept them')
  await ada.getByText('The second factor is on.').waitFor()
  const factors = []
  for (const [kind, code] of [['recovery', codes[0]], ['next recovery', codes[1]]]) {
    await signOut(ada)
    await signIn(ada, 'ada', FIRST)
    await label(ada, 'Code of your second factor').fill('000000')
    await press(ada, 'Continue')
    await ada.getByRole('alert').waitFor()
    if (factors.length === 0) await looked(ada, 'second-factor')
    await label(ada, 'Code of your second factor').fill(code)
    await press(ada, 'Continue')
    await me(ada).waitFor()
    factors.push(kind)
  }

  // Single sign-on makes an account; another account beside it; an identity that is connected.
  const eve = await open(null, { path: asked.link })
  await eve.getByText('This link has been used').waitFor()
  await looked(eve, 'setup-used')
  await follow(eve, 'I have an account')
  await press(eve, 'Sign in with Hopper ID')
  await me(eve).waitFor()
  const sso_address = eve.url().replace(asked.origin, '')
  await eve.goto(new URL(invite).hash)
  await looked(eve, 'accept')
  await press(eve, 'Come in')
  const offered = eve.getByRole('dialog')
  await offered.getByText('lobby').waitFor()
  await looked(eve, 'rooms')
  const rooms_offered = await offered.locator('li strong').allInnerTexts()
  await press(eve, 'Close')
  await eve.goto('/#/add-account')
  await looked(eve, 'add-account')
  await signIn(eve, 'bob', SECOND)
  await me(eve).getByText('Bob').waitFor()
  const both = await eve.evaluate(() => JSON.parse(localStorage.getItem('chatd.accounts')).length)

  // Somebody deletes their account, and the other account of this browser connects the identity that is free now.
  await eve.goto('/#/settings/devices')
  await press(eve, 'Switch')
  await me(eve).getByText('member').waitFor()
  await eve.goto('/#/settings/data')
  await label(eve, 'Type member to go on').fill('member')
  await press(eve, 'Delete my account')
  await eve.getByText('Your account is deleted').waitFor()
  await me(eve).getByText('Bob').waitFor()
  await eve.goto('/#/settings/security')
  const identities = eve.locator('form').filter({ hasText: 'Single sign-on' })
  await identities.getByLabel('Your password').fill(SECOND)
  await press(eve, 'Connect with Hopper ID')
  await identities.locator('.row').waitFor()
  const linked = await identities.locator('.row').innerText()
  const after_linking = new URL(eve.url()).hash

  // Passkeys: made in the settings, they sign in alone, and stand in for a code beside the password.
  const authenticator = await passkeys(ada)
  await ada.goto('/#/settings/security')
  await press(ada, 'Add a passkey')
  const adding = ada.getByRole('dialog')
  await looked(ada, 'add-passkey')
  await adding.getByLabel('Your password').fill(FIRST)
  await press(ada, 'Continue')
  await ada.getByText('Added', { exact: false }).waitFor()
  await press(ada, 'Add a passkey')
  await adding.getByLabel('Your password').fill(FIRST)
  await press(ada, 'Continue')
  const twice = await adding.getByText('already').innerText()
  await press(ada, 'Cancel')
  await press(ada, 'Rename')
  await label(ada, 'What it is called').fill('The blue key')
  await press(ada, 'Save')
  await ada.getByText('The blue key', { exact: true }).waitFor()
  await looked(ada, 'passkeys')
  await authenticator.inFields(false)
  await signOut(ada)
  await signIn(ada, 'ada', FIRST)
  await label(ada, 'Code of your second factor').waitFor()
  await looked(ada, 'passkey-instead')
  await press(ada, 'Use a passkey instead')
  await me(ada).waitFor()
  factors.push('passkey')
  await signOut(ada)
  await press(ada, 'Sign in with a passkey')
  await me(ada).waitFor()
  factors.push('passkey alone')
  await authenticator.inFields(true)
  const token = () => ada.evaluate(() => JSON.parse(localStorage.getItem('chatd.accounts'))[0]?.access_token)
  const before = await token()
  await ada.goto('/#/settings/devices')
  await press(ada, 'Sign out here')
  // The fields offer the passkey, and this device takes it at once.
  while ([undefined, before].includes(await token())) await ada.locator('#app > *').first().waitFor()
  await me(ada).waitFor()
  factors.push('passkey in the fields')
  await ada.goto('/#/settings/security')
  await ada.getByText('Last used', { exact: false }).waitFor()
  await ada.locator('.row').filter({ hasText: 'The blue key' }).getByRole('button', { name: 'Remove' }).click()
  await ada.getByRole('dialog').getByLabel('Your password').fill(FIRST)
  await ada.getByRole('dialog').getByRole('button', { name: 'Remove' }).click()
  await ada.getByText('The blue key', { exact: true }).waitFor({ state: 'detached' })
  await signOut(ada)
  forgive(/401|credential/i)
  await press(ada, 'Sign in with a passkey')
  const removed = await ada.getByRole('alert').innerText()

  // Who runs the server makes an account and hands out a link, which sets a password and leads back.
  await signIn(ada, 'ada', FIRST)
  await label(ada, 'Code of your second factor').fill(codes[2])
  await press(ada, 'Continue')
  await me(ada).waitFor()
  await ada.goto('/#/operator')
  await ada.getByText('The server is well').waitFor()
  await looked(ada, 'operator-health')
  await press(ada, 'Check now')
  await ada.getByText('All is well.').waitFor()
  for (const name of ['reports', 'audit', 'accounts']) {
    await ada.goto(`/#/operator/${name}`)
    await ada.locator('.tabs-body h2').first().waitFor()
    await looked(ada, `operator-${name}`)
  }
  await label(ada, 'Name').fill('cleo')
  await press(ada, 'New account')
  const recovery = await label(ada, 'Recovery link').inputValue()
  await looked(ada, 'operator-link')
  const cleo = await context(null)
  const form = await cleo.newPage()
  await form.goto(recovery)
  await form.locator('input[type=password]').first().fill(SECOND)
  await form.locator('button').click()
  await form.getByRole('link', { name: 'Open the chat' }).click()
  await signIn(form, 'cleo', SECOND)
  await me(form).waitFor()
  await ada.locator('.row').filter({ hasText: '@cleo' }).getByRole('button').click()
  await ada.getByRole('menuitem', { name: 'Disable' }).click()
  await looked(ada, 'operator-disable')
  await ada.getByRole('dialog').getByRole('button', { name: 'Disable' }).click()
  await form.getByText('Sign in').first().waitFor()
  const shut_out = await form.getByRole('status').innerText()

  // What an account sets for itself.
  const tabs = ['profile', 'account', 'security', 'devices', 'notifications', 'appearance', 'blocked', 'bots', 'data']
  for (const name of tabs) {
    for (const page of [eve, bob]) {
      await page.goto(`/#/settings/${name}`)
      await page.locator('.tabs-body h2, .tabs-body legend, .tabs-body label').first().waitFor()
      await looked(page, `settings-${name}-${page === eve ? 'desk' : 'phone'}`)
    }
  }

  return {
    axe: found,
    ...{ setup_address, styled, weak, used, rooms_offered, landed, first_room, wrote_first: true },
    ...{ device, wrong, codes: codes.length, factors, sso_address, both, removed, linked, after_linking, shut_out, twice },
  }
})

/** Gives the page a device that keeps passkeys and answers at once, also where fields only offer them. */
async function passkeys(page) {
  const debug = await page.context().newCDPSession(page)
  await debug.send('WebAuthn.enable')
  await debug.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  })
  return {
    inFields: (offered) =>
      page.evaluate((is) => {
        PublicKeyCredential.isConditionalMediationAvailable = async () => is
      }, offered),
  }
}

/** The code of an app at this time (RFC 6238). */
function totp(secret) {
  const bits = [...secret.replaceAll(/[^A-Z2-7]/g, '')]
    .map((letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0'))
    .join('')
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => Number.parseInt(byte, 2)))
  const step = Buffer.alloc(8)
  step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)))
  const digest = createHmac('sha1', key).update(step).digest()
  const at = digest[19] & 15
  return String((digest.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, '0')
}
