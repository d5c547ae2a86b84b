/** Asks the server for the time with each connection, and says it once if this machine's clock is far off. */

import { setServerTime } from '../data/clock'
import { strings } from '../i18n/strings'
import { roughly } from '../text/durations'
import { toast } from '../ui/toasts'

const t = strings(
  {
    clock_off: 'The clock of this device is off by {by}. Times may look wrong.',
  },
  {
    clock_off: 'Die Uhr dieses Geräts geht um {by} falsch. Zeiten können nicht stimmen.',
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
    toast(t('clock_off', { by: roughly(Math.round(Math.abs(off) / 1000)) }))
  } catch {
    // The connection went; the next one asks again.
  }
}
