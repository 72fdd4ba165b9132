import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { isoCBOR } from '@simplewebauthn/server/helpers';

/* An authenticator, and the browser around it: makes passkeys and answers by them, also as nobody should. */

export interface PasskeyOptions {
  readonly challenge: string;
  readonly rp?: { readonly id: string };
  readonly rpId?: string;
  readonly user?: { readonly id: string };
}

/** In which way something is not as it should be. */
export interface Oddity {
  readonly origin?: string;
  readonly rpId?: string;
  readonly challenge?: string;
  readonly type?: string;
  readonly isVerified?: boolean;
  readonly signCount?: number;
  readonly userHandle?: string;
  readonly attestation?: Readonly<Record<string, unknown>>;
  readonly id?: string;
}

export interface TestPasskey {
  readonly id: string;
  create(options: PasskeyOptions, oddity?: Oddity): object;
  answer(options: PasskeyOptions, oddity?: Oddity): object;
}

const USER_PRESENT = 1;
const USER_VERIFIED = 4;
const HAS_CREDENTIAL = 64;

/** @param origin of the page on which it is used */
export function makeTestPasskey(origin: string): TestPasskey {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const id = randomBytes(32);
  let userHandle: string | undefined;
  let signCount = 0;

  const clientData = (type: string, options: PasskeyOptions, oddity: Oddity) =>
    Buffer.from(
      JSON.stringify({
        type: oddity.type ?? type,
        challenge: oddity.challenge ?? options.challenge,
        origin: oddity.origin ?? origin,
        crossOrigin: false,
      }),
    );

  function authenticatorData(rpId: string, flags: number, oddity: Oddity): Buffer {
    const count = Buffer.alloc(4);
    count.writeUInt32BE(oddity.signCount ?? signCount);
    const verified = (oddity.isVerified ?? true) ? USER_VERIFIED : 0;
    return Buffer.concat([
      createHash('sha256')
        .update(oddity.rpId ?? rpId)
        .digest(),
      Buffer.from([USER_PRESENT | verified | flags]),
      count,
    ]);
  }

  const written = (response: object, oddity: Oddity) => {
    const name = oddity.id ?? id.toString('base64url');
    return { id: name, rawId: name, type: 'public-key', clientExtensionResults: {}, response };
  };

  return {
    id: id.toString('base64url'),
    create(options, oddity = {}) {
      userHandle = options.user?.id;
      const length = Buffer.alloc(2);
      length.writeUInt16BE(id.length);
      const authData = Buffer.concat([
        authenticatorData(options.rp?.id ?? '', HAS_CREDENTIAL, oddity),
        Buffer.alloc(16),
        length,
        id,
        coseKey(publicKey),
      ]);
      const attestation = { fmt: 'none', attStmt: {}, ...oddity.attestation, authData };
      return written(
        {
          clientDataJSON: clientData('webauthn.create', options, oddity).toString('base64url'),
          attestationObject: Buffer.from(isoCBOR.encode(mapOf(attestation))).toString('base64url'),
          transports: ['internal'],
        },
        oddity,
      );
    },
    answer(options, oddity = {}) {
      signCount += 1;
      const data = clientData('webauthn.get', options, oddity);
      const authData = authenticatorData(options.rpId ?? '', 0, oddity);
      const signed = Buffer.concat([authData, createHash('sha256').update(data).digest()]);
      return written(
        {
          clientDataJSON: data.toString('base64url'),
          authenticatorData: authData.toString('base64url'),
          signature: sign('sha256', signed, privateKey).toString('base64url'),
          userHandle: oddity.userHandle ?? userHandle,
        },
        oddity,
      );
    },
  };
}

/** A public key as COSE writes it: kind 2 (two coordinates), algorithm -7 (ECDSA with SHA-256), curve 1 (P-256). */
function coseKey(publicKey: KeyObject): Buffer {
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
  const fields = new Map<number, number | Uint8Array>([
    [1, 2],
    [3, -7],
    [-1, 1],
    [-2, new Uint8Array(Buffer.from(x, 'base64url'))],
    [-3, new Uint8Array(Buffer.from(y, 'base64url'))],
  ]);
  return Buffer.from(isoCBOR.encode(fields));
}

type Written = Parameters<typeof isoCBOR.encode>[0];

/** CBOR knows maps and bytes. */
function mapOf(value: unknown): Written {
  if (Buffer.isBuffer(value)) {
    return new Uint8Array(value);
  }
  if (Array.isArray(value)) {
    return value.map(mapOf);
  }
  return typeof value === 'object' && value !== null
    ? new Map(Object.entries(value).map(([name, field]) => [name, mapOf(field)]))
    : (value as Written);
}
