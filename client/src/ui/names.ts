import { usePerson, useRoom } from '../react/index.ts';
import type { Person } from '../replica/model.ts';
import type { ShownRoom } from '../shown.ts';
import { useWords } from './provider.tsx';
import type { Words } from './words/en.ts';

export function nameOfPerson(
  words: Words,
  person: Pick<Person, 'displayName' | 'deletedAt'> | undefined,
): string {
  if (person === undefined) {
    return words.unknownPerson;
  }
  return person.deletedAt === null ? person.displayName : words.deletedAccount;
}

export function usePersonName(userId: string): string {
  return nameOfPerson(useWords(), usePerson(userId));
}

type NamedRoom = Pick<ShownRoom, 'name' | 'directUserId' | 'displayName'>;

/** The name of a room; of a conversation without one, the names of the others. */
export function nameOfRoom(words: Words, room: NamedRoom, other: Person | undefined): string {
  return room.name ?? (room.directUserId === null ? room.displayName : nameOfPerson(words, other));
}

export function useRoomName(room: NamedRoom | undefined): string {
  const words = useWords();
  const other = usePerson(room?.directUserId ?? '');
  return room === undefined ? '' : nameOfRoom(words, room, other);
}

export function useNameOfRoom(roomId: string): string {
  return useRoomName(useRoom(roomId));
}

/** One or two letters to stand for a picture. */
export function initialsOf(name: string): string {
  const words = name.split(/[\s._-]+/u).filter((word) => /[\p{L}\p{N}]/u.test(word));
  const letters = words.map((word) =>
    [...segments(word)].find((part) => /[\p{L}\p{N}]/u.test(part)),
  );
  return [letters[0], letters.length > 1 ? letters.at(-1) : undefined].join('').toLocaleUpperCase();
}

const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

function* segments(text: string): Iterable<string> {
  for (const { segment } of segmenter.segment(text)) {
    yield segment;
  }
}

/** A number from 0 to 11 that stays the same for an id: the colour of who has no picture. */
export function colourOf(id: string): number {
  let sum = 0;
  for (const letter of id) {
    sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) % 4_093;
  }
  return sum % 12;
}
