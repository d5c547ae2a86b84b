/** The dialogs and menus that the sidebar opens; each is loaded then. */

import { lazy } from '../shell/Lazy'

export const RoomMenu = lazy(
  () => import('./RoomMenu'),
  (module) => module.RoomMenu,
  () => null,
)
export const SpaceMenu = lazy(
  () => import('./SpaceMenu'),
  (module) => module.SpaceMenu,
  () => null,
)
export const MeMenu = lazy(
  () => import('./MeMenu'),
  (module) => module.MeMenu,
  () => null,
)
export const BrowseRooms = lazy(
  () => import('./BrowseRooms'),
  (module) => module.BrowseRooms,
)
export const NewRoom = lazy(
  () => import('./NewRoom'),
  (module) => module.NewRoom,
)
export const NewDirect = lazy(
  () => import('./NewDirect'),
  (module) => module.NewDirect,
)
export const NewSpace = lazy(
  () => import('./NewSpace'),
  (module) => module.NewSpace,
)
export const JoinSpace = lazy(
  () => import('./JoinSpace'),
  (module) => module.JoinSpace,
)
export const QuickSwitcher = lazy(
  () => import('./QuickSwitcher'),
  (module) => module.QuickSwitcher,
)
export const ShortcutHelp = lazy(
  () => import('../help/ShortcutHelp'),
  (module) => module.ShortcutHelp,
)
export const RoomSettings = lazy(
  () => import('../manage/RoomSettings'),
  (module) => module.RoomSettings,
)
