import { copyFileSync } from 'node:fs';
import { join } from 'node:path';

/* What the compiler leaves out of the client's `dist`. */

const CLIENT = join(import.meta.dirname, '..', '..', 'client');

copyFileSync(join(CLIENT, 'src/ui/styles.css'), join(CLIENT, 'dist/ui/styles.css'));
