/** Light, dark, or as the system has it. */

import { effect, signal } from '@preact/signals'
import { store, stored } from './storage'

export type Theme = 'system' | 'light' | 'dark'
const STORED = 'chatd.theme'

export const theme = signal<Theme>(chosen())

export function followTheme(): void {
  const system = matchMedia('(prefers-color-scheme: dark)')
  const systemIsDark = signal(system.matches)
  system.addEventListener('change', () => {
    systemIsDark.value = system.matches
  })
  effect(() => {
    const dark = theme.value === 'system' ? systemIsDark.value : theme.value === 'dark'
    document.documentElement.dataset.theme = dark ? 'dark' : 'light'
  })
}

/** Another theme, kept for the next visit. */
export function wear(next: Theme): void {
  theme.value = next
  store(STORED, next)
}

function chosen(): Theme {
  const wanted = stored<string>(STORED)
  return wanted === 'light' || wanted === 'dark' ? wanted : 'system'
}
