/*
 * What a client may send in one tick that no client should: subscribes that are completed at once, begun again, twice
 * with one id, or to what is not there.
 */

type Frame = Readonly<Record<string, unknown>>;

interface Documents {
  readonly roomEvents: string;
  readonly userEvents: string;
  readonly roomId: string;
  /** A room that the client may not see. */
  readonly foreignRoomId: string;
}

/** The frames of one tick, by the id that they use. */
export type OddTurn = (id: string) => readonly Frame[];

export function oddTurns(documents: Documents): readonly OddTurn[] {
  const { roomEvents, userEvents, roomId, foreignRoomId } = documents;
  const subscribe = (id: string, query: string, variables: object = {}) => ({
    id,
    type: 'subscribe',
    payload: { query, variables },
  });
  const complete = (id: string) => ({ id, type: 'complete' });
  const room = (id: string) => subscribe(id, roomEvents, { roomId });
  return [
    (id) => [room(id), complete(id), room(id)],
    (id) => [room(id), complete(id), room(id), complete(id)],
    (id) => [room(id), complete(id), complete(id)],
    (id) => [complete(id), room(id)],
    (id) => [subscribe(id, roomEvents, { roomId, after: 0 }), complete(id)],
    (id) => [subscribe(id, roomEvents, { roomId: foreignRoomId }), complete(id), room(id)],
    (id) => [subscribe(id, userEvents), complete(id), subscribe(id, userEvents)],
    (id) => [subscribe(id, 'subscription { nothing }'), room(id)],
    (id) => [subscribe(id, '{ currentUser { id } }'), complete(id), room(id)],
    (id) => [room(id), room(id)], // An id in use: the server hangs up.
  ];
}
