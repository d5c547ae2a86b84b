import { expect, test } from 'vitest'
import { draftsOf, forgetSaved } from './browser'
import { keysOf, store, stored } from './storage'

test('of a device that was ended only the drafts stay that are nowhere else', () => {
  store(`${draftsOf('ann')}room/`, { text: 'on the server too', saved: true })
  store(`${draftsOf('ann')}other/`, { text: 'only here', saved: false })
  store(`${draftsOf('bob')}room/`, { text: "another account's", saved: true })
  store('chatd.searches.ann', ['tea'])
  forgetSaved('ann')
  expect(keysOf('chatd.drafts.').sort()).toEqual([`${draftsOf('ann')}other/`, `${draftsOf('bob')}room/`])
  expect(stored('chatd.searches.ann')).toBeNull()
})
