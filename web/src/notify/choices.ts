/** How this browser notifies. Off until somebody asks for it. */

import { signal } from '@preact/signals'
import { store, stored } from '../shell/storage'

const DESKTOP = 'chatd.desktop'
const SOUND = 'chatd.sound'

export const desktop = signal(stored<boolean>(DESKTOP) ?? false)
export const sound = signal(stored<boolean>(SOUND) ?? false)

export type Permission = 'default' | 'denied' | 'granted' | 'missing'

export const permission = signal<Permission>(current())

/** Only from a click: browsers punish pages that ask by themselves. */
export async function askPermission(): Promise<boolean> {
  if (permission.peek() === 'default') await Notification.requestPermission()
  permission.value = current()
  return permission.value === 'granted'
}

export async function setDesktop(on: boolean): Promise<void> {
  desktop.value = on && (await askPermission())
  store(DESKTOP, desktop.value)
}

export function setSound(on: boolean): void {
  sound.value = on
  store(SOUND, on)
}

globalThis.addEventListener?.('storage', ({ key }) => {
  if (key === DESKTOP) desktop.value = stored<boolean>(DESKTOP) ?? false
  if (key === SOUND) sound.value = stored<boolean>(SOUND) ?? false
})

function current(): Permission {
  return typeof Notification === 'undefined' ? 'missing' : Notification.permission
}
