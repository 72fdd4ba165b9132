import type { PersonPartsFragment } from '../generated.ts';
import type { Journal } from './journal.ts';
import type { Person } from './model.ts';

/** The people that the replica has heard of, by id. */
export interface People {
  get(id: string): Person | undefined;
  take(person: PersonPartsFragment): void;
}

export function createPeople(journal: Journal, kept: readonly Person[]): People {
  const people = new Map(kept.map((person) => [person.id, person]));

  return {
    get: (id) => people.get(id),
    take(person) {
      const known = people.get(person.id);
      if (known === undefined || !isSame(known, person)) {
        people.set(person.id, person);
        journal.keep('people', person.id, person);
        journal.tell(`person ${person.id}`);
      }
    },
  };
}

/** Their author comes with every message: compared by its text, that took a tenth of what an event takes. */
function isSame(one: Person, other: Person): boolean {
  return (Object.keys(one) as (keyof Person)[]).every((field) => one[field] === other[field]);
}
