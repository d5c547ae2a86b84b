/**
 * One paragraph's Markdown. In linear time on any input: each character is looked at a bounded number of times, and
 * a sign that finds no partner is text.
 *
 * Nesting is bounded since no kind of emphasis stands inside itself.
 */

import { bareAddress, safeAddress } from './address'
import type { Inline } from './nodes'

type Wrap = 'strong' | 'em' | 'strike' | 'spoiler'

/** Something that was opened and waits for its end: the nodes since then belong to it. */
interface Open {
  readonly sign: string
  readonly wrap: Wrap | 'bracket'
  readonly nodes: Inline[]
}

const WRAPS: Readonly<Record<string, Wrap>> = {
  '**': 'strong',
  __: 'strong',
  '*': 'em',
  _: 'em',
  '~~': 'strike',
  '||': 'spoiler',
}
const PLAIN = /[^\\`*_~|[\]@＠﹫#:\nhm<]+/y
const EMOJI = /:([a-z0-9_+-]{2,32}):/y
const MENTION = /[@＠﹫][\p{L}\p{N}\p{M}_][\p{L}\p{N}\p{M}_.-]{0,63}/uy
const ROOM = /#[\p{L}\p{N}_][\p{L}\p{M}\p{N}_.+&'’-]{0,79}/uy
const ESCAPED = /[!-/:-@[-`{-~]/
const LETTER = /[\p{L}\p{N}\p{M}]/u
const WORD = /[\p{L}\p{N}\p{M}_]/u
/** Scripts that put no space between words: a mention or an address may follow such a letter. */
const UNSPACED =
  /[\p{sc=Bopo}\p{sc=Han}\p{sc=Hang}\p{sc=Hira}\p{sc=Kana}\p{sc=Khmr}\p{sc=Laoo}\p{sc=Mymr}\p{sc=Thai}\p{sc=Tibt}]/u
/** An address in brackets is not looked for further than this. */
const LONGEST_ADDRESS = 2_000
/** Brackets that may be open at once; more are text. */
const MOST_BRACKETS = 3

/** Whether a name's sign behind this character (none: '') begins a name. `unspaced`: also between words that have no
 * space between them. */
export function nameMayFollow(before: string, unspaced: boolean): boolean {
  const inWord = WORD.test(before) || '.@/-#'.includes(before)
  return before === '' || !inWord || (unspaced && UNSPACED.test(before))
}

export function inline(text: string): Inline[] {
  return new Reader(text).read()
}

class Reader {
  private at = 0
  private readonly stack: Open[] = []
  private readonly open = new Map<string, number>()
  private nodes: Inline[] = []
  private ticks: Map<number, number[]> | null = null

  constructor(private readonly text: string) {}

  read(): Inline[] {
    while (this.at < this.text.length) this.step()
    while (this.stack.length > 0) this.giveUp()
    return this.nodes
  }

  private step(): void {
    const plain = this.match(PLAIN)
    if (plain !== null) return this.put(plain[0])
    const sign = this.text[this.at] as string
    switch (sign) {
      case '\\':
        return this.escaped()
      case '\n':
        this.nodes.push({ kind: 'break' })
        this.at += 1
        return
      case '`':
        return this.code()
      case '*':
      case '_':
      case '~':
      case '|':
        return this.emphasis(sign)
      case '[':
        return this.bracket()
      case ']':
        return this.bracketEnd()
      case '<':
        return this.angled()
      case 'h':
      case 'm':
        return this.address()
      case ':':
        return this.named(EMOJI, (found) => ({ kind: 'emoji', name: found[1] as string }))
      case '#':
        return this.word(ROOM, false, (found) => ({ kind: 'room', text: found[0] }))
      default:
        return this.word(MENTION, true, (found) => ({ kind: 'mention', text: found[0] }))
    }
  }

  private escaped(): void {
    const next = this.text[this.at + 1] ?? ''
    if (ESCAPED.test(next)) {
      this.at += 1
      this.put(next)
    } else this.put('\\')
  }

  /** A run of backticks up to the next run of the same length. */
  private code(): void {
    this.ticks ??= runs(this.text)
    const start = this.at
    let end = start
    while (this.text[end] === '`') end += 1
    const length = end - start
    const places = this.ticks.get(length) ?? [] // a run may be cut by a backslash
    while (places.length > 0 && (places.at(-1) as number) <= start) places.pop()
    const close = places.at(-1)
    if (close === undefined) return this.put(this.text.slice(start, end))
    const inside = this.text.slice(end, close).replaceAll('\n', ' ')
    const padded = inside.startsWith(' ') && inside.endsWith(' ') && inside.trim() !== ''
    this.nodes.push({ kind: 'code', text: padded ? inside.slice(1, -1) : inside })
    this.at = close + length
  }

  private emphasis(sign: string): void {
    const double = this.text[this.at + 1] === sign
    if (!double && (sign === '~' || sign === '|')) return this.put(sign)
    const mark = double ? sign + sign : sign
    // Three in a row end both, the one that was opened last first.
    const three = double && this.text[this.at + 2] === sign
    if (three && this.stack.at(-1)?.sign === sign && this.closes(sign)) return this.wrapUp(sign)
    if (this.open.has(mark)) {
      if (this.closes(mark)) return this.wrapUp(mark)
    } else if (this.opens(mark)) {
      this.push(mark, WRAPS[mark] as Wrap)
      this.at += mark.length
      return
    }
    this.put(mark)
  }

  private opens(mark: string): boolean {
    const next = this.text[this.at + mark.length]
    if (next === undefined || (mark !== '||' && /\s/.test(next))) return false
    return mark[0] !== '_' || !LETTER.test(this.text[this.at - 1] ?? '')
  }

  private closes(mark: string): boolean {
    const before = this.text[this.at - 1] as string
    if (mark !== '||' && /\s/.test(before)) return false
    return mark[0] !== '_' || !LETTER.test(this.text[this.at + mark.length] ?? '')
  }

  private push(sign: string, wrap: Open['wrap']): void {
    this.stack.push({ sign, wrap, nodes: this.nodes })
    this.open.set(sign, (this.open.get(sign) ?? 0) + 1)
    this.nodes = []
  }

  private pop(): Open {
    const open = this.stack.pop() as Open
    const left = (this.open.get(open.sign) as number) - 1
    if (left === 0) this.open.delete(open.sign)
    else this.open.set(open.sign, left)
    return open
  }

  /** What was opened last ends nowhere: its sign is text. */
  private giveUp(): void {
    const open = this.pop()
    const inside = this.nodes
    this.nodes = open.nodes
    this.text_(open.sign)
    for (const node of inside) {
      if (node.kind === 'text') this.text_(node.text)
      else this.nodes.push(node)
    }
  }

  private wrapUp(mark: string): void {
    while (this.stack.at(-1)?.sign !== mark) this.giveUp()
    const { nodes, wrap } = this.pop()
    const of = this.nodes
    this.nodes = nodes
    if (of.length === 0) this.text_(mark + mark)
    else this.nodes.push({ kind: wrap as Wrap, of })
    this.at += mark.length
  }

  private bracket(): void {
    if ((this.open.get('[') ?? 0) >= MOST_BRACKETS) return this.put('[')
    this.push('[', 'bracket')
    this.at += 1
  }

  private bracketEnd(): void {
    const found = this.open.has('[') ? this.bracketed() : null
    if (found === null) {
      if (this.stack.at(-1)?.wrap === 'bracket') this.giveUp()
      return this.put(']')
    }
    while (this.stack.at(-1)?.wrap !== 'bracket') this.giveUp()
    const { nodes } = this.pop()
    const of = this.nodes
    this.nodes = nodes
    this.nodes.push({ kind: 'link', href: found.href, of: withoutLinks(of), auto: false })
    this.at = found.end
  }

  /** `(address)` behind a closing bracket. */
  private bracketed(): { href: string; end: number } | null {
    if (this.text[this.at + 1] !== '(') return null
    const start = this.at + 2
    const last = Math.min(this.text.length, start + LONGEST_ADDRESS)
    let depth = 0
    for (let i = start; i < last; i++) {
      const sign = this.text[i] as string
      if (sign === ' ' || sign === '\n') return null
      if (sign === '(') depth += 1
      if (sign === ')' && depth-- === 0) {
        const href = safeAddress(this.text.slice(start, i))
        return href === null ? null : { href, end: i + 1 }
      }
    }
    return null
  }

  /** `<https://…>` */
  private angled(): void {
    const found = bareAddress(this.text, this.at + 1)
    if (found === null || this.text[this.at + 1 + found.text.length] !== '>') return this.put('<')
    this.link(found.text, found.href)
    this.at += found.text.length + 2
  }

  private address(): void {
    const before = this.text[this.at - 1] ?? ''
    const inWord = WORD.test(before) && !UNSPACED.test(before)
    const found = inWord ? null : bareAddress(this.text, this.at)
    if (found === null) return this.put(this.text[this.at] as string)
    this.link(found.text, found.href)
    this.at += found.text.length
  }

  private link(text: string, href: string): void {
    this.nodes.push({ kind: 'link', href, of: [{ kind: 'text', text }], auto: true })
  }

  private named(pattern: RegExp, make: (found: RegExpExecArray) => Inline): void {
    const found = this.match(pattern)
    if (found === null) return this.put(this.text[this.at] as string)
    this.nodes.push(make(found))
    this.at += found[0].length
  }

  private word(pattern: RegExp, unspaced: boolean, make: (found: RegExpExecArray) => Inline): void {
    if (!nameMayFollow(this.text[this.at - 1] ?? '', unspaced)) return this.put(this.text[this.at] as string)
    this.named(pattern, make)
  }

  private match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.at
    return pattern.exec(this.text)
  }

  /** Text that stands at `at`. */
  private put(text: string): void {
    this.text_(text)
    this.at += text.length
  }

  private text_(text: string): void {
    const last = this.nodes.at(-1)
    if (last?.kind === 'text') this.nodes[this.nodes.length - 1] = { kind: 'text', text: last.text + text }
    else this.nodes.push({ kind: 'text', text })
  }
}

/** Where runs of backticks begin, by their length, the last first. */
function runs(text: string): Map<number, number[]> {
  const found = new Map<number, number[]>()
  for (const { 0: run, index } of text.matchAll(/`+/g)) {
    const places = found.get(run.length)
    if (places === undefined) found.set(run.length, [index])
    else places.push(index)
  }
  for (const places of found.values()) places.reverse()
  return found
}

/** A link inside a link cannot be pressed: its words stay. */
function withoutLinks(nodes: readonly Inline[]): Inline[] {
  return nodes.flatMap((node) => {
    if (node.kind === 'link') return withoutLinks(node.of)
    if ('of' in node) return [{ ...node, of: withoutLinks(node.of) }]
    return [node]
  })
}
