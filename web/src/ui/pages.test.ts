import { expect, test } from 'vitest'
import { pageWithItems } from './pages'

const PAGES: Record<string, { items: readonly string[]; next: string | null }> = {
  start: { items: [], next: 'b' },
  b: { items: [], next: 'c' },
  c: { items: ['ada'], next: 'd' },
  d: { items: [], next: null },
}

test.each([
  [null, PAGES.c],
  ['d', PAGES.d],
])('from %s on, pages that show nothing are passed over', async (after, expected) => {
  expect(await pageWithItems(async (at) => PAGES[at ?? 'start']!, after)).toEqual(expected)
})
