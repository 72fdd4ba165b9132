import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { startS3Server } from '../test/attachments/support/s3-server.ts';
import type { BenchEnvironment, Person, ServerProcess } from '../testing/environment.ts';
import { memoryOf } from '../testing/memory.ts';
import type { Row } from './support/report.ts';

/*
 * What a large upload costs in memory: it is to pass through the server, never to be there.
 */
const UPLOAD_BYTES = 1_000_000_000;
/** Loads everything that an upload needs. */
const WARM_UP_BYTES = 1_000_000;
const ALLOWED_BYTES = 50_000_000;

export async function uploads(env: BenchEnvironment): Promise<Row[]> {
  const s3 = await startS3Server();
  try {
    return [await uploadTo(env, 'disk', {}), await uploadTo(env, 'S3', s3.settings)];
  } finally {
    await s3.close();
  }
}

async function uploadTo(
  env: BenchEnvironment,
  storage: string,
  settings: Record<string, string>,
): Promise<Row> {
  const [person] = (await env.createPeople(1)) as [Person];
  const dataDir = mkdtempSync(join(tmpdir(), 'trumpet-bench-uploads-'));
  const server = await env.startServer({
    ...settings,
    DATA_DIR: dataDir,
    ATTACHMENT_MAX_BYTES: String(UPLOAD_BYTES),
    ATTACHMENT_MAX_BYTES_A_DAY: String(2 * UPLOAD_BYTES),
  });
  try {
    await upload(server, person, WARM_UP_BYTES);
    const before = memoryOf(server.child.pid as number).highest;
    const startedAt = performance.now();
    await upload(server, person, UPLOAD_BYTES);
    const seconds = (performance.now() - startedAt) / 1_000;
    const growth = memoryOf(server.child.pid as number).highest - before;
    return {
      bench: `memory of an upload of 1 GB to ${storage}`,
      measured: `${Math.round(growth / 1e6)} MB more than before, at most`,
      baseline: `at most ${ALLOWED_BYTES / 1e6} MB`,
      ratio: growth / ALLOWED_BYTES,
      goal: { atMost: 1 },
      remark: `${Math.round(before / 1e6)} MB before, after one of 1 MB; ${seconds.toFixed(0)} s`,
    };
  } finally {
    await server.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

/** Uploads by tus, in one request. */
async function upload({ url }: ServerProcess, { token }: Person, size: number): Promise<void> {
  const headers = { authorization: `Bearer ${token}`, 'tus-resumable': '1.0.0' };
  const created = await fetch(`${url}/attachments`, {
    method: 'POST',
    headers: { ...headers, 'upload-length': String(size) },
  });
  const received = await fetch(new URL(created.headers.get('location') ?? '', url), {
    method: 'PATCH',
    headers: {
      ...headers,
      'content-type': 'application/offset+octet-stream',
      'upload-offset': '0',
    },
    body: Readable.toWeb(Readable.from(chunks(size))) as ReadableStream,
    duplex: 'half',
  });
  if (received.headers.get('upload-offset') !== String(size)) {
    throw new Error(`Not uploaded: ${received.status} ${await received.text()}`);
  }
}

function* chunks(size: number): Generator<Buffer> {
  const chunk = Buffer.alloc(100_000, 'all of the same');
  for (let sent = 0; sent < size; sent += chunk.length) {
    yield chunk;
  }
}
