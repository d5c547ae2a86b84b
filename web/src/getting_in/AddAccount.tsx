import { go } from '../shell/route'
import { Ways } from './Ways'
import './getting-in.css'

/** Signing in with another account beside the one that is shown. */
export function AddAccount() {
  return (
    <div class="getting-in">
      <div class="getting-in-box">
        <Ways onBack={() => go('#/', true)} />
      </div>
    </div>
  )
}
