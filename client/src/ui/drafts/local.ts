import { noteNames, readNote, writeNote } from '../../notes.ts';
import { type HeldFile, nameOf, type Place } from '../composing.ts';

/*
 * What was written and not sent, as noted on this device by person, room and thread. All tabs share it, and what other
 * devices have written comes into it (sync.ts).
 */

const prefixOf = (viewerId: string) => `trumpet draft ${viewerId} `;

export function readDraft(viewerId: string, place: Place): string {
  return readNote(prefixOf(viewerId) + nameOf(place)) ?? '';
}

export function writeDraft(viewerId: string, place: Place, text: string): void {
  writeNote(prefixOf(viewerId) + nameOf(place), text || null);
}

/** Behind the name of a place: the files of its draft. */
const FILES = ' files';

export function readFiles(viewerId: string, place: Place): readonly HeldFile[] {
  const note = readNote(prefixOf(viewerId) + nameOf(place) + FILES);
  return note === null ? [] : (JSON.parse(note) as HeldFile[]);
}

export function writeFiles(viewerId: string, place: Place, files: readonly HeldFile[]): void {
  const note = files.map(({ id, name, type, size }) => ({ id, name, type, size }));
  writeNote(
    prefixOf(viewerId) + nameOf(place) + FILES,
    files.length === 0 ? null : JSON.stringify(note),
  );
}

/** The keys of all that is noted of a person's drafts, without what they begin with. */
export function draftNotes(viewerId: string): readonly string[] {
  const prefix = prefixOf(viewerId);
  return noteNames(prefix).map((name) => name.slice(prefix.length));
}

/** Removes all of a person. */
export function forgetDrafts(viewerId: string): void {
  for (const name of noteNames(prefixOf(viewerId))) {
    writeNote(name, null);
  }
}
