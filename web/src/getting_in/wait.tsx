import { type ReadonlySignal, useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { Refused } from '../data/refusal'
import { t } from './words'

interface Wait {
  /** How long one still has to wait. */
  readonly seconds: ReadonlySignal<number>
  /** Does the work, and begins to count if it is refused for so long. */
  heeded<T>(work: () => Promise<T>): Promise<T>
}

/** Counts seconds down that the server asked for. */
export function useWait(): Wait {
  const seconds = useSignal(0)
  useEffect(() => {
    if (seconds.value <= 0) return
    const timer = setTimeout(() => {
      seconds.value -= 1
    }, 1000)
    return () => clearTimeout(timer)
  }, [seconds.value])
  return {
    seconds,
    heeded: async (work) => {
      try {
        return await work()
      } catch (error) {
        if (error instanceof Refused && error.retryAfter !== null) seconds.value = Math.ceil(error.retryAfter)
        throw error
      }
    },
  }
}

export function Waiting({ wait }: { wait: Wait }) {
  const { value } = wait.seconds
  return value === 0 ? null : <p class="getting-in-note">{t('wait', { count: value })}</p>
}
