import type pg from 'pg';
import { createPeople, createRooms, type Person } from '../../../testing/population.ts';
import type { Author } from './writer.ts';

export interface Population {
  readonly people: readonly Person[];
  readonly roomIds: readonly string[];
  /** Each person with the rooms they are a member of. */
  readonly authors: readonly Author[];
}

/** People spread over rooms, each a member of two of them (of the one when there is one). */
export async function createPopulation(
  owner: pg.Pool,
  jwtSecret: string,
  peopleCount: number,
  roomCount: number,
): Promise<Population> {
  const people = await createPeople(owner, jwtSecret, peopleCount);
  const places = people.map((_, index) => [
    ...new Set([index % roomCount, (index + Math.floor(index / roomCount) + 1) % roomCount]),
  ]);
  const members = Array.from({ length: roomCount }, (_, room) =>
    people.filter((_person, index) => places[index]?.includes(room)).map(({ id }) => id),
  );
  const roomIds = await createRooms(owner, members);
  return {
    people,
    roomIds,
    authors: people.map((person, index) => ({
      person,
      roomIds: (places[index] ?? []).map((room) => roomIds[room] as string),
    })),
  };
}
