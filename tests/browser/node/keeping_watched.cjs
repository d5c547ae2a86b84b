'use strict'
// A member watches a room while somebody who runs the server sets rules and a legal hold. Asks for: ann, bob, space,
// room, owner. Then she moderates him, while an owner gives him other roles.

const { scenario } = require('./harness.cjs')

scenario(async ({ asked, open, axe, picture }) => {
  const { ann, bob, space, room, owner } = asked
  const member = await open(bob, { path: `/#/room/${room}` })
  const log = member.getByRole('log')
  const old = log.getByText(/old words/)
  await log.getByText('words of today').waitFor()
  await old.nth(2).waitFor()
  await member.getByRole('button', { name: 'Members', exact: true }).first().click()
  await member.getByRole('complementary').waitFor()
  const note = member.locator('.people-note').filter({ hasText: /erased/ })
  const said = async (text) => {
    await note.filter({ hasText: text }).waitFor()
    return note.allInnerTexts()
  }
  const before = await note.allInnerTexts()

  const admin = await open(ann, { path: `/#/space/${space}/overview` })
  const press = (name) => admin.getByRole('dialog').last().getByRole('button', { name, exact: true }).click()
  const question = admin.getByRole('dialog').locator('.confirm-text')
  const toggle = async (name) => {
    await admin.getByRole('button', { name, exact: true }).click()
    await question.waitFor()
    const told = await question.innerText()
    await press(name)
    await question.waitFor({ state: 'hidden' })
    return told
  }
  const description = await admin.getByLabel('Description').inputValue()
  await toggle('Begin a legal hold')
  const held = await said('A legal hold stands')
  const box = await member.getByRole('complementary').getByRole('searchbox').boundingBox()
  await picture(member, 'keeping-watched-held')

  const kept = admin.getByLabel('Messages are kept')
  await kept.selectOption('days')
  await admin.getByLabel('Days').fill('90')
  await admin.locator('form', { has: kept }).getByRole('button', { name: 'Save' }).click()
  await question.waitFor()
  const asked_under_hold = await question.innerText()
  await picture(admin, 'keeping-watched-asked')
  await press('Erase them')
  await question.waitFor({ state: 'hidden' })
  const during_hold = await old.count()

  const ended = await toggle('End the legal hold')
  const of_space = await said('after 90 days')
  await old.first().waitFor({ state: 'hidden' })
  await log.getByText('words of today').waitFor()
  await picture(member, 'keeping-watched-erased')
  const found = await axe(member)

  await admin.evaluate((to) => {
    location.hash = to
  }, `#/space/${space}/rooms`)
  await admin.getByRole('listitem').filter({ hasText: 'Log book' }).getByRole('button', { name: 'Settings' }).click()
  await kept.waitFor()
  await kept.selectOption('days')
  await admin.getByLabel('Days').fill('30')
  await admin.locator('form', { has: kept }).getByRole('button', { name: 'Save' }).click()
  await question.waitFor()
  await press('Erase them')
  const of_room = await said('after 30 days')
  await picture(member, 'keeping-watched-room')

  await admin.evaluate((to) => {
    location.hash = to
  }, `#/space/${space}/members`)
  await admin.getByRole('listitem').filter({ hasText: bob.name }).getByRole('button', { name: 'Moderate' }).click()
  const give = async (role) => {
    const answer = await fetch(`${asked.origin}/api/v1/spaces/${space}/members/${bob.id}/role`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${owner.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ role }),
    })
    if (!answer.ok) throw new Error(await answer.text())
  }
  await give('moderator')
  await admin.waitForFunction(() => document.querySelector('dialog select')?.value === 'moderator')
  await give('admin') // whom an admin cannot ban
  await press('Ban')
  await question.waitFor()
  await press('Ban')
  await admin.locator('.toast-error').waitFor()
  const refused = await admin.locator('.toast-error').innerText()
  return { description, refused, asked_under_hold, ended, before, held, during_hold, of_space, of_room, field: box.height, found }
})
