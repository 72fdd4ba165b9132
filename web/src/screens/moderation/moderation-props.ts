import type { ShownRoom } from 'trumpet-client';

export interface ModerationProps {
  readonly room: ShownRoom;
}
