/** The code in a link of the form `…/#/invite/CODE`, or what was typed, if it is the code itself. */
export function codeIn(typed: string): string {
  const code = /[#/]invite\/([^/?#\s]+)/.exec(typed)?.[1] ?? typed.trim()
  try {
    return decodeURIComponent(code)
  } catch {
    return code
  }
}
