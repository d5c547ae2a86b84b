/** Buttons that mark the selection as Markdown. */

import { IconButton } from '../ui/IconButton'
import { linked, prefixed, type Selection, wrapped } from './markup'
import { t } from './words'

export const MARKS = [
  { icon: 'bold', sign: '**', key: 'b' },
  { icon: 'italic', sign: '*', key: 'i' },
  { icon: 'strike', sign: '~~', key: null },
  { icon: 'code', sign: '`', key: 'e' },
] as const

interface FormatBarProps {
  selection(): Selection
  onChange(selection: Selection): void
}

export function FormatBar({ selection, onChange }: FormatBarProps) {
  return (
    <span class="composer-marks" role="group" aria-label={t('format')}>
      {MARKS.map(({ icon, sign }) => (
        <IconButton
          key={icon}
          icon={icon}
          label={t(icon)}
          onClick={() => onChange(wrapped(selection(), sign))}
        />
      ))}
      <IconButton icon="link" label={t('link')} onClick={() => onChange(linked(selection()))} />
      <IconButton icon="list" label={t('list')} onClick={() => onChange(prefixed(selection(), '- '))} />
      <IconButton icon="quote" label={t('quote')} onClick={() => onChange(prefixed(selection(), '> '))} />
    </span>
  )
}
