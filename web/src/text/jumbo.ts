/** Whether a text is nothing but a few emoji, which are then drawn large. */

import type { Block } from './nodes'

const MOST = 6
const EMOJI = /^(?:\p{Extended_Pictographic}|\p{Regional_Indicator}|[0-9#*]\ufe0f?\u20e3)/u

export function isJumbo(blocks: readonly Block[]): boolean {
  const [block] = blocks
  if (blocks.length !== 1 || block?.kind !== 'paragraph') return false
  let count = 0
  for (const node of block.of) {
    if (node.kind === 'emoji') count += 1
    else if (node.kind === 'text' && node.text.length <= MOST * 20) {
      for (const { segment } of new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(
        node.text,
      )) {
        if (segment.trim() === '') continue
        if (!EMOJI.test(segment)) return false
        count += 1
      }
    } else return false
  }
  return count > 0 && count <= MOST
}
