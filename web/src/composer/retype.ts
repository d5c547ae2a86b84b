/**
 * Changes what a field says as if somebody had typed it: then it is undone and done again like all that they type.
 * Where a script sets the text, browsers do nothing of that, or put old words into the new ones.
 */
export function retype(field: HTMLTextAreaElement, text: string): void {
  const { value } = field
  if (value === text) return
  if (document.activeElement === field) {
    const [from, to] = shared(value, text)
    field.setSelectionRange(from, value.length - to)
    const typed = text.slice(from, text.length - to)
    // Deprecated, and the only way there is.
    document.execCommand(typed === '' ? 'delete' : 'insertText', false, typed)
  }
  if (field.value !== text) field.value = text
}

/** How many characters at their beginning, and how many behind these at their end, two texts have in common. */
export function shared(one: string, other: string): [from: number, to: number] {
  const most = Math.min(one.length, other.length)
  let from = 0
  while (from < most && one[from] === other[from]) from += 1
  let to = 0
  while (to < most - from && one.at(-1 - to) === other.at(-1 - to)) to += 1
  return [from, to]
}
