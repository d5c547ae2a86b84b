import type { ButtonHTMLAttributes } from 'preact'
import { Icon, type IconName } from './Icon'
import './icon-button.css'

interface IconButtonProps extends Omit<ButtonHTMLAttributes, 'icon'> {
  icon: IconName
  /** What it does, in words: the accessible name and the tooltip. */
  label: string
}

export function IconButton({ icon, label, class: more, ...rest }: IconButtonProps) {
  return (
    <button type="button" class={`icon-button ${more ?? ''}`} aria-label={label} title={label} {...rest}>
      <Icon name={icon} />
    </button>
  )
}
