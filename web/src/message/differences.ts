/** What changed between two texts, by words: the longest common subsequence, bounded. Pure. */

export interface Part {
  readonly kind: 'same' | 'added' | 'removed'
  readonly text: string
}

/** Longer texts than this many words are shown as removed and added in whole. */
const MOST_WORDS = 1_500

export function differences(before: string, after: string): Part[] {
  const a = before.match(WORDS) ?? []
  const b = after.match(WORDS) ?? []
  const start = common(a, b)
  const end = common(a.slice(start).reverse(), b.slice(start).reverse())
  const middleA = a.slice(start, a.length - end)
  const middleB = b.slice(start, b.length - end)
  const middle: Part[] =
    middleA.length > MOST_WORDS || middleB.length > MOST_WORDS
      ? [part('removed', middleA), part('added', middleB)]
      : compared(middleA, middleB)
  return merged([part('same', a.slice(0, start)), ...middle, part('same', a.slice(a.length - end))])
}

const WORDS = /\s+|[^\s]+/gu

function common(a: readonly string[], b: readonly string[]): number {
  let length = 0
  while (length < a.length && length < b.length && a[length] === b[length]) length += 1
  return length
}

function compared(a: readonly string[], b: readonly string[]): Part[] {
  const width = b.length + 1
  const lengths = new Uint16Array((a.length + 1) * width)
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      lengths[i * width + j] =
        a[i] === b[j]
          ? (lengths[(i + 1) * width + j + 1] as number) + 1
          : Math.max(lengths[(i + 1) * width + j] as number, lengths[i * width + j + 1] as number)
  const parts: Part[] = []
  let i = 0
  let j = 0
  while (i < a.length || j < b.length) {
    const down = i < a.length ? (lengths[(i + 1) * width + j] as number) : -1
    const right = j < b.length ? (lengths[i * width + j + 1] as number) : -1
    if (i < a.length && j < b.length && a[i] === b[j]) {
      parts.push({ kind: 'same', text: a[i] as string })
      i += 1
      j += 1
    } else if (down >= right) {
      parts.push({ kind: 'removed', text: a[i] as string })
      i += 1
    } else {
      parts.push({ kind: 'added', text: b[j] as string })
      j += 1
    }
  }
  return parts
}

function part(kind: Part['kind'], words: readonly string[]): Part {
  return { kind, text: words.join('') }
}

function merged(parts: readonly Part[]): Part[] {
  const all: Part[] = []
  for (const one of parts) {
    const last = all.at(-1)
    if (one.text === '') continue
    if (last?.kind === one.kind) all[all.length - 1] = { kind: one.kind, text: last.text + one.text }
    else all.push(one)
  }
  return all
}
