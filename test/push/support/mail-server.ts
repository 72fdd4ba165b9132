import { EventEmitter, once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';

export interface ReceivedMail {
  readonly from: string;
  readonly to: readonly string[];
  readonly source: string;
}

/** A mail server on this machine that keeps what it gets. */
export async function startMailServer() {
  const received: ReceivedMail[] = [];
  const arrivals = new EventEmitter();
  let refusal: { readonly code: number } | undefined;
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        if (refusal !== undefined) {
          done(Object.assign(new Error('Not now'), { responseCode: refusal.code }));
          return;
        }
        const { mailFrom, rcptTo } = session.envelope;
        received.push({
          from: mailFrom ? mailFrom.address : '',
          to: rcptTo.map(({ address }) => address),
          source: Buffer.concat(chunks).toString('utf8'),
        });
        arrivals.emit('mail');
        done();
      });
    },
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `smtp://127.0.0.1:${(server.server.address() as AddressInfo).port}`,
    received,
    /** Waits until someone has got a mail. */
    async mailTo(address: string): Promise<ReceivedMail> {
      for (;;) {
        const found = received.find(({ to }) => to.includes(address));
        if (found !== undefined) {
          return found;
        }
        await once(arrivals, 'mail');
      }
    },
    refuse(code: number | undefined) {
      refusal = code === undefined ? undefined : { code };
    },
    close: () => new Promise<void>((resolve) => server.close(resolve)),
  };
}
