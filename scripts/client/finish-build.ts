import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import { styleText } from './style-text.ts';

/* What the compiler leaves out of the client's `dist`: its style sheet, and the web component with React in it. */

const CLIENT = join(import.meta.dirname, '..', '..', 'client');

copyFileSync(join(CLIENT, 'src/ui/styles.css'), join(CLIENT, 'dist/ui/styles.css'));

const bundle = await rolldown({
  input: join(CLIENT, 'src/element/index.ts'),
  platform: 'browser',
  transform: { define: { 'process.env.NODE_ENV': '"production"' } },
  plugins: [styleText],
  checks: { moduleLevelDirective: false },
});
await bundle.write({
  file: join(CLIENT, 'dist/element/index.js'),
  format: 'esm',
  minify: true,
  sourcemap: true,
  codeSplitting: false,
});
await bundle.close();
