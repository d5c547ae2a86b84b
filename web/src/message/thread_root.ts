import { createContext } from 'preact'

/** The `seq` of the message that began the thread in which a row stands; null in the room itself. */
export const ThreadRoot = createContext<number | null>(null)
