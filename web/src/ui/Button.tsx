import type { ButtonHTMLAttributes, ComponentChildren } from 'preact'
import './button.css'

interface ButtonProps extends Omit<ButtonHTMLAttributes, 'size'> {
  /** `primary`: the one thing to do; `plain`: beside others; `quiet`: until looked at; `danger`: it takes away. */
  kind?: 'primary' | 'plain' | 'quiet' | 'danger'
  children: ComponentChildren
}

export function Button({ kind = 'plain', children, class: more, ...rest }: ButtonProps) {
  return (
    <button type="button" class={`button button-${kind} ${more ?? ''}`} {...rest}>
      {children}
    </button>
  )
}
