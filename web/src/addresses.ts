/** Where a room is in the page. Its slug is what people read; a room without one goes by its id. */
export function roomAddress(room: { readonly id: string; readonly slug: string | null }): string {
  return `/r/${encodeURIComponent(room.slug ?? room.id)}`;
}

/** A message in its room: what people send each other. */
export function messageAddress(
  room: { readonly id: string; readonly slug: string | null },
  seq: number,
): string {
  return `${roomAddress(room)}/m/${seq}`;
}
