/** Waiting for what a signal will say, instead of for a time. */

import { effect } from '@preact/signals-core'

const DEADLINE_MS = 60_000

/** Resolves when `condition`, which reads signals, holds. `what` says in the failure what was waited for. */
export function until(what: string, condition: () => boolean, deadline = DEADLINE_MS): Promise<void> {
  return new Promise((resolve, reject) => {
    let stop: (() => void) | null = null
    let done = false
    const timer = setTimeout(() => {
      stop?.()
      reject(new Error(`waited in vain: ${what}`))
    }, deadline)
    stop = effect(() => {
      if (done || !condition()) return
      done = true
      clearTimeout(timer)
      queueMicrotask(() => stop?.())
      resolve()
    })
  })
}

/** The same for what is in no signal: looks every few milliseconds. */
export async function eventually(
  what: string,
  condition: () => boolean | Promise<boolean>,
  deadline = DEADLINE_MS,
) {
  const end = Date.now() + deadline
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`waited in vain: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}
