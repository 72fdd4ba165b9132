import type { Panel, Screen } from '../screen.ts';

/** What the middle column shows at each address, beside the rooms. The first that fits is taken. */
export const screens: readonly Screen[] = [];

/** What the column beside a room shows, by the `panel` of its address. */
export const panels: Readonly<Record<string, Panel>> = {};
