/** Asks the server for the time with each connection, and says it once if this machine's clock is far off. */

import { setServerTime } from '../data/clock'
import { strings } from '../i18n/strings'
import { toast } from '../ui/toasts'

const t = strings(
  {
    clock_off: {
      one: 'The clock of this device is off by {count} minute. Times may look wrong.',
      other: 'The clock of this device is off by {count} minutes. Times may look wrong.',
    },
  },
  {
    clock_off: {
      one: 'Die Uhr dieses Geräts geht um {count} Minute falsch. Zeiten können nicht stimmen.',
      other: 'Die Uhr dieses Geräts geht um {count} Minuten falsch. Zeiten können nicht stimmen.',
    },
  },
)

const FAR_MS = 2 * 60_000
let told = false

export async function askTime(): Promise<void> {
  try {
    const began = performance.now()
    const { headers } = await fetch('/healthz', { method: 'HEAD', cache: 'no-store' })
    const off = setServerTime(headers.get('date') ?? '', performance.now() - began)
    if (Math.abs(off) < FAR_MS || told) return
    told = true
    toast(t('clock_off', { count: Math.round(Math.abs(off) / 60_000) }))
  } catch {
    // The connection went; the next one asks again.
  }
}
