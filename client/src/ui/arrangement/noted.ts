import { readNote, writeNote } from '../../notes.ts';
import type { RoomArrangement } from './sections.ts';

/* How people have arranged their rooms, as noted on this device, so that the list stands at once. */

const noteOf = (viewerId: string) => `trumpet arrangement ${viewerId}`;

export function readArrangement(viewerId: string): readonly RoomArrangement[] {
  const noted = readNote(noteOf(viewerId));
  return noted === null ? [] : JSON.parse(noted);
}

export function noteArrangement(viewerId: string, nodes: readonly RoomArrangement[]): void {
  writeNote(noteOf(viewerId), nodes.length === 0 ? null : JSON.stringify(nodes));
}

/** Removes what is noted of a person on this device. */
export function forgetArrangement(viewerId: string): void {
  noteArrangement(viewerId, []);
}
