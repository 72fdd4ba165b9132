import type { Panel, Screen } from '../screen.ts';

/** What the middle column shows at each address, beside the rooms. The first that fits is taken. */
export const screens: readonly Screen[] = [
  { path: '/explore', load: () => import('./rooms/explore.tsx') },
  { path: '/explore/new', load: () => import('./rooms/create-room.tsx') },
  { path: '/invite/:code', load: () => import('./rooms/invitation.tsx') },
  { path: '/moderation', load: () => import('./moderation/waiting-cases.tsx') },
  { path: '/people', load: () => import('./people/people.tsx') },
  { path: '/search', load: () => import('./search/search.tsx') },
  { path: '/threads', load: () => import('./threads/threads.tsx') },
  { path: '/settings/:section?', load: () => import('./settings/settings.tsx') },
  { path: '/people/:username', load: () => import('./people/profile.tsx') },
];

/** What the column beside a room shows, by the `panel` of its address. */
export const panels: Readonly<Record<string, Panel>> = {
  about: { load: () => import('./room/about.tsx') },
  members: { load: () => import('./room/members.tsx') },
  pins: { load: () => import('./room/pins.tsx') },
  files: { load: () => import('./room/files.tsx') },
  invitations: { load: () => import('./room/invitations.tsx') },
  'incoming-webhooks': { load: () => import('./room/incoming-webhooks.tsx') },
  'your-list': { load: () => import('./room/your-list.tsx') },
  notifications: { load: () => import('./room/notifications.tsx') },
  'room-settings': { load: () => import('./room/room-settings.tsx') },
  moderation: { load: () => import('./moderation/moderation.tsx') },
  archive: { load: () => import('./room/archive.tsx') },
  forward: { load: () => import('./room/forward.tsx') },
  reminder: { load: () => import('./room/reminder.tsx') },
  translation: { load: () => import('./room/translation.tsx') },
  message: { load: () => import('./room/message-details.tsx') },
};
