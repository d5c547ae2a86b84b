/**
 * Code as coloured tokens. Loaded when the first block of code with a language is shown. The highlighter's own HTML
 * is never made: an emitter of ours collects tokens.
 */

import hljs from 'highlight.js/lib/core'
import bash from 'highlight.js/lib/languages/bash'
import cpp from 'highlight.js/lib/languages/cpp'
import css from 'highlight.js/lib/languages/css'
import diff from 'highlight.js/lib/languages/diff'
import go from 'highlight.js/lib/languages/go'
import ini from 'highlight.js/lib/languages/ini'
import java from 'highlight.js/lib/languages/java'
import javascript from 'highlight.js/lib/languages/javascript'
import json from 'highlight.js/lib/languages/json'
import python from 'highlight.js/lib/languages/python'
import rust from 'highlight.js/lib/languages/rust'
import sql from 'highlight.js/lib/languages/sql'
import typescript from 'highlight.js/lib/languages/typescript'
import xml from 'highlight.js/lib/languages/xml'
import yaml from 'highlight.js/lib/languages/yaml'

type Kind = 'keyword' | 'string' | 'number' | 'comment' | 'name'

export interface Token {
  readonly text: string
  readonly kind: Kind | null
}

const LANGUAGES = {
  bash,
  cpp,
  css,
  diff,
  go,
  ini,
  java,
  javascript,
  json,
  python,
  rust,
  sql,
  typescript,
  xml,
  yaml,
}

/** What the highlighter's scopes are drawn as; of `title.function` the first part counts. */
const KINDS: Readonly<Record<string, Kind>> = {
  keyword: 'keyword',
  'selector-tag': 'keyword',
  meta: 'keyword',
  built_in: 'name',
  type: 'name',
  title: 'name',
  name: 'name',
  attr: 'name',
  attribute: 'name',
  section: 'name',
  'selector-class': 'name',
  'selector-id': 'name',
  string: 'string',
  regexp: 'string',
  addition: 'string',
  symbol: 'string',
  number: 'number',
  literal: 'number',
  variable: 'number',
  deletion: 'number',
  comment: 'comment',
  quote: 'comment',
}

class Tokens {
  readonly tokens: Token[] = []
  private readonly scopes: string[] = []

  addText(text: string): void {
    if (text === '') return
    const scope = this.scopes.findLast((one) => kindOf(one) !== null)
    const kind = scope === undefined ? null : kindOf(scope)
    const last = this.tokens.at(-1)
    if (last?.kind === kind) this.tokens[this.tokens.length - 1] = { text: last.text + text, kind }
    else this.tokens.push({ text, kind })
  }

  startScope(scope: string): void {
    this.scopes.push(scope)
  }

  endScope(): void {
    this.scopes.pop()
  }

  openNode(scope: string): void {
    this.scopes.push(scope)
  }

  closeNode(): void {
    this.scopes.pop()
  }

  __addSublanguage(inner: Tokens): void {
    for (const { text, kind } of inner.tokens) this.tokens.push({ text, kind })
  }

  finalize(): void {}

  toHTML(): string {
    return ''
  }
}

for (const [name, language] of Object.entries(LANGUAGES)) hljs.registerLanguage(name, language)
hljs.configure({ __emitter: Tokens } as unknown as Parameters<typeof hljs.configure>[0])

/** Brackets that are open at once. At each sign a grammar looks at all of them. */
const DEEPEST = 100

/** Null: the language is not known, the code is nested too deeply, or its grammar fails on it. It then stays as it is. */
export function highlight(language: string, code: string): readonly Token[] | null {
  if (hljs.getLanguage(language) === undefined || depth(code) > DEEPEST) return null
  const { _emitter } = hljs.highlight(code, { language, ignoreIllegals: true }) as unknown as {
    _emitter: Tokens
  }
  const whole = _emitter.tokens.reduce((length, { text }) => length + text.length, 0)
  return whole === code.length ? _emitter.tokens : null
}

function depth(code: string): number {
  let open = 0
  let most = 0
  for (const sign of code) {
    if ('([{'.includes(sign)) most = Math.max(most, ++open)
    else if (')]}'.includes(sign) && open > 0) open--
  }
  return most
}

function kindOf(scope: string): Kind | null {
  return KINDS[scope.split('.', 1)[0] as string] ?? null
}
