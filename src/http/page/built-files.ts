import { createHash } from 'node:crypto';
import { existsSync, globSync, readFileSync, statSync } from 'node:fs';
import { extname, join } from 'node:path';
import type { Request, Response } from 'express';

/** A file of a built site, with what was compressed when it was built. */
export interface BuiltFile {
  readonly type: string;
  readonly etag: string;
  readonly body: Buffer;
  readonly brotli: Buffer | undefined;
  readonly gzip: Buffer | undefined;
}

/** By their path below the folder, such as `assets/index.js`. */
export type BuiltFiles = ReadonlyMap<string, BuiltFile>;

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.webmanifest': 'application/manifest+json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
};

/**
 * Reads a built site, once: what is asked for is looked up among these and never on the disk, so that no address leads
 * elsewhere, and a build under way changes nothing for whoever has the page open. Empty when there is no such folder.
 */
export function readBuiltFiles(folder: string): BuiltFiles {
  const names = globSync('**/*', { cwd: folder })
    .filter((name) => TYPES[extname(name)] !== undefined && statSync(join(folder, name)).isFile())
    .map((name) => name.replaceAll('\\', '/'));
  return new Map(names.map((name) => [name, readBuiltFile(join(folder, name))]));
}

function readBuiltFile(path: string): BuiltFile {
  const body = readFileSync(path);
  return {
    type: TYPES[extname(path)] as string,
    etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`,
    body,
    brotli: readIfThere(`${path}.br`),
    gzip: readIfThere(`${path}.gz`),
  };
}

function readIfThere(path: string): Buffer | undefined {
  return existsSync(path) ? readFileSync(path) : undefined;
}

/** Answers with a file, as small as the browser takes it, and not at all when it has it already. */
export function sendBuiltFile(req: Request, res: Response, file: BuiltFile): void {
  const { encoding, body } = smallest(req, file);
  res.vary('Accept-Encoding');
  res.set('ETag', file.etag);
  if (req.fresh) {
    res.status(304).end();
    return;
  }
  res.set({ 'Content-Type': file.type, 'Content-Length': String(body.length) });
  if (encoding !== undefined) {
    res.set('Content-Encoding', encoding);
  }
  res.end(req.method === 'HEAD' ? undefined : body);
}

function smallest(
  req: Request,
  { body, brotli, gzip }: BuiltFile,
): { readonly encoding: string | undefined; readonly body: Buffer } {
  const offered = new Map([
    ['br', brotli],
    ['gzip', gzip],
  ]);
  const encoding = req.acceptsEncodings(
    [...offered].flatMap(([name, content]) => (content === undefined ? [] : [name])),
  );
  const encoded = encoding === false ? undefined : offered.get(encoding);
  return encoded === undefined
    ? { encoding: undefined, body }
    : { encoding: encoding as string, body: encoded };
}
