/** Whether Enter sends and Shift+Enter begins a line, or the other way round. Kept in this browser. */

import { signal } from '@preact/signals'
import { store, stored } from '../shell/storage'

const KEY = 'chatd.enter'

export const enterSends = signal(stored<'sends' | 'line'>(KEY) !== 'line')

export function setEnterSends(sends: boolean): void {
  enterSends.value = sends
  store(KEY, sends ? 'sends' : 'line')
}
