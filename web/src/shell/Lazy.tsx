/** A part of the client that is loaded when it is first opened. */

import type { ComponentType, FunctionComponent, VNode } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { Button } from '../ui/Button'
import { t } from '../ui/words'
import { look } from './update'

/**
 * `load` is an `import()`; `pick` takes the component out of the module; `meanwhile` draws what stands in its place. One
 * node that is drawn again and again would hold the tree in which it stood first, and by that all later ones.
 */
export function lazy<M, P extends object>(
  load: () => Promise<M>,
  pick: (module: M) => ComponentType<P>,
  meanwhile?: () => VNode | null,
): FunctionComponent<P> {
  let loaded: ComponentType<P> | null = null
  return function Lazy(props: P) {
    const [Part, setPart] = useState<ComponentType<P> | null>(() => loaded)
    const [failed, setFailed] = useState(false)
    const start = () => {
      setFailed(false)
      load().then(
        (module) => {
          loaded = pick(module)
          setPart(() => loaded)
        },
        () => {
          setFailed(true)
          void look() // perhaps it is missing because there is a newer version
        },
      )
    }
    useEffect(() => {
      if (Part === null) start()
    }, [])
    if (Part !== null) return <Part {...props} />
    if (failed)
      return (
        <p class="lazy" role="alert">
          {t('not_loaded')} <Button onClick={start}>{t('again')}</Button>
        </p>
      )
    if (meanwhile !== undefined) return meanwhile()
    return (
      <p class="lazy" aria-busy="true">
        {t('loading')}
      </p>
    )
  }
}
