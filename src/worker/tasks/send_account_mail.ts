import type { Task } from 'graphile-worker';
import type { Pool } from 'pg';
import { z } from 'zod';
import { absoluteAddress, addressOfWorkspace } from '../../addresses/absolute.ts';
import type { Mail, Mailer } from '../../push/mailer.ts';
import { shorten } from '../../push/message.ts';

/** What `app_private.send_account_mail` asks for. No code is in it: that is made when the mail is written. */
const payloadShape = z.object({
  kind: z.enum([
    'verify',
    'reset',
    'password_reset',
    'address_changed',
    'second_factor_set',
    'second_factor_removed',
    'recovery_code_used',
    'recovery_codes_made',
    'codes_failed',
    'passkey_added',
    'passkey_removed',
    'passkey_copied',
  ]),
  userId: z.uuid().optional(),
  email: z.string().optional(),
  workspaceId: z.uuid().optional(),
});

type Kind = z.infer<typeof payloadShape>['kind'];

/** To whom it goes, as `app_private.compose_account_mail` gives it. */
interface Recipient {
  readonly user_email: string;
  readonly username: string;
  readonly display_name: string;
  readonly code: string | null;
  readonly hosts: readonly string[];
}

/**
 * Writes what people need to prove that an account is theirs, and what they have to know of it.
 *
 * @param publicUrl where people open the chat: the only address that is ever in these mails, at the host name of their
 *   workspace, if it has one. Undefined: none is
 */
export function makeSendAccountMail(
  pool: Pool,
  mailer: Mailer | undefined,
  publicUrl: string | undefined,
): Task {
  return async (payload, { job }) => {
    const { kind, userId = null, email = null, workspaceId = null } = payloadShape.parse(payload);
    if (mailer === undefined) {
      return;
    }
    const { rows } = await pool.query<Recipient>(
      'select * from app_private.compose_account_mail($1, $2, $3, $4, $5)',
      [kind, userId, email, workspaceId, job.created_at],
    );
    const [recipient] = rows;
    if (recipient === undefined) {
      return;
    }
    const delivery = await mailer.send(mailTo(kind, recipient, publicUrl));
    if (delivery.outcome === 'refused') {
      throw new Error(`The mail server has not taken a mail: ${delivery.cause}`);
    }
  };
}

function mailTo(kind: Kind, recipient: Recipient, publicUrl: string | undefined): Mail {
  const name = shorten(recipient.display_name, 80);
  const { subject, paragraphs } = TEXTS[kind](recipient, (path) =>
    // Behind the `#` it reaches no server, no proxy and no log on the way.
    publicUrl === undefined
      ? `Enter this code: ${recipient.code}`
      : absoluteAddress(
          addressOfWorkspace(publicUrl, recipient.hosts),
          `${path}#${recipient.code}`,
        ),
  );
  return {
    to: { name, address: recipient.user_email },
    subject,
    text: [`Hello ${name},`, ...paragraphs].join('\n\n'),
  };
}

interface Text {
  readonly subject: string;
  readonly paragraphs: readonly string[];
}

const NOT_YOU = 'If it was somebody else, change your password, and tell whoever runs this chat.';

const TEXTS: Readonly<
  Record<Kind, (recipient: Recipient, wayTo: (path: string) => string) => Text>
> = {
  verify: ({ username }, wayTo) => ({
    subject: 'Is this your e-mail address?',
    paragraphs: [
      `somebody named this address as the one of the account ${username}. If it was you, say so within a day:`,
      wayTo('/verify'),
      'If it was somebody else, there is nothing that you need to do.',
    ],
  }),
  reset: ({ username }, wayTo) => ({
    subject: 'A new password for you',
    paragraphs: [
      `somebody has asked for a new password of your account ${username}. If it was you, choose one within 30 minutes:`,
      wayTo('/reset'),
      'You are then signed out everywhere. If it was somebody else, there is nothing that you need to do: your password stays as it is.',
    ],
  }),
  password_reset: ({ username }) => ({
    subject: 'Your password was changed',
    paragraphs: [
      `the password of your account ${username} was changed with a code that was sent to this address, and all devices were signed out.`,
      'If it was somebody else, they read your mails: change the password of your mail first, then the one here.',
    ],
  }),
  second_factor_set: ({ username }) => ({
    subject: 'Signing in asks for a code now',
    paragraphs: [
      `whoever signs in as ${username} is asked for a code of your app from now on, besides the password. All other devices were signed out.`,
      NOT_YOU,
    ],
  }),
  second_factor_removed: ({ username }) => ({
    subject: 'Signing in asks for no code any more',
    paragraphs: [`the password alone is enough now to sign in as ${username}.`, NOT_YOU],
  }),
  recovery_code_used: ({ username }) => ({
    subject: 'A recovery code was used',
    paragraphs: [
      `one of the recovery codes of your account ${username} was used instead of a code of your app. It is worthless now.`,
      NOT_YOU,
    ],
  }),
  recovery_codes_made: ({ username }) => ({
    subject: 'You have new recovery codes',
    paragraphs: [
      `new recovery codes were made for your account ${username}. Those from before are worthless.`,
      NOT_YOU,
    ],
  }),
  codes_failed: ({ username }) => ({
    subject: 'Somebody knows your password',
    paragraphs: [
      `somebody has given the right password of your account ${username}, and then five wrong codes. They were not let in.`,
      'If it was somebody else, change your password now.',
    ],
  }),
  passkey_added: ({ username }) => ({
    subject: 'You have a new passkey',
    paragraphs: [
      `a passkey was added to your account ${username}: whoever has it signs in with it, without a password.`,
      'If it was somebody else, remove it in the settings, and change your password.',
    ],
  }),
  passkey_removed: ({ username }) => ({
    subject: 'A passkey was removed',
    paragraphs: [`nobody signs in as ${username} by one of your passkeys any more.`, NOT_YOU],
  }),
  passkey_copied: ({ username }) => ({
    subject: 'One of your passkeys was copied',
    paragraphs: [
      `somebody has used a passkey of your account ${username} that has been used elsewhere since. They were not let in.`,
      'If you have not restored a device, somebody has a copy: remove this passkey in the settings, and make another.',
    ],
  }),
  address_changed: ({ username }) => ({
    subject: 'Your e-mail address was changed',
    paragraphs: [
      `the account ${username} has another e-mail address now. Mails about it no longer come here.`,
      NOT_YOU,
    ],
  }),
};
