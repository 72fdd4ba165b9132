/** Where somebody was in the history of each room, when that was not the end: the `seq` at the top of the screen. */
export interface Places {
  get(roomId: string): number | undefined;
  set(roomId: string, seq: number | undefined): void;
  clear(): void;
}

export function createPlaces(): Places {
  const places = new Map<string, number>();
  return {
    get: (roomId) => places.get(roomId),
    set(roomId, seq) {
      if (seq === undefined) {
        places.delete(roomId);
      } else {
        places.set(roomId, seq);
      }
    },
    clear: () => places.clear(),
  };
}
