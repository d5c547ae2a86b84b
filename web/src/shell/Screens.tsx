/** The screens that take the room's place, each loaded when it is opened. Their names stand in the address. */

import type { FunctionComponent } from 'preact'
import { lazy } from './Lazy'
import { t } from './words'

export interface ScreenProps {
  /** The parts of the address behind the screen's name. */
  rest: readonly string[]
}

const AnotherAccount = lazy(
  () => import('../getting_in/AddAccount'),
  (module) => module.AddAccount,
)

const SCREENS: Readonly<Record<string, FunctionComponent<ScreenProps>>> = {
  welcome: lazy(
    () => import('../getting_in/Welcome'),
    (module) => module.Welcome,
  ),
  invite: lazy(
    () => import('../getting_in/AcceptInvite'),
    (module) => module.AcceptInvite,
  ),
  identity: lazy(
    () => import('../settings/IdentityReturn'),
    (module) => module.IdentityReturn,
  ),
  'add-account': AnotherAccount,
  'sign-in': AnotherAccount,
  'sign-up': AnotherAccount,
  setup: AnotherAccount,
  sso: AnotherAccount,
  settings: lazy(
    () => import('../settings/SettingsScreen'),
    (module) => module.SettingsScreen,
  ),
  operator: lazy(
    () => import('../operator/OperatorScreen'),
    (module) => module.OperatorScreen,
  ),
  space: lazy(
    () => import('../manage/SpaceScreen'),
    (module) => module.SpaceScreen,
  ),
}

export function Screens({ name, rest }: { name: string } & ScreenProps) {
  // A name of the address may be one that every object has: `__proto__`.
  const Screen = Object.hasOwn(SCREENS, name) ? SCREENS[name] : undefined
  return Screen === undefined ? <p class="app-empty">{t('no_such_page')}</p> : <Screen rest={rest} />
}
