/** Environment variables that have a value: an empty one counts as not set. */
export type Environment = Readonly<Record<string, string | undefined>>;
