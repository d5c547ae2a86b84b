import { route } from '../shell/route'
import { Setup } from './Setup'
import { SignIn } from './SignIn'
import { SignUp } from './SignUp'
import { SsoReturn } from './SsoReturn'

/** The ways into an account; which one is taken is said by the address. */
export function Ways({ onBack }: { onBack?: () => void }) {
  const { value } = route
  const [name, rest] = value.at === 'screen' ? [value.name, value.rest] : ['', []]
  if (name === 'setup') return <Setup code={rest[0] ?? ''} />
  if (name === 'sso') return <SsoReturn code={rest[0] ?? ''} />
  if (name === 'sign-up' || name === 'invite') return <SignUp invite={rest[0] ?? ''} onBack={onBack} />
  return <SignIn invite={name === 'sign-in' ? (rest[0] ?? '') : ''} onBack={onBack} />
}
