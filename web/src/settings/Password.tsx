import { Field } from '../ui/Field'
import type { Typed } from '../ui/input'
import { t } from './words'

interface PasswordProps {
  form: { input(name: 'password'): Typed }
  problem?: string | null
  /** An account that has no password leaves it empty. */
  optional?: boolean
}

/** Asks again for one's password, before what nobody else may do at an open screen. */
export function Password({ form, problem, optional = false }: PasswordProps) {
  return (
    <Field
      label={t('password')}
      hint={optional ? t('password_if_any') : undefined}
      type="password"
      autocomplete="current-password"
      required={!optional}
      problem={problem}
      {...form.input('password')}
    />
  )
}
