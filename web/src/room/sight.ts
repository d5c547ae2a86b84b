/** Whether somebody looks at this window: only then is anything read. */

import { signal } from '@preact/signals'

export const looking = signal(now())

for (const name of ['focus', 'blur']) globalThis.addEventListener?.(name, update)
globalThis.document?.addEventListener('visibilitychange', update)

function update(): void {
  looking.value = now()
}

function now(): boolean {
  const page = globalThis.document
  return page !== undefined && page.visibilityState === 'visible' && page.hasFocus()
}
