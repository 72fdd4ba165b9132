import type { ShownRoom } from '../../shown.ts';
import type { RoomArrangementsQuery } from './generated.ts';

/** Where a room stands in a person's list, as they have arranged it. */
export type RoomArrangement = NonNullable<
  RoomArrangementsQuery['roomArrangements']
>['nodes'][number];

/** Rooms by their id; those that are not there stand by activity. */
export type Arrangements = ReadonlyMap<string, RoomArrangement>;

/** A part of the list of rooms. */
export interface RoomSection {
  /** The same for as long as it is there. */
  readonly key: string;
  readonly kind: 'favorites' | 'folder' | 'others' | 'hidden';
  /** Of a folder. */
  readonly name: string | null;
  readonly rooms: readonly ShownRoom[];
}

/** The list of rooms in its sections, none of them empty: favourites, folders, all others, hidden ones. Each room is in one. */
export function sectionsOf(
  rooms: readonly ShownRoom[],
  arrangements: Arrangements,
): readonly RoomSection[] {
  const placeOf = ({ id }: ShownRoom) => arrangements.get(id)?.place ?? Number.POSITIVE_INFINITY;
  // Sorting is stable: those without a place stay in the order of activity.
  const inOrder = rooms.toSorted((a, b) => compare(placeOf(a), placeOf(b)));
  const sections = new Map<string, RoomSection & { readonly rooms: ShownRoom[] }>();
  for (const room of inOrder) {
    const { key, kind, name } = sectionOf(room, arrangements.get(room.id));
    const section = sections.get(key) ?? { key, kind, name, rooms: [] };
    section.rooms.push(room);
    sections.set(key, section);
  }
  const firstOf = ({ rooms: [first] }: RoomSection) => (first ? placeOf(first) : 0);
  return [...sections.values()].sort(
    (a, b) =>
      KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind) ||
      compare(firstOf(a), firstOf(b)) ||
      (a.name ?? '').localeCompare(b.name ?? ''),
  );
}

const KINDS: readonly RoomSection['kind'][] = ['favorites', 'folder', 'others', 'hidden'];

function sectionOf(
  room: ShownRoom,
  arrangement: RoomArrangement | undefined,
): Pick<RoomSection, 'key' | 'kind' | 'name'> {
  if (arrangement?.isHidden && !isBack(room)) {
    return { key: 'hidden', kind: 'hidden', name: null };
  }
  if (arrangement?.isFavorite) {
    return { key: 'favorites', kind: 'favorites', name: null };
  }
  return arrangement?.folder == null
    ? { key: 'others', kind: 'others', name: null }
    : { key: `folder ${arrangement.folder}`, kind: 'folder', name: arrangement.folder };
}

/** Whether something has come that brings a hidden room back: the server says so too, once it is asked again. */
export function isBack({ type, unreadCount, mentionCount }: ShownRoom): boolean {
  return mentionCount > 0 || (type === 'DIRECT' && unreadCount > 0);
}

/**
 * The order of a list, as `orderRooms` takes it, in which a section has its rooms as they are given, or by activity where
 * that is null, and all others stay as they are.
 */
export function orderWith(
  sections: readonly RoomSection[],
  arrangements: Arrangements,
  key: string,
  rooms: readonly ShownRoom[] | null,
): readonly string[] {
  return sections
    .flatMap((section) =>
      section.key === key
        ? (rooms ?? [])
        : section.rooms.filter(({ id }) => arrangements.get(id)?.place != null),
    )
    .slice(0, ORDER_LIMIT)
    .map(({ id }) => id);
}

/** As the server takes. */
const ORDER_LIMIT = 1_000;

/** Two may be infinite: their difference is no number. */
const compare = (a: number, b: number) => (a < b ? -1 : a > b ? 1 : 0);
