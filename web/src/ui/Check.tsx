import type { ComponentChildren } from 'preact'
import type { Ticked } from './input'
import './form.css'

interface CheckProps extends Ticked {
  type?: 'checkbox' | 'radio'
  /** What the radio buttons have in common of which one is chosen. */
  name?: string
  lang?: string
  children: ComponentChildren
}

/** A box to tick, or a radio button, before what it means. */
export function Check({ type = 'checkbox', children, lang, ...input }: CheckProps) {
  return (
    <label class="check" lang={lang}>
      <input type={type} {...input} />
      {children}
    </label>
  )
}
