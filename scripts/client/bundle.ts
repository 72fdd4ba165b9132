import { join } from 'node:path';
import { rolldown } from 'rolldown';

const REPOSITORY = join(import.meta.dirname, '..', '..');

/** Modules of the client as one, with all that they import, made small for browsers. */
export async function bundleClient(paths: readonly string[]): Promise<string> {
  const entry = paths.map((path) => `export * from '${join(REPOSITORY, path)}';`).join('\n');
  const bundle = await rolldown({
    input: 'entry',
    platform: 'browser',
    plugins: [
      {
        name: 'entry',
        resolveId: (id) => (id === 'entry' ? id : null),
        load: (id) => (id === 'entry' ? entry : null),
      },
    ],
  });
  const { output } = await bundle.generate({ format: 'esm', minify: true });
  await bundle.close();
  return output[0].code;
}

if (import.meta.main) {
  process.stdout.write(await bundleClient(process.argv.slice(2)));
}
