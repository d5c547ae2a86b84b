/** The filters as buttons: what is pressed stands as words in the field. */

import { Button } from '../ui/Button'
import { parsed, withFilter, without } from './query'
import { t } from './words'

export function Filters({ typed, onChange }: { typed: string; onChange(next: string): void }) {
  const query = parsed(typed)
  const named = (name: 'from' | 'in', value: string | null) => (
    <Button
      aria-pressed={value !== null && value !== ''}
      onClick={() =>
        onChange(value === null ? `${typed.trimEnd()} ${name}:`.trimStart() : without(typed, name))
      }
    >
      {value === null || value === '' ? t(`${name}_whom`) : t(`${name}_named`, { name: value })}
    </Button>
  )
  const has = (value: 'file' | 'link', is: boolean) => (
    <Button
      aria-pressed={is}
      onClick={() => onChange(is ? without(typed, 'has', value) : withFilter(typed, 'has', value))}
    >
      {t(`has_${value}`)}
    </Button>
  )
  const day = (name: 'after' | 'before', value: string | null) => (
    <label class="search-day">
      {t(name)}
      <input
        type="date"
        value={value ?? ''}
        onChange={({ currentTarget: { value: next } }) =>
          onChange(next === '' ? without(typed, name) : withFilter(typed, name, next))
        }
      />
    </label>
  )
  return (
    <>
      {named('from', query.from)}
      {named('in', query.in)}
      {has('file', query.hasFile)}
      {has('link', query.hasLink)}
      <div class="search-days">
        {day('after', query.after)}
        {day('before', query.before)}
      </div>
    </>
  )
}
