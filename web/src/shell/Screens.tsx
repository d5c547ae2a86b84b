/** The screens that take the room's place, each loaded when it is opened. Their names stand in the address. */

import type { FunctionComponent } from 'preact'
import { lazy } from './Lazy'
import { t } from './words'

export interface ScreenProps {
  /** The parts of the address behind the screen's name. */
  rest: readonly string[]
}

const AnotherAccount = lazy(() => import('../getting_in/AddAccount'), 'AddAccount')

const SCREENS: Readonly<Record<string, FunctionComponent<ScreenProps>>> = {
  welcome: lazy(() => import('../getting_in/Welcome'), 'Welcome'),
  invite: lazy(() => import('../getting_in/AcceptInvite'), 'AcceptInvite'),
  identity: lazy(() => import('../settings/IdentityReturn'), 'IdentityReturn'),
  'add-account': AnotherAccount,
  'sign-in': AnotherAccount,
  'sign-up': AnotherAccount,
  setup: AnotherAccount,
  sso: AnotherAccount,
  settings: lazy(() => import('../settings/SettingsScreen'), 'SettingsScreen'),
  operator: lazy(() => import('../operator/OperatorScreen'), 'OperatorScreen'),
  space: lazy(() => import('../manage/SpaceScreen'), 'SpaceScreen'),
}

export function Screens({ name, rest }: { name: string } & ScreenProps) {
  // A name of the address may be one that every object has: `__proto__`.
  const Screen = Object.hasOwn(SCREENS, name) ? SCREENS[name] : undefined
  return Screen === undefined ? <p class="app-empty">{t('no_such_page')}</p> : <Screen rest={rest} />
}
