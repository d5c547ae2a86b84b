import { expect, test, vi } from 'vitest'
import { addressed, fromHere, leaveRoom, read, roomLink, route, screenLink } from './route'

test('a browser that comes back from the provider of single sign-on brings its code', () => {
  expect(read('#sso=a-b_c')).toEqual({ at: 'screen', name: 'sso', rest: ['a-b_c'] })
  expect(read('#identity=abc')).toEqual({ at: 'screen', name: 'identity', rest: ['abc'] })
  expect(read('#/sso')).toEqual({ at: 'screen', name: 'sso', rest: [] })
})

test('links lead where they were made for', () => {
  expect(read(roomLink('r/1', 7))).toEqual({ at: 'room', room: 'r/1', seq: 7 })
  expect(read(screenLink('invite', 'a/b#c'))).toEqual({ at: 'screen', name: 'invite', rest: ['a/b#c'] })
  expect(read('#/')).toEqual({ at: 'home' })
  expect(read('#/room/%ff')).toEqual({ at: 'room', room: '%ff', seq: null })
})

test('a notification leads to its account and its message', () => {
  expect(addressed('#/as/a%2F1/room/r1/7')).toEqual(['a/1', '#/room/r1/7'])
  expect(addressed('#/room/r1')).toBeNull()
  expect(addressed('#/as/a1')).toBeNull()
})

test('what took a moment does not take back somebody who has gone elsewhere', () => {
  const address = { hash: '#/room/r1' }
  vi.stubGlobal('location', address)
  const [stay, leave] = [fromHere(), fromHere()]
  stay('#/room/r2')
  expect(address.hash).toBe('#/room/r2')
  address.hash = '#/settings'
  leave('#/')
  expect(address.hash).toBe('#/settings')
  vi.unstubAllGlobals()
})

test('whoever leaves a room that they are not looking at stays where they are', () => {
  const replaceState = vi.fn()
  vi.stubGlobal('history', { replaceState })
  for (const here of ['#/room/r1/7', '#/settings', '#/']) {
    route.value = read(here)
    leaveRoom('r2')
    expect(route.value).toEqual(read(here))
  }
  route.value = read('#/room/r1/7')
  leaveRoom('r1')
  expect(route.value).toEqual({ at: 'home' })
  expect(replaceState).toHaveBeenCalledOnce()
  vi.unstubAllGlobals()
})
