import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { type DetailedError, Upload, type UploadOptions } from 'tus-js-client';
import type { TestUser } from '../../../testing/database.ts';

export interface UploadSettings {
  readonly filename?: string;
  readonly filetype?: string;
  /** More of what goes with it. */
  readonly metadata?: Record<string, string>;
  /** Loses the connection once so many bytes have been sent, and comes back. */
  readonly breakAt?: number;
  readonly options?: Partial<UploadOptions>;
}

export interface UploadedFile {
  readonly id: string;
  /** From where the server let it go on after the break; undefined without one. */
  readonly resumedFrom: number | undefined;
}

/** What the server answered to an upload that it refused. */
export class UploadRefused extends Error {
  readonly status: number | undefined;
  readonly code: string | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(error: Error | DetailedError) {
    super(error.message);
    const response = 'originalResponse' in error ? error.originalResponse : undefined;
    this.status = response?.getStatus();
    try {
      const { extensions } = JSON.parse(response?.getBody() ?? '').errors[0];
      this.code = extensions.code;
      this.retryAfterMs = extensions.retryAfterMs;
    } catch {
      this.code = undefined;
    }
  }
}

/**
 * Uploads with tus-js-client, as an app does.
 *
 * @throws UploadRefused
 */
export async function uploadFile(
  serverUrl: string,
  uploader: Pick<TestUser, 'token'>,
  bytes: Buffer,
  settings: UploadSettings = {},
): Promise<UploadedFile> {
  const { filename = 'file.bin', filetype = '', breakAt } = settings;
  await using line = breakAt === undefined ? undefined : await openBreakingLine(serverUrl, breakAt);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let resumedFrom: number | undefined;
  const upload = new Upload(bytes, {
    endpoint: `${line?.url ?? serverUrl}/attachments`,
    headers: { authorization: `Bearer ${uploader.token}` },
    metadata: { filename, filetype, ...settings.metadata },
    retryDelays: breakAt === undefined ? null : [0, 100, 500],
    onAfterResponse(request, response) {
      if (request.getMethod() === 'HEAD') {
        resumedFrom = Number(response.getHeader('Upload-Offset'));
      }
    },
    onSuccess: () => resolve(),
    onError: (error) => reject(new UploadRefused(error)),
    ...settings.options,
  });
  upload.start();
  await promise;
  const id = new URL(upload.url ?? '').pathname.split('/').at(-1) as string;
  return { id, resumedFrom };
}

/** A way to the server that is cut once, after so many bytes have gone over it. */
async function openBreakingLine(serverUrl: string, breakAt: number) {
  const { hostname, port } = new URL(serverUrl);
  const sockets = new Set<Socket>();
  let sent = 0;
  let isBroken = false;
  const proxy = createServer((client) => {
    const server = connect(Number(port), hostname);
    for (const socket of [client, server]) {
      sockets.add(socket);
      socket.on('error', () => {}).on('close', () => sockets.delete(socket));
    }
    client.on('data', (chunk) => {
      sent += chunk.byteLength;
      if (!isBroken && sent > breakAt) {
        isBroken = true;
        client.destroy();
        server.destroy();
      }
    });
    client.pipe(server).pipe(client);
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  return {
    url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) {
        socket.destroy();
      }
      await new Promise((done) => proxy.close(done));
    },
  };
}
