import type { ComponentType } from 'react';

/** A screen of its own address. Its code is fetched when it is opened. */
export interface Screen {
  /** As wouter reads it, such as `/people/:username` or `/settings/*?`. */
  readonly path: string;
  readonly load: () => Promise<{ readonly default: ComponentType }>;
}

/** What is shown beside a room, such as its members. */
export interface Panel {
  readonly load: () => Promise<{ readonly default: ComponentType<PanelProps> }>;
}

export interface PanelProps {
  readonly roomId: string;
  /** What the address names beside the panel, such as the message of a thread. */
  readonly of: string | undefined;
}
