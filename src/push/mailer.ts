import { createTransport, type SendMailOptions } from 'nodemailer';
import type { EmailSettings } from '../config/push.ts';
import type { Delivery } from './channel.ts';

/** What a mail consists of. */
export interface Mail {
  readonly to: { readonly name: string; readonly address: string };
  readonly subject: string;
  readonly text: string;
  readonly headers?: Exclude<SendMailOptions['headers'], readonly unknown[]>;
}

/** Sends mails by SMTP. */
export interface Mailer {
  /** Never throws: what went wrong is in the answer. */
  send(mail: Mail): Promise<Delivery>;
  close(): void;
}

const TIMEOUT_MS = 10_000;

export function createMailer({ smtpUrl, from }: Pick<EmailSettings, 'smtpUrl' | 'from'>): Mailer {
  const transport = createTransport(
    {
      url: smtpUrl,
      pool: true,
      maxConnections: 2,
      connectionTimeout: TIMEOUT_MS,
      greetingTimeout: TIMEOUT_MS,
      socketTimeout: TIMEOUT_MS,
      // A message is built of text alone: nothing in it is ever read from a file or an address.
      disableFileAccess: true,
      disableUrlAccess: true,
    },
    { from },
  );

  return {
    async send({ headers, ...mail }) {
      try {
        await transport.sendMail({
          ...mail,
          // RFC 3834: nobody is to answer this with an out-of-office note.
          headers: { 'Auto-Submitted': 'auto-generated', ...headers },
        });
        return { outcome: 'sent' };
      } catch (error) {
        return deliveryOf(error);
      }
    },
    close: () => transport.close(),
  };
}

/** 4xx means later, 5xx means never (RFC 5321, section 4.2.1). Without an answer, only before DATA is it sure. */
function deliveryOf(error: unknown): Delivery {
  const { responseCode, code, command } = error as {
    responseCode?: number;
    code?: string;
    command?: string;
  };
  if (responseCode !== undefined) {
    const cause = `smtp_${responseCode}`;
    return responseCode < 500 ? { outcome: 'refused', cause } : { outcome: 'failed', cause };
  }
  return command === 'CONN' || code === 'EDNS' || code === 'ECONNECTION'
    ? { outcome: 'refused', cause: 'not_reached' }
    : { outcome: 'failed', cause: 'not_answered' };
}
