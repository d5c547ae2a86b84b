import { expect, test } from 'vitest'
import { dayBegins, finished, parsed, unfinished, withFilter, without } from './query'

test('filters are taken out of the words', () => {
  expect(parsed('from:@ann in:#general before:2026-02-01 has:file tea cake')).toEqual({
    text: 'tea cake',
    from: 'ann',
    in: 'general',
    before: '2026-02-01',
    after: null,
    hasFile: true,
    hasLink: false,
  })
})

test('names with spaces stand in quotes', () => {
  expect(parsed('in:"engine room" moth').in).toBe('engine room')
})

test('what is no filter is searched for', () => {
  expect(parsed('before:noon has:fun https://a.example x:y').text).toBe(
    'before:noon has:fun https://a.example x:y',
  )
})

test('a space at the end stays: the last word is whole', () => {
  expect(parsed('tea ').text).toBe('tea ')
})

test('days begin at midnight of the reader', () => {
  expect(new Date(dayBegins('2026-03-29')).getHours()).toBe(0)
})

test('a day that no calendar has is no filter', () => {
  expect(parsed('before:2026-13-01').before).toBe(null)
})

test('filters are put in and taken out without touching the words', () => {
  expect(withFilter('tea cake', 'has', 'file')).toBe('tea cake has:file ')
  expect(withFilter('tea has:file', 'has', 'link')).toBe('tea has:file has:link ')
  expect(withFilter('tea after:2026-01-01', 'after', '2026-02-01')).toBe('tea after:2026-02-01 ')
  expect(withFilter('', 'in', 'engine room')).toBe('in:"engine room" ')
  expect(without('has:file tea has:link', 'has', 'file')).toBe('tea has:link')
  expect(without('from:ann tea', 'from')).toBe('tea')
})

test('a filter at the end is finished by what is picked', () => {
  expect(unfinished('tea from:@an')).toEqual({ name: 'from', typed: 'an' })
  expect(unfinished('tea in:"engine r')).toEqual({ name: 'in', typed: 'engine r' })
  expect(unfinished('tea from:ann ')).toBe(null)
  expect(finished('tea in:"engine r', 'engine room')).toBe('tea in:"engine room" ')
  expect(finished('from:', 'ann')).toBe('from:ann ')
})
