import { expect, test } from 'vitest'
import { work } from '../../test/work'
import { hostToShow, safeAddress } from './address'
import { markdown } from './markdown'
import type { Block, Inline } from './nodes'
import { plainText } from './plain'

/** Nodes in a short spelling: `strong(a em(b))`. */
function short(text: string): string {
  return markdown(text).map(ofBlock).join(' / ')
}

function ofBlock(block: Block): string {
  if (block.kind === 'paragraph') return block.of.map(ofInline).join('')
  if (block.kind === 'heading') return `h${block.level}(${block.of.map(ofInline).join('')})`
  if (block.kind === 'code') return `pre:${block.language}(${block.text})`
  if (block.kind === 'quote') return `quote(${block.of.map(ofBlock).join(' / ')})`
  const items = block.items.map((item) => item.map(ofBlock).join(' / ')).join(' ; ')
  return `${block.ordered ? `ol${block.start}` : 'ul'}(${items})`
}

function ofInline(node: Inline): string {
  if (node.kind === 'text') return node.text
  if (node.kind === 'break') return '⏎'
  if (node.kind === 'code') return `code(${node.text})`
  if (node.kind === 'mention' || node.kind === 'room') return `${node.kind}(${node.text})`
  if (node.kind === 'emoji') return `emoji(${node.name})`
  const inside = node.of.map(ofInline).join('')
  return node.kind === 'link' ? `link(${inside} -> ${node.href})` : `${node.kind}(${inside})`
}

test.each([
  ['plain words', 'plain words'],
  ['**bold** and __bold__', 'strong(bold) and strong(bold)'],
  ['*it* and _it_', 'em(it) and em(it)'],
  ['***both***', 'strong(em(both))'],
  ['*a **b***', 'em(a strong(b))'],
  ['**a *b* c**', 'strong(a em(b) c)'],
  ['~~gone~~ ||hidden||', 'strike(gone) spoiler(hidden)'],
  ['|| hidden ||', 'spoiler( hidden )'],
  ['2 * 3 * 4', '2 * 3 * 4'],
  ['snake_case_name', 'snake_case_name'],
  ['a**b', 'a**b'],
  ['**a', '**a'],
  ['**a *b**', 'strong(a *b)'],
  ['****', '****'],
  ['\\*not\\*', '*not*'],
  ['C:\\dir', 'C:\\dir'],
  ['`code *x*` after', 'code(code *x*) after'],
  ['``a ` b``', 'code(a ` b)'],
  ['`open', '`open'],
  ['one\ntwo', 'one⏎two'],
  ['one\n\ntwo', 'one / two'],
  ['# Head #', 'h1(Head)'],
  ['#room and @ann.', 'room(#room) and mention(@ann.)'],
  ['a@b.org', 'a@b.org'],
  ['你好@ann', '你好mention(@ann)'],
  [':tada: 10:30:00', 'emoji(tada) 10emoji(30)00'],
  ['> a\n> b\nc', 'quote(a⏎b) / c'],
  ['>> deep', 'quote(quote(deep))'],
  ['- a\n- b\n  - c\n- d', 'ul(a ; b / ul(c) ; d)'],
  ['3. a\n4. b', 'ol3(a ; b)'],
  ['```js\nlet a\n```\nafter', 'pre:js(let a) / after'],
  ['```\nopen', 'pre:(open)'],
  ['```x``` y', 'code(x) y'],
  ['see https://a.org/x_y_z.', 'see link(https://a.org/x_y_z -> https://a.org/x_y_z).'],
  ['詳細はhttps://a.org/x。次', '詳細はlink(https://a.org/x -> https://a.org/x)。次'],
  ['（https://a.org/x）、', '（link(https://a.org/x -> https://a.org/x)）、'],
  ['「https://a.org/日本」', '「link(https://a.org/日本 -> https://a.org/%E6%97%A5%E6%9C%AC)」'],
  ['xhttps://a.org', 'xhttps://a.org'],
  ['(https://a.org/b_(c))', '(link(https://a.org/b_(c) -> https://a.org/b_(c)))'],
  ['<https://a.org>', 'link(https://a.org -> https://a.org/)'],
  ['[a *b*](https://a.org)', 'link(a em(b) -> https://a.org/)'],
  ['[a](javascript:alert(1))', '[a](javascript:alert(1))'],
  ['[a] (https://a.org)', '[a] (link(https://a.org -> https://a.org/))'],
  ['[[a](https://a.org)](https://b.org)', 'link(a -> https://b.org/)'],
])('%j reads as %j', (text, nodes) => {
  expect(short(text)).toBe(nodes)
})

const HOSTILE = [
  ...'\\`*_~|[]()<>@#:!-+.>&"\'{}=\u200b\u202e\n \t0hm',
  '**',
  '__',
  '||',
  '~~',
  '*_',
  '**_',
  '`` ',
  '` ',
  '[](',
  '](',
  '[a](',
  '[a](b',
  '> ',
  '>',
  '- ',
  ' - ',
  '1. ',
  '# ',
  '```\n',
  '~~~\n',
  ':a',
  ':aa:',
  '@a',
  '#a',
  'http://',
  'http://a',
  'http://a) ',
  'http://(',
  '<http://a',
  '*a **b ',
  '_a __b *c **d ~~e ||f [',
  '[:ab:',
  '👩‍👩‍👧',
]

test.each(HOSTILE)(
  'ten thousand times %j take no longer than twice as much as half of them, nearly',
  (piece) => {
    const text = piece.repeat(10_000).slice(0, 10_000)
    const worked = work()
    markdown(`${text}`)
    markdown(`x ${text} x`)
    markdown(`# ${' '.repeat(5_000)}${text}`)
    markdown(`\`\`\`${' '.repeat(5_000)}${text}\``)
    plainText(text)
    // One pass over 45,000 characters is some milliseconds; a quadratic one would be seconds.
    expect(worked()).toBeLessThan(1_000)
  },
)

