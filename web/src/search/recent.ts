/** What was searched for last by this account on this device. Signing out forgets it. */

import { store, stored } from '../shell/storage'

const MOST = 10
const key = (account: string) => `chatd.searches.${account}`

export function recentSearches(account: string): readonly string[] {
  return stored<readonly string[]>(key(account)) ?? []
}

export function searched(account: string, text: string): void {
  if (text === '') return
  const rest = recentSearches(account).filter((one) => one !== text)
  store(key(account), [text, ...rest].slice(0, MOST))
}
