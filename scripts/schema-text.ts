import '../src/process/graphile-environment.ts';

import { lexicographicSortSchema, printSchema } from 'grafast/graphql';
import type { Pool } from 'pg';
import { makeSchema } from 'postgraphile';
import { makePreset } from '../plugins/preset.ts';

/** The API's schema of a migrated database, without a server. */
export function makeApiSchema(
  apiPool: Pool,
  plugins: readonly GraphileConfig.Plugin[] = [],
): ReturnType<typeof makeSchema> {
  return makeSchema(
    makePreset({
      pool: apiPool,
      jwtSecret: 'not used: nothing is signed here',
      publicUrl: () => '',
      graphiql: false,
      introspection: true,
      reportError: () => {},
      noteRefusal: () => {},
      viewerOf: () => undefined,
      originOf: () => ({}),
      plugins,
    }),
  );
}

/** The same as text, in an order that does not depend on the database. */
export async function schemaText(apiPool: Pool): Promise<string> {
  const { schema } = await makeApiSchema(apiPool);
  return `# Made by "npm run schema" from the migrations and plugins/. Do not edit.\n\n${printSchema(lexicographicSortSchema(schema))}\n`;
}
