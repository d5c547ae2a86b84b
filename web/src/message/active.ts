/**
 * The rows that the pointer and the focus are in: only those show what can be done with them. A pointer that rests
 * somewhere takes nothing away from whoever goes on with the keys.
 */

import { computed, signal } from '@preact/signals'

const pointed = signal<Element | null>(null)
const focused = signal<Element | null>(null)
const byKeys = signal(false)
let pressed = false

/** The row whose actions are in sight. */
export const activeRow = computed(() => (byKeys.value ? (focused.value ?? pointed.value) : pointed.value))
/** The row whose keys count: none that was clicked, since whoever types on means no message. */
export const focusedRow = computed(() => focused.value)

/** The row of an element; undefined where it belongs to a row but stands in none: a menu, a picker, a dialog. */
function rowOf(target: EventTarget | null): Element | null | undefined {
  const element = target instanceof Element ? target : null
  const row = element?.closest('[data-seq]') ?? null
  return row === null && element?.closest('.menu, .emoji-picker, .dialog') ? undefined : row
}

function moved({ target, type }: Event): void {
  const row = rowOf(target)
  if (row !== undefined) pointed.value = row
  // What scrolls away under a pointer that rests is not a movement.
  if (type !== 'pointerover') byKeys.value = false
}

globalThis.document?.addEventListener('pointerover', moved)
globalThis.document?.addEventListener('pointermove', moved, { passive: true })
globalThis.document?.addEventListener('pointerdown', moved)
for (const press of ['pointerdown', 'pointerup', 'pointercancel'])
  globalThis.document?.addEventListener(press, ({ type }) => {
    pressed = type === 'pointerdown'
    if (pressed) focused.value = null
  })
globalThis.document?.addEventListener('keydown', () => {
  byKeys.value = true
})
globalThis.document?.addEventListener('focusin', ({ target }) => {
  const row = rowOf(target)
  if (row !== undefined) focused.value = pressed ? null : row
})
