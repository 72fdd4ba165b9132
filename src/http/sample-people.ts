/** Whoever the sample data has (migrations/fixtures/sample-data.sql), and what all of them sign in with. */
export const SAMPLE_PASSWORD = 'trumpet-demo';
export const SAMPLE_PEOPLE: readonly { readonly username: string; readonly displayName: string }[] =
  [
    { username: 'alice', displayName: 'Alice' },
    { username: 'bob', displayName: 'Bob' },
    { username: 'carol', displayName: 'Carol' },
    { username: 'dave', displayName: 'Dave' },
  ];
