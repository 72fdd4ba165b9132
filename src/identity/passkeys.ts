import type { AuthenticationResponseJSON, RegistrationResponseJSON } from '@simplewebauthn/server';
import type { Pool } from 'pg';
import { z } from 'zod';
import type { RelyingParty } from '../config/relying-party.ts';
import { TrumpetError } from '../errors/codes.ts';
import { log } from '../process/log.ts';
import { explainedQuery } from './explained-query.ts';

/** How a passkey is refused, by the database and here alike. */
export const WRONG_PASSKEY = {
  code: 'WRONG_CREDENTIALS',
  message: 'This passkey is not known here, or does not answer what was asked.',
} as const;

/*
 * Passkeys are asked for and kept by the database. Here is what it cannot do: verify what they answer, and note there that
 * it is right. See migrations/committed/000038-passkeys.sql.
 */

export interface Passkeys {
  /**
   * @param host that the request was sent to
   * @throws TrumpetError FORBIDDEN where the server has no address for passkeys
   */
  relyingParty(host: string | undefined): Promise<RelyingParty>;
  /**
   * Verifies what a new passkey of somebody has answered. Where they have begun none, the database says so.
   *
   * @param credential as the browser writes it: `PublicKeyCredential.toJSON()`
   * @throws TrumpetError WRONG_CREDENTIALS; FORBIDDEN as above
   */
  proveNew(host: string | undefined, userId: string, credential: unknown): Promise<void>;
  /**
   * Verifies what a passkey has answered by which somebody signs in.
   *
   * @throws TrumpetError as above
   */
  proveSignIn(host: string | undefined, credential: unknown): Promise<void>;
}

/** Ed25519, ECDSA with P-256, and RSA: what `begin_passkey` asks for. */
const ALGORITHMS = [-8, -7, -257];

const part = z
  .string()
  .regex(/^[\w-]+$/)
  .max(8_000);
const credentialShape = z.object({ id: part, rawId: part, type: z.literal('public-key') });
const newShape = credentialShape.extend({
  response: z.object({ clientDataJSON: part, attestationObject: part }),
});
const answerShape = credentialShape.extend({
  response: z.object({
    clientDataJSON: part,
    authenticatorData: part,
    signature: part,
    userHandle: z.string().nullish(),
  }),
});

/** What verifies takes a quarter of a second to load: the first passkey pays for it, and not every start. */
async function loadLibrary() {
  const [verifying, helpers] = await Promise.all([
    import('@simplewebauthn/server'),
    import('@simplewebauthn/server/helpers'),
  ]);
  return { ...verifying, ...helpers };
}

type Library = Awaited<ReturnType<typeof loadLibrary>>;

