import { expect, test, vi } from 'vitest'
import { folded } from './folded'

test.each([
  ['Işık', 'ışık', 'isik'],
  ['İrfan', 'irfan', 'IRFAN'],
  ['Łukasz', 'łukasz', 'lukasz'],
  ['Søren', 'SØREN', 'soren'],
  ['Đorđe', 'đorđe', 'dorde'],
  ['Weiß', 'weiss', 'WEISS'],
  ['Æsa', 'æsa', 'aesa'],
  ['Σίσυφος', 'ΣΙΣΥΦΟΣ', 'σισυφοσ'],
])('%s is found by %s and %s', (name, ...typed) => {
  expect(typed.map(folded)).toEqual([folded(name), folded(name)])
})

test('the language of the machine changes nothing', () => {
  const { toLocaleLowerCase } = String.prototype
  vi.spyOn(String.prototype, 'toLocaleLowerCase').mockImplementation(function (this: string, language) {
    return toLocaleLowerCase.call(this, language ?? 'tr')
  })
  expect(folded('İNCİ IŞIK')).toBe('inci isik')
})
