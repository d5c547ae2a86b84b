import { openDialog } from '../shell/dialog'
import { Button } from '../ui/Button'
import { JoinSpace, NewSpace } from './dialogs'
import { t } from './words'

/** For somebody who is in no space yet. */
export function StartHere() {
  return (
    <section class="sidebar-start">
      <p>{t('no_spaces')}</p>
      <Button kind="primary" onClick={() => openDialog(<JoinSpace />)}>
        {t('join_space')}
      </Button>
      <Button onClick={() => openDialog(<NewSpace />)}>{t('new_space')}</Button>
    </section>
  )
}