/** @param pool connections of the unprivileged login */
export function createPasskeys(
  pool: Pool,
  partyOf: (host: string | undefined) => Promise<RelyingParty | undefined>,
): Passkeys {
  async function relyingParty(host: string | undefined): Promise<RelyingParty> {
    const party = await partyOf(host);
    if (party === undefined) {
      throw new TrumpetError(
        'FORBIDDEN',
        'There are no passkeys here: they need a server with a name, reached by https.',
      );
    }
    return party;
  }

  return {
    relyingParty,
    async proveNew(host, userId, credential) {
      const { id: expectedRPID, origins } = await relyingParty(host);
      const [begun] = await explainedQuery<{ challenge: Buffer | null }>(
        pool,
        'select app_hidden.passkey_setup($1) as challenge',
        [userId],
      );
      const challenge = begun?.challenge;
      if (challenge == null) {
        return;
      }
      const response = parsed(newShape, credential);
      const library = await loadLibrary();
      const { registrationInfo: info } = await verified(() => {
        refuseCertificates(library, response.response.attestationObject);
        return library.verifyRegistrationResponse({
          response: response as RegistrationResponseJSON,
          expectedChallenge: challenge.toString('base64url'),
          expectedOrigin: [...origins],
          expectedRPID,
          requireUserVerification: true,
          supportedAlgorithmIDs: ALGORITHMS,
        });
      });
      if (info === undefined) {
        throw wrongPasskey();
      }
      const { id, publicKey, counter } = info.credential;
      await explainedQuery(pool, 'select app_hidden.note_new_passkey($1, $2, $3, $4, $5, $6)', [
        userId,
        challenge,
        Buffer.from(id, 'base64url'),
        Buffer.from(publicKey),
        counter,
        info.credentialBackedUp,
      ]);
    },
    async proveSignIn(host, credential) {
      const { id: expectedRPID, origins } = await relyingParty(host);
      const response = parsed(answerShape, credential);
      const library = await loadLibrary();
      const challenge = await verified(() =>
        challengeOf(library, response.response.clientDataJSON),
      );
      const id = Buffer.from(response.id, 'base64url');
      const [asked] = await explainedQuery<{ userId: string; publicKey: Buffer }>(
        pool,
        `select user_id as "userId", public_key as "publicKey"
           from app_hidden.passkey_to_prove($1, $2)`,
        [challenge, id],
      );
      const { userHandle, signature } = response.response;
      if (asked === undefined || (userHandle && userHandle !== handleOf(asked.userId))) {
        throw wrongPasskey();
      }
      const { verified: isRight, authenticationInfo: info } = await verified(() =>
        library.verifyAuthenticationResponse({
          response: response as AuthenticationResponseJSON,
          expectedChallenge: challenge.toString('base64url'),
          expectedOrigin: [...origins],
          expectedRPID,
          requireUserVerification: true,
          // The database compares the counter, where nobody else can change it meanwhile.
          credential: { id: response.id, publicKey: new Uint8Array(asked.publicKey), counter: -1 },
        }),
      );
      if (!isRight) {
        throw wrongPasskey();
      }
      // By itself, so that an answer is used up even where its sign-in is refused and rolled back.
      const [noted] = await explainedQuery<{ isFirst: boolean | null }>(
        pool,
        'select app_hidden.note_passkey_proof($1, $2, $3, $4, $5) as "isFirst"',
        [challenge, id, signature, info.newCounter, info.credentialBackedUp],
      );
      if (noted?.isFirst !== true) {
        throw wrongPasskey();
      }
    },
  };
}

function parsed<Shape extends z.ZodType>(shape: Shape, credential: unknown): z.output<Shape> {
  const { data } = shape.safeParse(credential);
  if (data === undefined) {
    throw wrongPasskey();
  }
  return data;
}

/** What is wrong with an answer is for the log: whoever sends it learns that it is wrong. */
async function verified<Result>(verify: () => Result | Promise<Result>): Promise<Result> {
  try {
    return await verify();
  } catch (error) {
    log.info({ event: 'passkey.refused', reason: (error as Error).message });
    throw wrongPasskey();
  }
}

function wrongPasskey(): TrumpetError {
  return new TrumpetError(WRONG_PASSKEY.code, WRONG_PASSKEY.message);
}

function challengeOf({ decodeClientDataJSON }: Library, clientData: string): Buffer {
  return Buffer.from(decodeClientDataJSON(clientData).challenge, 'base64url');
}

/** As `begin_passkey` names a person to the device. */
function handleOf(userId: string): string {
  return Buffer.from(userId.replaceAll('-', ''), 'hex').toString('base64url');
}

/**
 * Who has made a device is not asked for. A chain of certificates would be followed to addresses that stand in it, which
 * is for nobody to say.
 *
 * @throws where there is one
 */
function refuseCertificates({ decodeAttestationObject }: Library, attestationObject: string): void {
  const decoded = decodeAttestationObject(Buffer.from(attestationObject, 'base64url'));
  const format = decoded.get('fmt');
  if (
    format !== 'none' &&
    (format !== 'packed' || decoded.get('attStmt').get('x5c') !== undefined)
  ) {
    throw new Error(`No attestation was asked for, and one came: ${format}.`);
  }
}
