/** Texts without their marks, for one line: quotes of a message, notifications, titles. */

import { markdown } from './markdown'
import type { Block, Inline } from './nodes'

/** The words of a text in one line, at most `most` characters. What is hidden as a spoiler stays hidden. */
export function plainText(text: string, most = 200): string {
  const whole = markdown(text.slice(0, most * 4))
    .map(ofBlock)
    .join(' ')
  const line = whole.replace(/\s+/g, ' ').trim()
  return line.length > most ? `${line.slice(0, most - 1).replace(/[\ud800-\udbff]$/, '')}…` : line
}

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
