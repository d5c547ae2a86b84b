import { expect, test } from 'vitest'
import { base64url, fromBase64url } from './base64url'

test('bytes come back as they were, whatever their number', () => {
  for (let length = 0; length < 260; length++) {
    const bytes = Uint8Array.from({ length }, (_, index) => (index * 37 + length) % 256)
    expect(base64url(bytes)).toBe(Buffer.from(bytes).toString('base64url'))
    expect(fromBase64url(base64url(bytes))).toEqual(bytes)
  }
})

test('what is no base64url is refused', () => {
  expect(() => fromBase64url('a*b')).toThrow()
})
