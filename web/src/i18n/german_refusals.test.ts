import { afterEach, expect, test } from 'vitest'
import { failure, Lost, Refused } from '../data/refusal'
import { ERROR_CODES } from '../wire/contract'
import { german } from './german_refusals'
import { said, wording } from './said'

afterEach(() => {
  wording.value = null
})

test('in English the server speaks for itself', () => {
  expect(said(new Refused('forbidden', 'only the author may edit a message'))).toBe(
    'only the author may edit a message',
  )
})

test('in German every code has a sentence, and what the server said stands behind it', () => {
  wording.value = german
  for (const code of ERROR_CODES)
    expect(said(new Refused(code, 'so it is'))).toMatch(/^[A-Z].+\. \(Server: so it is\)$/)
  expect(said(new Refused('of_tomorrow', 'so it is'))).toBe(
    'Der Server hat das abgelehnt. (Server: so it is)',
  )
})

test('what people meet most often needs no English', () => {
  wording.value = german
  expect(said(new Refused('unauthenticated', 'name or password is wrong'))).toBe(
    'Name oder Passwort stimmen nicht.',
  )
  for (const message of [
    'this name is taken; choose another one',
    'a password must have 8 to 256 characters',
    'this password is easy to guess. Add another word or two.',
    'this code is wrong or has been used; wait for the next one, or use a recovery code',
    'this passkey is not known here, or what it says is wrong',
  ])
    expect(said(new Refused('invalid', message))).not.toContain('Server:')
  expect(said(new Lost())).toMatch(/^Es kam keine Antwort/)
  expect(said({ message: 'this device was signed out' })).toBe('dieses Gerät wurde abgemeldet')
})

test('what was never sent is not said to have happened perhaps', () => {
  wording.value = german
  for (const message of [
    'there is no connection to the server',
    'the server cannot be reached',
    'the server does not answer',
  ])
    expect(said(new Lost(message))).toMatch(/^Der Server ist nicht zu erreichen/)
  expect(said(new Lost('the server did not answer in time'))).toMatch(/^Es kam keine Antwort/)
})

test('a wait is named, also of what was kept over a reload', () => {
  wording.value = german
  const kept = JSON.parse(
    JSON.stringify(failure(new Refused('rate_limited', 'slow down', { retry_after: 3.2 }))),
  )
  expect(said(kept)).toBe(
    'Das war zu viel in kurzer Zeit. Versuche es in 4 Sekunden noch einmal. (Server: slow down)',
  )
})

test('what the client says itself is said as it is', () => {
  wording.value = german
  expect(said(new Error('Niemand heißt so.'))).toBe('Niemand heißt so.')
  expect(said(new DOMException('gone', 'AbortError') as never)).toBe('gone')
})
