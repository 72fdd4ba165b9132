/** An error in GraphQL's own shape: clients have one way to read errors, whatever address they asked. */
export function errorBody({ message, extensions }: Shown): { errors: Shown[] } {
  return { errors: [{ message, extensions }] };
}

interface Shown {
  readonly message: string;
  readonly extensions: object;
}
