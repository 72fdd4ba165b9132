import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, parse } from 'node:path';
import { type Block, REPOSITORY } from './blocks.ts';

/** What `trumpet-client` exports, each as its source: nothing has to be built before a block is compiled or run. */
export function sourcesOfClient(): Record<string, string[]> {
  const folder = join(REPOSITORY, 'client');
  const { name, exports } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const entries = Object.entries(exports as Record<string, string | { types?: string }>);
  return Object.fromEntries(
    entries.flatMap(([path, target]) =>
      typeof target === 'string' || target.types === undefined
        ? []
        : [
            [
              name + path.slice(1),
              ['.ts', '.tsx'].map((ending) =>
                join(
                  folder,
                  (target.types ?? '').replace('./dist', 'src').replace(/\.d\.ts$/, ending),
                ),
              ),
            ],
          ],
    ),
  );
}

const GLOBALS = 'declare module "*.css";\n';

/**
 * Compiles blocks with the compiler of the repository and the real types of what they import. A block that continues
 * another one is compiled together with it.
 *
 * @returns what the compiler says, each with its place in the document
 */
export async function compile(blocks: readonly Block[]): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'trumpet-documents-'));
  try {
    symlinkSync(join(REPOSITORY, 'node_modules'), join(folder, 'node_modules'));
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
    writeFileSync(join(folder, 'globals.d.ts'), GLOBALS);
    writeFileSync(
      join(folder, 'tsconfig.json'),
      JSON.stringify(configuration(blocks.every(({ language }) => language !== 'js'))),
    );
    const sources = joined(blocks).map((parts, index) => ({
      parts,
      name: `${nameOf(parts[0]) ?? `block-${index}`}.${parts[0]?.language === 'tsx' ? 'tsx' : 'ts'}`,
    }));
    for (const { name, parts } of sources) {
      writeFileSync(join(folder, name), sourceOf(parts));
    }
    const output = await runCompiler(folder);
    return output.map((line) => inDocument(line, sources));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function configuration(isTyped: boolean) {
  return {
    extends: join(REPOSITORY, 'client', 'tsconfig.json'),
    compilerOptions: {
      module: 'esnext',
      moduleResolution: 'bundler',
      jsx: 'react-jsx',
      types: ['node'],
      // Plain JavaScript has no types to give, and no way to say what it knows.
      ...(isTyped
        ? {}
        : { noImplicitAny: false, noUncheckedIndexedAccess: false, strictNullChecks: false }),
      noUnusedLocals: false,
      noUnusedParameters: false,
      paths: sourcesOfClient(),
    },
    include: ['*'],
  };
}

/** Blocks that continue others, behind them. */
function joined(blocks: readonly Block[]): Block[][] {
  const chains: Block[][] = [];
  for (const block of blocks) {
    const chain = chains.at(-1);
    if (block.continues && chain?.[0]?.document === block.document) {
      chain.push(block);
    } else {
      chains.push([block]);
    }
  }
  return chains;
}

/** By which other blocks import a file that is shown. */
function nameOf(block: Block | undefined): string | undefined {
  return block?.file === undefined ? undefined : parse(block.file).name;
}

/** Blocks in a row on the lines that they have in their document, and what is given before them on the first one. */
function sourceOf(parts: readonly Block[]): string {
  const lines: string[] = [];
  const given = parts.map((part) => part.given.replaceAll(/\s*\n\s*/g, ' ')).join(' ');
  for (const part of parts) {
    while (lines.length < part.line - 1) {
      lines.push('');
    }
    lines.push(...part.text.split('\n'));
  }
  lines[0] = `${given} ${lines[0] ?? ''}`;
  return `${lines.join('\n')}\nexport {};\n`;
}

function runCompiler(folder: string): Promise<string[]> {
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      [join(REPOSITORY, 'node_modules', 'typescript', 'bin', 'tsc'), '--pretty', 'false'],
      { cwd: folder, maxBuffer: 10_000_000 },
      (error, stdout, stderr) => {
        const lines = stdout.split('\n').filter((line) => /error TS\d+/.test(line));
        if (error !== null && lines.length === 0) {
          reject(new Error(`The compiler failed: ${stdout}${stderr}`));
        } else {
          resolve(lines);
        }
      },
    );
  });
}

function inDocument(
  line: string,
  sources: readonly { name: string; parts: readonly Block[] }[],
): string {
  return line.replace(/^([\w-]+\.\w+)\((\d+),/, (_, name: string, row: string) => {
    const source = sources.find((candidate) => candidate.name === name);
    return `${source?.parts[0]?.document}:${row}(`;
  });
}
