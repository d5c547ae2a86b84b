'use strict'
// Somebody who runs the server says for how long messages are kept. Asks for: ann, space, room_name.

const { scenario } = require('./harness.cjs')

scenario(async ({ asked, open, axe, picture }) => {
  const { ann, space, room_name } = asked
  const page = await open(ann, { path: `/#/space/${space}/overview` })
  const kept = page.getByLabel('Messages are kept')
  const question = page.getByRole('dialog').locator('.confirm-text')
  const told = async () => {
    await question.waitFor()
    return question.innerText()
  }
  const gone = () => question.waitFor({ state: 'hidden' })
  const saved = async () => {
    const toast = page.getByText('Saved.')
    await toast.waitFor()
    await page.locator('.toasts').getByRole('button').first().click()
    await toast.waitFor({ state: 'hidden' })
  }
  const press = (name) => page.getByRole('dialog').last().getByRole('button', { name, exact: true }).click()

  await kept.selectOption('days')
  await page.getByLabel('Days').fill('90')
  const save = page.locator('form', { has: kept }).getByRole('button', { name: 'Save' })
  await save.click()
  const of_space = await told()
  await press('Cancel')
  await gone()
  await save.click()
  await told()
  await page.getByLabel('Reason').fill('less is more')
  await press('Erase them')
  await saved()
  const found = await axe(page)
  await picture(page, 'keeping-space')

  await page.evaluate((to) => {
    location.hash = to
  }, `#/space/${space}/rooms`)
  const settings = async () => {
    const row = page.getByRole('listitem').filter({ hasText: room_name })
    await row.getByRole('button', { name: 'Settings' }).click()
    await kept.waitFor()
  }
  await settings()
  const options = await kept.locator('option').allInnerTexts()
  await kept.selectOption('ever')
  await save.click()
  await page.getByText('Saved.').waitFor()
  await kept.selectOption('space')
  await save.click()
  const of_room = await told()
  await press('Erase them') // a dialog that asks takes the place of the one with the settings
  await gone()

  await settings()
  await page.getByRole('button', { name: 'Begin a legal hold' }).click()
  const begun = await told()
  await press('Begin a legal hold')
  await gone()
  await settings()
  await page.getByText('A legal hold stands: nothing is erased.').waitFor()
  await picture(page, 'keeping-room')
  found.push(...(await axe(page)))
  await page.getByRole('button', { name: 'End the legal hold' }).click()
  const ended = await told()
  await press('End the legal hold')
  await gone()
  await settings()
  await page.getByRole('button', { name: 'Begin a legal hold' }).waitFor()
  return { of_space, of_room, begun, ended, options, found }
})
