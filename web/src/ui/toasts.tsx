/**
 * Short words that come and go, announced politely. Errors stay until they are closed. Never more than a few, never
 * the same twice, and never over the field in which one writes.
 */

import { effect, signal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { said } from '../i18n/said'
import { Button } from './Button'
import { IconButton } from './IconButton'
import { t } from './words'
import './toasts.css'

export interface Toast {
  readonly id: number
  readonly text: string
  readonly kind: 'info' | 'error'
  readonly act: ToastAct | undefined
}

/** What one can do about it; the toast closes with it. */
interface ToastAct {
  readonly name: string
  run(): void
}

const SHOWN_MS = 5_000
const MOST = 3
export const toasts = signal<readonly Toast[]>([])
let nextId = 1

export function toast(text: string, kind: 'info' | 'error' = 'info', act?: ToastAct): void {
  const id = nextId++
  toasts.value = [...toasts.peek().filter((one) => one.text !== text), { id, text, kind, act }].slice(-MOST)
  if (kind === 'info') setTimeout(() => close(id), SHOWN_MS)
}

/** What was said before is past, for somebody who has just come in. */
export function forgetToasts(): void {
  toasts.value = []
}

/** Runs what a person asked for, and tells them when it is refused. True if it was done. */
export async function tried(work: () => Promise<unknown>): Promise<boolean> {
  try {
    await work()
    return true
  } catch (error) {
    toast(said(error as Error), 'error')
    return false
  }
}

function close(id: number): void {
  toasts.value = toasts.peek().filter((one) => one.id !== id)
}

export function Toasts() {
  const box = useRef<HTMLDivElement>(null)
  useEffect(
    () =>
      effect(() => {
        void toasts.value
        // In the top layer, and there above a dialog that was opened since.
        if (box.current?.matches(':popover-open') && document.querySelector('dialog[open]') !== null)
          box.current.hidePopover()
        box.current?.showPopover()
      }),
    [],
  )
  return (
    <div ref={box} class="toasts" role="status" aria-live="polite" popover="manual">
      {toasts.value.map(({ id, text, kind, act }) => (
        <div class={`toast toast-${kind}`} key={id}>
          <span>{text}</span>
          {act !== undefined && (
            <Button
              kind="quiet"
              onClick={() => {
                close(id)
                act.run()
              }}
            >
              {act.name}
            </Button>
          )}
          <IconButton icon="close" label={t('close')} onClick={() => close(id)} />
        </div>
      ))}
    </div>
  )
}
