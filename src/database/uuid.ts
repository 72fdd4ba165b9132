/** An id as Postgres writes it, for patterns that have it as a part. */
export const UUID_PATTERN = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';

const UUID = new RegExp(`^${UUID_PATTERN}$`);

/** Whether a text is an id as Postgres writes it: lowercase, with hyphens, and nothing around it. */
export function isUuid(text: string): boolean {
  return UUID.test(text);
}
