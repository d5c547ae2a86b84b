import { expect, test } from 'vitest'
import { type Page, Paged } from './paged'

/** A list of letters in pages of two; `asked` are the places from which a page was asked for. */
function lettersIn(pages: Paged<string>, letters: () => string) {
  const asked: (string | null)[] = []
  pages.ask = async (after) => {
    asked.push(after)
    const from = Number(after ?? 0)
    const end = from + 2
    return { items: [...letters().slice(from, end)], next: end < letters().length ? String(end) : null }
  }
  return asked
}

test.each([
  [null, ['ada']],
  ['d', []],
])('from %s on, pages that show nothing are passed over', async (after, expected) => {
  const answers: Record<string, Page<string>> = {
    start: { items: [], next: 'b' },
    b: { items: [], next: 'c' },
    c: { items: ['ada'], next: 'd' },
    d: { items: [], next: null },
  }
  const pages = new Paged(async (at) => answers[at ?? 'start']!)
  pages.next.value = after
  await pages.more()
  expect(pages.items.value).toEqual(expected)
})

test('what is loaded anew is as much as was loaded, and stays until all of it is there', async () => {
  let letters = 'abcdefgh'
  const pages = new Paged<string>(() => Promise.reject(new Error('nobody is asked')))
  const asked = lettersIn(pages, () => letters)
  await pages.begin()
  await pages.more()
  await pages.more()
  letters = 'ABCDEFGH'
  const shown: string[] = []
  const stop = pages.items.subscribe((items) => shown.push(items.join('')))
  await pages.reload()
  stop()
  expect(shown).toEqual(['abcdef', 'ABCDEF'])
  expect(asked).toEqual([null, '2', '4', null, '2', '4'])
  expect(pages.next.value).toBe('6')
  await pages.begin()
  expect(pages.items.value.join('')).toBe('AB')
})

test('what an older loading brings is thrown away', async () => {
  const answers: ((page: Page<string>) => void)[] = []
  const pages = new Paged<string>(() => new Promise((answer) => answers.push(answer)))
  const both = [pages.begin(), pages.reload()]
  answers[1]!({ items: ['new'], next: null })
  answers[0]!({ items: ['old'], next: null })
  await Promise.all(both)
  expect(pages.items.value).toEqual(['new'])
})

test('what could not be loaded anew is loaded anew again, and not the page after it', async () => {
  let letters = 'abcd'
  const pages = new Paged<string>(() => Promise.reject(new Error('nobody is asked')))
  lettersIn(pages, () => letters)
  await pages.begin()
  const { ask } = pages
  pages.ask = () => Promise.reject(new Error('the connection broke'))
  await pages.reload()
  expect([pages.items.value.join(''), pages.error.value?.message]).toEqual(['ab', 'the connection broke'])
  pages.ask = ask
  letters = 'ABCD'
  await pages.again()
  expect([pages.items.value.join(''), pages.error.value]).toEqual(['AB', null])
})
