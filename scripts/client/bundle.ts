import { join } from 'node:path';
import { type OutputChunk, rolldown } from 'rolldown';
import { clientSources } from './sources.ts';
import { styleText } from './style-text.ts';

const REPOSITORY = join(import.meta.dirname, '..', '..');

/** A module of a bundle. */
export interface Chunk {
  readonly fileName: string;
  readonly code: string;
  /** Whether it comes with the first one, and not only when it is needed. */
  readonly isNeededAtOnce: boolean;
}

/** Modules of the client with all that they import, made small for browsers. The first is `client.js`. */
export async function bundleClient(paths: readonly string[]): Promise<readonly Chunk[]> {
  const entry = paths.map((path) => `export * from '${join(REPOSITORY, path)}';`).join('\n');
  const bundle = await rolldown({
    input: 'entry',
    platform: 'browser',
    transform: { define: { 'process.env.NODE_ENV': '"production"' } },
    plugins: [
      {
        name: 'entry',
        resolveId: (id) => (id === 'entry' ? id : null),
        load: (id) => (id === 'entry' ? entry : null),
      },
      clientSources,
      styleText,
    ],
    checks: { moduleLevelDirective: false },
  });
  const { output } = await bundle.generate({
    format: 'esm',
    minify: true,
    entryFileNames: 'client.js',
    // One request for what several modules share, and one text to compress.
    codeSplitting: {
      groups: [{ name: 'shared', minShareCount: 2, test: /client.src.(?!on-demand|uploads)/ }],
    },
  });
  await bundle.close();
  const chunks = output.filter((file) => file.type === 'chunk');
  const atOnce = importedBy(output[0], chunks);
  return chunks.map(({ fileName, code }) => ({
    fileName,
    code,
    isNeededAtOnce: atOnce.has(fileName),
  }));
}

/** A chunk and what it imports, and what that imports. */
function importedBy(first: OutputChunk, chunks: readonly OutputChunk[]): ReadonlySet<string> {
  const found = new Set([first.fileName]);
  for (const fileName of found) {
    for (const imported of chunks.find((chunk) => chunk.fileName === fileName)?.imports ?? []) {
      found.add(imported);
    }
  }
  return found;
}

if (import.meta.main) {
  process.stdout.write(JSON.stringify(await bundleClient(process.argv.slice(2))));
}
