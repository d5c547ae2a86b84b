import { LANGUAGES, type Language, language, speak } from '../i18n/strings'
import { type Theme, theme, wear } from '../shell/theme'
import { t } from './words'

export function AppearanceTab() {
  return (
    <>
      <fieldset class="form settings-choice">
        <legend>{t('theme')}</legend>
        {(['system', 'light', 'dark'] as Theme[]).map((one) => (
          <label key={one} class="check">
            <input type="radio" name="theme" checked={theme.value === one} onChange={() => wear(one)} />
            {t(`theme_${one}`)}
          </label>
        ))}
      </fieldset>
      <fieldset class="form settings-choice">
        <legend>{t('language')}</legend>
        {(Object.keys(LANGUAGES) as Language[]).map((one) => (
          <label key={one} class="check" lang={one}>
            <input
              type="radio"
              name="language"
              checked={language.value === one}
              onChange={() => speak(one)}
            />
            {LANGUAGES[one]}
          </label>
        ))}
      </fieldset>
    </>
  )
}
