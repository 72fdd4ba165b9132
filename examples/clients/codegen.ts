/** The text that scalars are on the wire. A BigInt is text, because JavaScript's numbers are not exact beyond 2^53. */
const scalars = {
  AccessToken: 'string',
  BigInt: { input: 'string | number', output: 'string' },
  Cursor: 'string',
  Datetime: 'string',
  JSON: 'unknown',
  Time: 'string',
  UUID: 'string',
};

/** For `graphql-codegen --config codegen.ts`. */
export default {
  schema: 'schema.graphql',
  documents: 'app/**/*.graphql',
  generates: {
    'app/generated.ts': {
      plugins: ['typescript-operations', 'typed-document-node'],
      config: {
        scalars,
        strictScalars: true,
        enumType: 'string-literal',
        useTypeImports: true,
        avoidOptionals: { field: true },
      },
    },
  },
};
