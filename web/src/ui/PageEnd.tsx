import { Button } from './Button'
import type { Pages } from './pages'
import { t } from './words'

/** What stands below a list in pages: that it loads, that it could not, that it is empty, or the way to more. */
export function PageEnd({ pages, empty }: { pages: Pages<unknown>; empty: string }) {
  if (pages.problem !== null)
    return (
      <p role="alert">
        {pages.problem} <Button onClick={pages.again}>{t('again')}</Button>
      </p>
    )
  if (pages.loading.value) return <p aria-busy="true">{t('loading')}</p>
  if (pages.more) return <Button onClick={pages.loadMore}>{t('more')}</Button>
  return pages.items.value.length === 0 ? <p>{empty}</p> : null
}
