/** A message's text as blocks. One pass over its lines; quotes and lists in each other to a bounded depth. */

import { inline } from './inline'
import type { Block } from './nodes'

/** Deeper quotes and lists are text. */
const DEEPEST = 5
const FENCE = /^ {0,3}(`{3,}|~{3,})(.*)$/
const QUOTE = /^ {0,3}> ?/
const ITEM = /^( {0,8})([-*+•]|\d{1,9}[.)])[ \t]+(?=\S)/
const HEADING = /^(#{1,6})[ \t]+(.*)$/
/** Texts without any of these are one paragraph. */
const SPECIAL = /[\\`*_~|[\]@＠﹫#:<>\n•]|^\s|^\d+[.)]|^[-+]|https?|mailto/i

export function markdown(text: string): readonly Block[] {
  const known = KEPT.get(text)
  if (known !== undefined) return known
  const blocks = SPECIAL.test(text)
    ? new Lines(text.replace(/\r\n?/g, '\n').split('\n'), 0).read()
    : [{ kind: 'paragraph', of: [{ kind: 'text', text }] } as const]
  if (text.length > LONGEST_KEPT) return blocks
  if (KEPT.size >= MOST_KEPT) KEPT.delete(KEPT.keys().next().value as string)
  KEPT.set(text, blocks)
  return blocks
}

/** Texts that were read lately, so that going back to a room does not read them again. */
const KEPT = new Map<string, readonly Block[]>()
const MOST_KEPT = 1_000
const LONGEST_KEPT = 1_000

class Lines {
  private at = 0
  private readonly blocks: Block[] = []
  private paragraph: string[] = []

  constructor(
    private readonly lines: readonly string[],
    private readonly depth: number,
  ) {}

  read(): Block[] {
    while (this.at < this.lines.length) this.step(this.lines[this.at] as string)
    this.endParagraph()
    return this.blocks
  }

  private step(line: string): void {
    const fence = FENCE.exec(line)
    if (fence !== null && !fence[2]!.includes('`')) return this.fenced(fence[1]!, fence[2]!.trim())
    if (this.depth < DEEPEST) {
      if (QUOTE.test(line)) return this.quote()
      if (ITEM.test(line)) return this.list()
    }
    const heading = HEADING.exec(line)
    if (heading !== null) {
      this.endParagraph()
      this.blocks.push({
        kind: 'heading',
        level: heading[1]!.length,
        of: inline(heading[2]!.trimEnd().replace(/(?:^|[ \t])#+$/, '')),
      })
    } else if (line.trim() === '') this.endParagraph()
    else this.paragraph.push(line)
    this.at += 1
  }

  private endParagraph(): void {
    if (this.paragraph.length === 0) return
    this.blocks.push({ kind: 'paragraph', of: inline(this.paragraph.join('\n')) })
    this.paragraph = []
  }

  /** Up to a fence of the same sign that is at least as long, or to the end. */
  private fenced(fence: string, about: string): void {
    this.endParagraph()
    const sign = fence[0] as string
    const lines: string[] = []
    for (this.at += 1; this.at < this.lines.length; this.at += 1) {
      const line = this.lines[this.at] as string
      const trimmed = line.trim()
      if (trimmed.length >= fence.length && trimmed === sign.repeat(trimmed.length)) {
        this.at += 1
        break
      }
      lines.push(line)
    }
    const language = /^[\w+#.-]{0,40}/.exec(about)![0].toLowerCase()
    this.blocks.push({ kind: 'code', language, text: lines.join('\n') })
  }

  private quote(): void {
    this.endParagraph()
    const inside: string[] = []
    while (this.at < this.lines.length && QUOTE.test(this.lines[this.at] as string)) {
      inside.push((this.lines[this.at] as string).replace(QUOTE, ''))
      this.at += 1
    }
    this.blocks.push({ kind: 'quote', of: new Lines(inside, this.depth + 1).read() })
  }

  /** Items of the same kind; what is indented beneath one belongs to it. */
  private list(): void {
    this.endParagraph()
    const first = ITEM.exec(this.lines[this.at] as string)!
    const indent = first[1]!.length
    const ordered = /\d/.test(first[2]!)
    const items: string[][] = []
    while (this.at < this.lines.length) {
      const line = this.lines[this.at] as string
      const item = ITEM.exec(line)
      const spaces = leading(line)
      if (item !== null && item[1]!.length <= indent + 1) {
        if (item[1]!.length < indent || /\d/.test(item[2]!) !== ordered) break
        items.push([line.slice(item[0].length)])
      } else if (spaces >= indent + 2 && line.trim() !== '')
        items.at(-1)!.push(line.slice(Math.min(spaces, indent + 2 + (ordered ? 1 : 0))))
      else break
      this.at += 1
    }
    this.blocks.push({
      kind: 'list',
      ordered,
      start: ordered ? Number.parseInt(first[2]!, 10) : 1,
      items: items.map((lines) => new Lines(lines, this.depth + 1).read()),
    })
  }
}

function leading(line: string): number {
  return line.length - line.trimStart().length
}
