import { strings } from '../i18n/strings'

export const t = strings(
  {
    thread: 'Thread',
    replies: { one: '{count} reply', other: '{count} replies' },
    follow: 'Follow',
    unfollow: 'Unfollow',
    follow_hint: 'Be told of new replies',
    unfollow_hint: 'Hear no more of new replies',
    earlier: 'Show earlier replies',
  },
  {
    thread: 'Thread',
    replies: { one: '{count} Antwort', other: '{count} Antworten' },
    follow: 'Folgen',
    unfollow: 'Nicht mehr folgen',
    follow_hint: 'Von neuen Antworten erfahren',
    unfollow_hint: 'Von neuen Antworten nichts mehr hören',
    earlier: 'Frühere Antworten zeigen',
  },
)
