import { afterEach, expect, test } from 'vitest'
import { language } from '../i18n/strings'
import { shutBecause } from './rights'

afterEach(() => {
  language.value = 'en'
})

const refused = (why: string) => `you may not post in this room, so nobody is shown that you type: ${why}`

test('a mute is told in the reader’s words and time', () => {
  expect(shutBecause(refused('it is muted in the space'))).toMatch(/^You are muted in this space:/)
  const until = shutBecause(refused('it is muted in the space until 2026-01-31 12:00 UTC'))
  expect(until).toMatch(/^You are muted in this space until .*31/)
  language.value = 'de'
  expect(shutBecause(refused('it is muted in the space'))).toMatch(/^Du bist in diesem Bereich stumm/)
})

test('another reason stands as the server gave it', () => {
  expect(shutBecause(refused('its role is guest'))).toContain('its role is guest')
  language.value = 'de'
  expect(shutBecause(refused('its role is guest'))).toBe(
    'Du darfst hier nicht schreiben. (Server: its role is guest)',
  )
  expect(shutBecause('no')).toBeNull()
})
