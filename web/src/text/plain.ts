/** Texts without their marks, for one line: quotes of a message, notifications, titles. */

import { markdown } from './markdown'
import type { Block, Inline } from './nodes'

/**
 * The words of a text in one line, at most `most` characters. What is hidden as a spoiler stays hidden, also where its
 * end is missing because the text is `cut`.
 */
export function plainText(text: string, most = 200, cut = text.length > most * 4): string {
  const part = text.slice(0, most * 4)
  const whole = markdown(cut ? part + SPOILER : part)
    .map(ofBlock)
    .join(' ')
  const said = cut && whole.endsWith(SPOILER) ? whole.slice(0, -SPOILER.length) : whole
  const line = said.replace(/\s+/g, ' ').trim()
  return line.length > most ? `${line.slice(0, most - 1).replace(/[\ud800-\udbff]$/, '')}…` : line
}

const SPOILER = '||'

export function words(nodes: readonly Inline[]): string {
  return nodes.map(ofInline).join('')
}

function ofBlock(block: Block): string {
  if (block.kind === 'code') return block.text
  if (block.kind === 'list') return block.items.map((item) => item.map(ofBlock).join(' ')).join(' ')
  return block.kind === 'quote' ? block.of.map(ofBlock).join(' ') : words(block.of)
}

function ofInline(node: Inline): string {
  switch (node.kind) {
    case 'break':
      return ' '
    case 'emoji':
      return `:${node.name}:`
    case 'spoiler':
      return '▒▒▒'
    case 'text':
    case 'code':
    case 'mention':
    case 'room':
      return node.text
    default:
      return words(node.of)
  }
}
