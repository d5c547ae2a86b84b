/** A part of the client that is loaded when it is first opened. */

import type { ComponentType, FunctionComponent, VNode } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { Button } from '../ui/Button'
import { t } from '../ui/words'
import { look } from './update'

type PropsOf<C> = C extends ComponentType<infer P> ? P : never

/**
 * `load` is an `import()`, `name` that of the component in the module; `meanwhile` draws what stands in its place. One
 * node that is drawn again and again would hold the tree in which it stood first, and by that all later ones.
 */
export function lazy<M, N extends keyof M>(
  load: () => Promise<M>,
  name: N,
  meanwhile?: () => VNode | null,
): FunctionComponent<PropsOf<M[N]>> {
  let loaded: ComponentType | null = null
  return function Lazy(props: object) {
    const [Part, setPart] = useState<ComponentType | null>(() => loaded)
    const [failed, setFailed] = useState(false)
    const start = () => {
      setFailed(false)
      load().then(
        (module) => {
          loaded = module[name] as ComponentType
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
