/**
 * The browser's small storage, which may be denied or full: then what is written lasts as long as the page. Whoever
 * watches `unkept` tells the person.
 */

import { signal } from '@preact/signals'

const memory = new Map<string, string | null>()

/** Whether something that was written goes with the page, as far as has been seen. */
export const unkept = signal(false)

export function stored<T>(key: string): T | null {
  try {
    const text = memory.has(key) ? (memory.get(key) as string | null) : localStorage.getItem(key)
    return JSON.parse(text ?? 'null') as T | null
  } catch {
    return null
  }
}

export function store(key: string, value: unknown): void {
  const text = JSON.stringify(value)
  try {
    localStorage.setItem(key, text)
    memory.delete(key)
  } catch {
    memory.set(key, text)
    storageFailed()
  }
}

export function unstore(key: string): void {
  try {
    localStorage.removeItem(key)
    memory.delete(key)
  } catch {
    memory.set(key, null)
  }
}

/** All keys that begin so. */
export function keysOf(prefix: string): string[] {
  const found = new Set([...memory.keys()])
  try {
    for (let i = 0; i < localStorage.length; i++) found.add(localStorage.key(i) as string)
  } catch {
    // Storage is denied: only what this page wrote is there.
  }
  return [...found].filter((key) => key.startsWith(prefix) && memory.get(key) !== null)
}

export function storageFailed(): void {
  unkept.value = true
}
