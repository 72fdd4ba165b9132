import type { DefaultTheme } from 'vitepress';
import { TOPICS } from './topics.ts';

/** In the order in which somebody needs it who builds with Trumpet. */
export const sidebar: DefaultTheme.SidebarItem[] = [
  {
    text: 'Begin',
    items: [
      { text: 'What Trumpet is', link: '/' },
      { text: 'Start', link: '/start/' },
      { text: 'The page', link: '/page' },
      { text: 'A tour in five minutes', link: '/start/tour' },
      { text: 'React', link: '/start/react' },
      { text: 'Plain JavaScript', link: '/start/javascript' },
      { text: 'Node', link: '/start/node' },
      { text: 'Phones', link: '/start/phones' },
      { text: 'The client', link: '/client' },
      { text: 'Other GraphQL clients', link: '/clients' },
    ],
  },
  {
    text: 'Understand',
    items: [
      { text: 'The log', link: '/concepts/log' },
      { text: 'Resuming', link: '/concepts/resume' },
      { text: 'Receipts and unread', link: '/concepts/receipts' },
      { text: 'The list of rooms', link: '/concepts/room-list' },
      { text: 'Presence and typing', link: '/concepts/presence' },
      { text: 'Later', link: '/concepts/later' },
      { text: 'Drafts', link: '/concepts/drafts' },
    ],
  },
  {
    text: 'Recipes',
    items: [
      { text: 'A room that strangers may join', link: '/recipes/moderation' },
      { text: 'Files in pages that stay open', link: '/recipes/files' },
      { text: 'Offline', link: '/recipes/offline' },
      { text: 'Badges', link: '/recipes/badges' },
      { text: 'Coming from polling', link: '/recipes/from-polling' },
    ],
  },
  {
    text: 'API by topic',
    link: '/api/',
    collapsed: true,
    items: TOPICS.map(({ name, title }) => ({ text: title, link: `/api/${name}` })),
  },
  {
    text: 'Look up',
    items: [
      { text: 'The live protocol', link: '/protocol' },
      { text: 'Errors and close codes', link: '/errors' },
      { text: 'Limits', link: '/limits' },
      { text: 'Search', link: '/search' },
      { text: 'Attachments', link: '/attachments' },
      { text: 'Notifications', link: '/push' },
      { text: 'The page', link: '/page' },
      { text: 'Moderation', link: '/moderation' },
    ],
  },
  {
    text: 'Operate',
    items: [
      { text: 'On your own Postgres', link: '/running' },
      { text: 'Deployment', link: '/deploy' },
      { text: 'Beyond one machine', link: '/scaling' },
      { text: 'Citus, table by table', link: '/citus' },
      { text: 'Settings', link: '/settings' },
      { text: 'Upgrading', link: '/upgrading' },
      { text: 'Backup and restore', link: '/backup' },
      { text: 'Standby and failover', link: '/high-availability' },
      { text: 'Who somebody is', link: '/auth' },
      { text: 'Workspaces', link: '/workspaces' },
      { text: 'What servers may do', link: '/server-api' },
      { text: 'Messages in and out', link: '/import' },
      { text: 'Link previews', link: '/link-previews' },
      { text: 'Webhooks', link: '/webhooks' },
      { text: 'Bots', link: '/bots' },
      { text: 'Operations with psql', link: '/operations' },
      { text: 'Monitoring', link: '/monitoring' },
      { text: 'Runbook', link: '/runbook' },
      { text: 'Troubleshooting', link: '/troubleshooting' },
    ],
  },
  { text: 'How it compares', link: '/comparison' },
  {
    text: 'Inside',
    collapsed: true,
    items: [
      { text: 'Architecture', link: '/architecture' },
      { text: 'Glossary', link: '/glossary' },
      { text: 'Changing the database', link: '/migrations' },
      { text: 'Decisions', link: '/decisions/README' },
      { text: 'Benchmarks', link: '/benchmarks' },
      { text: 'Faults', link: '/faults' },
    ],
  },
];
