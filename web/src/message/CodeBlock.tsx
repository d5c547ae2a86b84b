/** A block of code. It is there at once; its colours come when the highlighter is loaded. */

import { useEffect, useState } from 'preact/hooks'
import type { Token } from '../text/highlight'
import { copy } from '../ui/copy'
import { IconButton } from '../ui/IconButton'
import { t } from './words'

/** Longer code stays plain: colouring it would take longer than a frame. */
const LONGEST_COLOURED = 6_000

export function CodeBlock({ language, code }: { language: string; code: string }) {
  const [tokens, setTokens] = useState<readonly Token[] | null>(null)
  useEffect(() => {
    if (language === '' || code.length > LONGEST_COLOURED) return
    let shown = true
    import('../text/highlight').then(
      ({ highlight }) => {
        if (shown) setTokens(highlight(language, code))
      },
      () => undefined, // without colours it is as good to read
    )
    return () => {
      shown = false
    }
  }, [language, code])
  return (
    <div class="text-code" dir="ltr">
      <pre role="group" tabIndex={0} aria-label={language === '' ? t('code') : t('code_in', { language })}>
        <code>
          {tokens === null
            ? code
            : tokens.map(({ text, kind }, i) =>
                kind === null ? (
                  text
                ) : (
                  <span key={i} class={`code-${kind}`}>
                    {text}
                  </span>
                ),
              )}
        </code>
      </pre>
      <IconButton class="text-code-copy" icon="copy" label={t('copy_code')} onClick={() => copy(code)} />
    </div>
  )
}
