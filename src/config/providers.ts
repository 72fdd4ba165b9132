import { z } from 'zod';
import { type ClaimNames, profileClaims, USUAL_CLAIMS, workspaceName } from './claims.ts';
import { jsonText, secureAddress } from './fields.ts';

/** With whom a person may sign in on the page, by OpenID Connect. */
export interface ProviderSettings {
  /** In addresses of ours. */
  readonly name: string;
  /** What people call it. */
  readonly label: string;
  /** Its address, letter by letter as it says it itself; below it is `/.well-known/openid-configuration`. */
  readonly issuer: string;
  /** What we are called there. */
  readonly clientId: string;
  /** Undefined: we are a public client there. */
  readonly clientSecret: string | undefined;
  readonly scope: string;
  readonly claims: ClaimNames;
  /** In which workspace its people are, where no claim says it. Undefined: in the default one. */
  readonly workspace: string | undefined;
}

const providerShape = z
  .strictObject({
    name: z.string().regex(/^[a-z][a-z0-9-]{0,29}$/, 'has a name that is not like example-1'),
    label: z.string().min(1).max(50).optional(),
    issuer: z
      .string()
      .refine(
        (text) => secureAddress(text) !== undefined,
        'needs the https address of its issuer (http on this machine alone)',
      ),
    clientId: z.string().min(1),
    clientSecret: z.string().min(1).optional(),
    scope: z
      .string()
      .regex(/(^| )openid( |$)/, 'needs a scope with openid')
      .default('openid profile email'),
    claims: z.strictObject(profileClaims).partial().default({}),
    workspace: workspaceName,
  })
  .refine(
    ({ workspace, claims }) => workspace === undefined || !claims.workspace,
    'has a workspace or a claim that says it, not both',
  );

export const providersShape = z.object({
  SIGN_IN_PROVIDERS: jsonText
    .pipe(
      z
        .array(providerShape)
        .refine(
          (providers) => new Set(providers.map(({ name }) => name)).size === providers.length,
          'must name each provider once',
        ),
    )
    .default([]),
});

export function providerSettings({
  SIGN_IN_PROVIDERS: providers,
}: z.output<typeof providersShape>): readonly ProviderSettings[] {
  return providers.map(({ label, clientSecret, claims, workspace, ...provider }) => ({
    ...provider,
    label: label ?? new URL(provider.issuer).hostname,
    clientSecret,
    claims: { ...USUAL_CLAIMS, ...claims },
    workspace,
  }));
}
