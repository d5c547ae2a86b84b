import { useId } from 'preact/hooks'

interface SelectProps {
  label: string
  value: string
  /** Values with what they are called. */
  options: readonly (readonly [value: string, name: string])[]
  onPick(value: string): void
  disabled?: boolean
}

/** A labelled choice of a few. */
export function Select({ label, value, options, onPick, disabled }: SelectProps) {
  const id = useId()
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <select
        id={id}
        value={value}
        disabled={disabled}
        onChange={(event) => onPick(event.currentTarget.value)}
      >
        {options.map(([one, name]) => (
          <option key={one} value={one}>
            {name}
          </option>
        ))}
      </select>
    </div>
  )
}
