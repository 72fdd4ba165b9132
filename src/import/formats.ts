import { openDiscord } from './discord.ts';
import { openMattermost } from './mattermost.ts';
import { openSlack } from './slack.ts';
import type { OpenSource } from './source.ts';
import { openTrumpet } from './trumpet.ts';

/** The formats that can be read, by the name that the command line has for them. */
export const FORMATS: Readonly<Record<string, OpenSource>> = {
  slack: openSlack,
  mattermost: openMattermost,
  discord: openDiscord,
  trumpet: openTrumpet,
};
