/**
 * What each role may do in a space, before overrides, mutes and locks: the table of the reference's page on rights.
 * The server decides; this only says what is worth offering.
 */

import type { Right, Role } from '../wire/contract'

/** The least role that holds the right. */
const LEAST: Readonly<Record<Right, Role>> = {
  'space.update': 'admin',
  'space.delete': 'owner',
  'space.lock': 'moderator',
  'space.export': 'admin',
  'space.set_retention': 'admin',
  'invite.create': 'moderator',
  'invite.list': 'moderator',
  'member.see_all': 'member',
  'member.set_role': 'admin',
  'member.kick': 'moderator',
  'member.ban': 'moderator',
  'member.mute': 'moderator',
  'member.erase_messages': 'admin',
  'room.create': 'member',
  'room.create_private': 'member',
  'room.see_public': 'member',
  'room.join_public': 'member',
  'room.invite': 'member',
  'room.remove': 'moderator',
  'room.update': 'moderator',
  'room.lock': 'moderator',
  'room.override': 'admin',
  'room.archive': 'admin',
  'room.delete': 'admin',
  'room.set_retention': 'admin',
  'message.post': 'guest',
  'message.announce': 'moderator',
  'message.hurry': 'moderator',
  'message.delete_any': 'moderator',
  'message.see_edits': 'moderator',
  'mention.loud': 'member',
  'reaction.add': 'guest',
  'pin.set': 'member',
  'emoji.manage': 'moderator',
  'report.list': 'moderator',
  'audit.list': 'admin',
}

const RANK: Readonly<Record<Role, number>> = { owner: 4, admin: 3, moderator: 2, member: 1, guest: 0 }

export function holds(role: Role | null | undefined, right: Right): boolean {
  return role !== null && role !== undefined && RANK[role] >= RANK[LEAST[right]]
}

/** Whether `role` may act on a member with `other`: kick, mute, ban and roles reach only below oneself. */
export function above(role: Role | null | undefined, other: Role | null | undefined): boolean {
  return role != null && (other == null || RANK[role] > RANK[other])
}

/** The roles that somebody with `role` may give: those below it. */
export function givable(role: Role | null | undefined): Exclude<Role, 'owner'>[] {
  return (['admin', 'moderator', 'member', 'guest'] as const).filter((one) => above(role, one))
}
