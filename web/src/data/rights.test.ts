import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { RIGHTS, type Right, type Role } from '../wire/contract'
import { above, givable, holds } from './rights'

const ROLES: readonly Role[] = ['owner', 'admin', 'moderator', 'member', 'guest']

test("the table is the one of the reference's page, which is made from the server", () => {
  const page = readFileSync(new URL('../../../docs/reference/rights.md', import.meta.url), 'utf8')
  const rows = [...page.matchAll(/^\| `([a-z_.]+)` \|(.*)\|$/gm)].filter(([, right]) =>
    (RIGHTS as readonly string[]).includes(right as string),
  )
  expect(rows.length).toBe(RIGHTS.length)
  for (const [, right, cells] of rows)
    expect([right, ...ROLES.map((role) => holds(role, right as Right))]).toEqual([
      right,
      ...(cells as string).split('|').map((cell) => cell.trim() === 'yes'),
    ])
})

test('whoever has no role holds nothing', () => {
  expect(RIGHTS.some((right) => holds(null, right) || holds(undefined, right))).toBe(false)
})

test('nobody acts on an equal or higher role', () => {
  expect(above('admin', 'admin')).toBe(false)
  expect(above('moderator', 'admin')).toBe(false)
  expect(above('admin', 'member')).toBe(true)
  expect(above(null, 'guest')).toBe(false)
})

test('roles are given below ones own', () => {
  expect(givable('admin')).toEqual(['moderator', 'member', 'guest'])
  expect(givable('guest')).toEqual([])
})
