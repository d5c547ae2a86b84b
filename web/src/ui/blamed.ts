/** Which field of a form a refusal is about: the server names it before a colon. Pure. */

export function blamed(
  message: string,
  fields: ReadonlySet<string>,
): { field: string; message: string } | null {
  const [, field = '', rest = ''] = /^(\w+): (.+)$/s.exec(message) ?? []
  return fields.has(field) ? { field, message: rest } : null
}
