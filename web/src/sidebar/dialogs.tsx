/** The dialogs and menus that the sidebar opens; each is loaded then. */

import { lazy } from '../shell/Lazy'

export const RoomMenu = lazy(
  () => import('./RoomMenu'),
  'RoomMenu',
  () => null,
)
export const SpaceMenu = lazy(
  () => import('./SpaceMenu'),
  'SpaceMenu',
  () => null,
)
export const MeMenu = lazy(
  () => import('./MeMenu'),
  'MeMenu',
  () => null,
)
export const BrowseRooms = lazy(() => import('./BrowseRooms'), 'BrowseRooms')
export const NewRoom = lazy(() => import('./NewRoom'), 'NewRoom')
export const NewDirect = lazy(() => import('./NewDirect'), 'NewDirect')
export const NewSpace = lazy(() => import('./NewSpace'), 'NewSpace')
export const JoinSpace = lazy(() => import('./JoinSpace'), 'JoinSpace')
export const QuickSwitcher = lazy(() => import('./QuickSwitcher'), 'QuickSwitcher')
export const ShortcutHelp = lazy(() => import('../help/ShortcutHelp'), 'ShortcutHelp')
export const RoomSettings = lazy(() => import('../manage/RoomSettings'), 'RoomSettings')
