import { useEffect } from 'preact/hooks'
import { Ways } from './Ways'
import './getting-in.css'

/** For whoever is not signed in. */
export function GettingIn() {
  useEffect(() => {
    document.title = 'chatd'
  }, [])
  return (
    <main class="getting-in" id="main" tabIndex={-1}>
      <div class="getting-in-box">
        <Ways />
      </div>
    </main>
  )
}
