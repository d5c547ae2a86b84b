/** Texts that begin with a slash: they call a command, unless a second slash says that they do not. */

/** Its name, in small letters, and what stands behind it; null for a message, such as `//` or a path at the beginning. */
export function called(text: string): { readonly name: string; readonly rest: string } | null {
  const found = /^\/([a-z]+)(?:\s+([\s\S]*))?$/iu.exec(text.trim())
  return found === null ? null : { name: (found[1] as string).toLowerCase(), rest: (found[2] ?? '').trim() }
}

/** The message that such a text is. A slash goes only where it kept the text from being a command. */
export function literally(text: string): string {
  return /^\s*\/\/+[a-z]+(?:\s|$)/iu.test(text) ? text.trimStart().slice(1) : text
}

/** What has to be written for this message. */
export function written(message: string): string {
  return /^\s*\/+[a-z]+(?:\s|$)/iu.test(message) ? `/${message.trimStart()}` : message
}