test('nothing is lost or invented: the words of any text are its characters but for marks', () => {
  const signs = [...'*_~|`[]()<> \nab\\#@:']
  let seed = 7
  const next = (n: number) => {
    seed = (seed * 1103515245 + 12345) % 2 ** 31
    return seed % n
  }
  for (let round = 0; round < 3_000; round++) {
    const text = Array.from({ length: next(40) }, () => signs[next(signs.length)]).join('')
    const kept = plainText(text, 1_000).replace(/[^ab]/g, '')
    expect(kept.length).toBeLessThanOrEqual(text.replace(/[^ab]/g, '').length)
    if (!/\|\|/.test(text)) {
      // A fence's language is no part of its text.
      if (!/```|~~~/.test(text)) expect(kept, JSON.stringify(text)).toBe(text.replace(/[^ab]/g, ''))
    }
  }
})

test.each([
  'javascript:alert(1)',
  'JaVaScRiPt:alert(1)',
  ' javascript:alert(1)',
  'java\nscript:alert(1)',
  'data:text/html,<script>alert(1)</script>',
  'vbscript:x',
  'file:///etc/passwd',
  'blob:https://a.org/x',
  '//a.org',
  '/path',
  'about:blank',
  'view-source:https://a.org',
])('%j is no address to follow', (address) => {
  expect(safeAddress(address)).toBeNull()
  expect(JSON.stringify(markdown(`[x](${address}) <${address}>`))).not.toContain('"href"')
})

test.each([
  ['https://a.org/x', 'https://a.org/x', true, null],
  ['https://a.org/', 'a.org', false, null],
  ['https://a.org/', 'my bank', false, 'a.org'],
  ['https://evil.org/', 'https://bank.org', false, 'evil.org'],
  ['https://bank.org@evil.org/', 'https://bank.org@evil.org/', true, 'evil.org'],
  ['https://xn--80ak6aa92e.com/', 'https://аррӏе.com/', true, 'xn--80ak6aa92e.com'],
  ['https://evil.org/bank.org', 'bank.org', false, 'evil.org'],
  ['mailto:a@b.org', 'write me', false, 'a@b.org'],
  ['mailto:a@b.org', 'a@b.org', false, null],
])('%s under the words %j shows %j', (href, text, auto, host) => {
  expect(hostToShow(href, text, auto as boolean)).toBe(host)
})

test('one line of a text has no marks, hides spoilers and ends in its bound', () => {
  expect(plainText('**a** `b` ||c||\n\n> d\n- e')).toBe('a b ▒▒▒ d e')
  expect(plainText('x'.repeat(500), 10)).toBe('xxxxxxxxx…')
  expect(plainText('👍'.repeat(100), 10)).toBe('👍👍👍👍…')
})

test('a spoiler stays hidden where its end is cut off, and two strokes between words stay what they are', () => {
  expect(plainText(`who did it: ||${'the butler '.repeat(100)}||`)).toBe('who did it: ▒▒▒')
  expect(plainText('who did it: ||the but…', 200, true)).toBe('who did it: ▒▒▒')
  expect(plainText('||a|| and **b** …', 200, true)).toBe('▒▒▒ and b …')
  expect(plainText('a || b')).toBe('a || b')
})

const ATTACKS = [
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '<svg/onload=alert(1)>',
  '<a href="javascript:alert(1)">x</a>',
  '[x](javascript:alert(1))',
  '[x](JaVaScRiPt&colon;alert(1))',
  '[x](\u0001javascript:alert(1))',
  '[x](java\tscript:alert(1))',
  '[x](data:text/html;base64,PHNjcmlwdD4=)',
  '[x](vbscript:msgbox(1))',
  '[x](https://a.org/"onmouseover="alert(1))',
  '[x](https://a.org \'title" onclick="alert(1)\')',
  '![x](javascript:alert(1))',
  '<javascript:alert(1)>',
  '<https://a.org/"onclick=alert(1)>',
  'https://a.org/<script>alert(1)</script>',
  '[x]: javascript:alert(1)\n[x]',
  '```"><script>\nalert(1)\n```',
  '`"><img src=x onerror=alert(1)>`',
  '||[x](javascript:alert(1))||',
  '> - # [x](javascript:alert(1))',
  '&#106;avascript:alert(1)',
  ':"><script>:',
  '#"><script>',
  '@"><script>',
]

/** All nodes of a text, however deep. */
function nodesOf(nodes: readonly (Block | Inline)[]): (Block | Inline)[] {
  return nodes.flatMap((node) => {
    if (node.kind === 'list') return [node, ...node.items.flatMap(nodesOf)]
    return 'of' in node ? [node, ...nodesOf(node.of)] : [node]
  })
}

test.each(ATTACKS)('%j becomes words, and at most a link that is safe to follow', (attack) => {
  for (const text of [attack, `**${attack}**`, `> ${attack}`, `- ${attack}`, `[${attack}](https://a.org)`]) {
    for (const node of nodesOf(markdown(text))) {
      if (node.kind === 'link') expect(new URL(node.href).protocol).toMatch(/^(?:https?|mailto):$/)
      if (node.kind === 'emoji') expect(node.name).toMatch(/^[a-z0-9_+-]+$/)
      if (node.kind === 'code' && 'language' in node) expect(node.language).toMatch(/^[\w+#.-]*$/)
      for (const value of Object.values(node))
        expect(['string', 'number', 'boolean', 'object']).toContain(typeof value)
    }
  }
})
