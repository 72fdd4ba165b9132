import { createPublicKey, createSecretKey, type KeyObject } from 'node:crypto';
import { z } from 'zod';
import { type ClaimNames, profileClaims, USUAL_CLAIMS, workspaceName } from './claims.ts';
import { jsonText, secureAddress } from './fields.ts';

/** Somebody else whose access tokens are taken. */
export interface IssuerSettings {
  /** What stands in `iss`, letter by letter. */
  readonly issuer: string;
  /** One of these stands in `aud`. */
  readonly audience: readonly string[];
  /** Where the keys are, or the one key. */
  readonly keys: { readonly address: URL } | { readonly key: KeyObject };
  /** What a token may be signed with: nothing that its own header says counts. */
  readonly algorithms: readonly string[];
  readonly claims: ClaimNames;
  /** In which workspace its people are, where no claim says it. Undefined: in the default one. */
  readonly workspace: string | undefined;
  /** How far the clocks may differ, in milliseconds. */
  readonly clockToleranceMs: number;
}

export const PUBLIC_KEY_ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
] as const;
const SECRET_ALGORITHMS = ['HS256', 'HS384', 'HS512'] as const;

/** A shared secret has as many bytes as HS256 makes of it. */
const LEAST_SECRET_BYTES = 32;

const issuerShape = z
  .strictObject({
    issuer: z.string().min(1).max(500),
    audience: z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]),
    jwks: z.string().optional(),
    publicKey: z.string().optional(),
    secret: z.string().optional(),
    algorithms: z
      .array(z.enum([...PUBLIC_KEY_ALGORITHMS, ...SECRET_ALGORITHMS]))
      .min(1)
      .optional(),
    claims: z
      .strictObject({ ...profileClaims, subject: z.string().min(1) })
      .partial()
      .default({}),
    workspace: workspaceName,
    clockToleranceSeconds: z.number().min(0).max(300).default(5),
  })
  .transform((given, context): IssuerSettings => {
    const refuse = (message: string): never => {
      context.addIssue({ code: 'custom', message });
      return z.NEVER;
    };
    const { jwks, publicKey, secret } = given;
    if ([jwks, publicKey, secret].filter((value) => value !== undefined).length !== 1) {
      return refuse('needs one of jwks, publicKey and secret');
    }
    if (given.issuer === 'trumpet') {
      return refuse('cannot be named trumpet, which is this installation itself');
    }
    if (given.workspace !== undefined && given.claims.workspace) {
      return refuse('has a workspace or a claim that says it, not both');
    }
    const usual = secret === undefined ? PUBLIC_KEY_ALGORITHMS : (['HS256'] as const);
    const possible: readonly string[] =
      secret === undefined ? PUBLIC_KEY_ALGORITHMS : SECRET_ALGORITHMS;
    const algorithms = given.algorithms ?? usual;
    if (!algorithms.every((algorithm) => possible.includes(algorithm))) {
      return refuse(`can have these algorithms: ${possible.join(', ')}`);
    }
    const keys = keysOf(given);
    if (typeof keys === 'string') {
      return refuse(keys);
    }
    return Object.freeze({
      issuer: given.issuer,
      audience: [given.audience].flat(),
      keys,
      algorithms,
      claims: { ...USUAL_CLAIMS, ...given.claims },
      workspace: given.workspace,
      clockToleranceMs: given.clockToleranceSeconds * 1_000,
    });
  });

/** @returns a sentence's rest where there is a problem */
function keysOf({
  jwks,
  publicKey,
  secret,
}: {
  readonly jwks?: string | undefined;
  readonly publicKey?: string | undefined;
  readonly secret?: string | undefined;
}): IssuerSettings['keys'] | string {
  if (jwks !== undefined) {
    const address = secureAddress(jwks);
    return address === undefined
      ? 'needs an https address of its keys (http on this machine alone)'
      : { address };
  }
  if (secret !== undefined) {
    return Buffer.byteLength(secret) < LEAST_SECRET_BYTES
      ? `needs a secret of ${LEAST_SECRET_BYTES} bytes or more`
      : { key: createSecretKey(secret, 'utf8') };
  }
  try {
    return { key: createPublicKey(publicKey ?? '') };
  } catch {
    return 'has a publicKey that is no key in PEM';
  }
}

export const issuersShape = z.object({
  AUTH_ISSUERS: jsonText
    .pipe(
      z
        .array(issuerShape)
        .refine(
          (issuers) => new Set(issuers.map(({ issuer }) => issuer)).size === issuers.length,
          'must name each issuer once',
        ),
    )
    .default([]),
});
