import { type ReadonlySignal, useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { said } from '../i18n/said'
import { useChat } from '../shell/chat_context'

interface Page<T> {
  readonly items: readonly T[]
  readonly next: string | null
}

interface Pages<T> {
  readonly items: ReadonlySignal<readonly T[]>
  readonly problem: ReadonlySignal<string | null>
  readonly loading: ReadonlySignal<boolean>
  readonly more: boolean
  loadMore(): void
  /** From the beginning, after something was changed. */
  reload(): void
}

/** The first page from `after` on that shows anything, or the last one: a server looks through so much for each. */
export async function pageWithItems<T>(
  ask: (after: string | null) => Promise<Page<T>>,
  after: string | null,
): Promise<Page<T>> {
  let page = await ask(after)
  while (page.items.length === 0 && page.next !== null) page = await ask(page.next)
  return page
}

/**
 * A list that comes in pages. `about` says when it is another list: then it begins anew. `all`: the pages follow each
 * other by themselves, as where something is looked for in the whole of it.
 */
export function usePages<T>(
  ask: (after: string | null) => Promise<Page<T>>,
  about: readonly unknown[],
  all = false,
): Pages<T> {
  const items = useSignal<readonly T[]>([])
  const next = useSignal<string | null>(null)
  const problem = useSignal<string | null>(null)
  const loading = useSignal(true)
  const turn = useSignal(0)
  const load = async (after: string | null) => {
    const mine = after === null ? ++turn.value : turn.value
    loading.value = true
    problem.value = null
    try {
      const page = await pageWithItems(ask, after)
      if (turn.value !== mine) return
      items.value = after === null ? page.items : [...items.value, ...page.items]
      next.value = page.next
    } catch (error) {
      if (turn.value === mine) problem.value = said(error as Error)
    } finally {
      if (turn.value === mine) loading.value = false
    }
  }
  // A page that is loaded anew has no connection yet.
  const chat = useChat()
  const live = chat.live.value
  useEffect(() => {
    if (live) void load(null)
  }, [...about, live])
  const open = chat.status.value.state === 'open'
  useEffect(() => {
    if (open && problem.peek() !== null) void load(next.peek())
  }, [open])
  const rest = all && !loading.value && problem.value === null ? next.value : null
  useEffect(() => {
    if (rest !== null) void load(rest)
  }, [rest])
  return {
    items,
    problem,
    loading,
    more: next.value !== null,
    loadMore: () => void load(next.peek()),
    reload: () => void load(null),
  }
}
