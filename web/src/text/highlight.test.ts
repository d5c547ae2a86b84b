import { expect, test } from 'vitest'
import { work } from '../../test/work'
import { highlight } from './highlight'

test('tokens have colours and together are the code', () => {
  const code = 'const a = "<b>" // x\nlet n = 42\n'
  const tokens = highlight('ts', code)
  expect(tokens?.map(({ text }) => text).join('')).toBe(code)
  expect(tokens).toContainEqual({ text: 'const', kind: 'keyword' })
  expect(tokens).toContainEqual({ text: '"<b>"', kind: 'string' })
  expect(tokens).toContainEqual({ text: '42', kind: 'number' })
})

test('a language within a language is coloured too', () => {
  const code = '<script>let a = 1</script>'
  const tokens = highlight('html', code)
  expect(tokens?.map(({ text }) => text).join('')).toBe(code)
})

test('an unknown language is left as it is', () => {
  expect(highlight('klingon', 'x')).toBeNull()
  expect(highlight('constructor', 'x')).toBeNull()
})

test.each(['{', '"', '/*', '<a ', '\\', '$(', 'f"{', '`${', '# '])('six thousand of %j end soon', (piece) => {
  const code = piece.repeat(6_000).slice(0, 6_000)
  for (const language of [
    'js',
    'ts',
    'py',
    'sh',
    'json',
    'html',
    'css',
    'sql',
    'rs',
    'go',
    'java',
    'c',
    'yaml',
    'diff',
    'ini',
  ]) {
    const worked = work()
    const whole = highlight(language, code)
      ?.map(({ text }) => text)
      .join('')
    expect(whole === undefined || whole === code, language).toBe(true)
    expect(worked(), language).toBeLessThan(2_000)
  }
})

test('what opens thousands of brackets stays plain: a grammar looks at all that are open at each sign', () => {
  const worked = work()
  expect(highlight('py', '@('.repeat(3_000))).toBeNull()
  expect(worked()).toBeLessThan(300)
  expect(highlight('py', `${'('.repeat(90)}${')'.repeat(90)}\n`.repeat(20))).not.toBeNull()
})
