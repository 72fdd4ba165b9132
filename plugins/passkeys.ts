import { context, type FieldArgs, lambda, object, type Step, sideEffect } from 'grafast';
import type { RelyingParty } from '../src/config/relying-party.ts';
import type { Passkeys } from '../src/identity/passkeys.ts';
import type { Viewer } from '../src/identity/viewer.ts';

/**
 * Does what the database cannot of mutations about passkeys: says for which site they are, and verifies what they answer,
 * before the database takes it.
 */
export function makePasskeysPlugin(passkeys: Passkeys): GraphileConfig.Plugin {
  /** What is done before the database is asked. */
  const before: Readonly<Record<string, (args: FieldArgs) => void>> = {
    beginPasskey: requireSite,
    beginPasskeySignIn: requireSite,
    finishPasskey(args) {
      const $asked = object({
        viewer: context().get('viewer'),
        host: context().get('host'),
        credential: args.getRaw(['input', 'credential']),
      });
      sideEffect($asked as Step<Asked>, async ({ viewer, host, credential }) => {
        if (viewer !== undefined) {
          await passkeys.proveNew(host, viewer.userId, credential);
        }
      });
    },
    signInWithPasskey(args) {
      const $credential = args.getRaw(['input', 'credential']);
      sideEffect([context().get('host'), $credential], ([host, credential]) =>
        passkeys.proveSignIn(host, credential),
      );
    },
  };

  function requireSite(): void {
    sideEffect(context().get('host'), async (host) => void (await passkeys.relyingParty(host)));
  }

  /** What is added to what the database gives, by the type of the answer. */
  const after: Readonly<Record<string, (party: RelyingParty) => object>> = {
    BeginPasskeyPayload: ({ id, name }) => ({ rp: { id, name } }),
    BeginPasskeySignInPayload: ({ id }) => ({ rpId: id }),
  };

  return {
    name: 'PasskeysPlugin',
    version: '1.0.0',
    description: 'Verifies what passkeys answer, and says for which site they are',
    schema: {
      hooks: {
        GraphQLObjectType_fields_field(field, _build, { Self, scope }) {
          const { isRootMutation, fieldName = '' } = scope;
          const { plan } = field;
          if (plan === undefined) {
            return field;
          }
          if (isRootMutation && Object.hasOwn(before, fieldName)) {
            return {
              ...field,
              plan($parent: Step, args, info) {
                before[fieldName]?.(args);
                return plan($parent, args, info);
              },
            };
          }
          const complete = after[Self.name];
          return fieldName === 'passkeyOptions' && complete !== undefined
            ? {
                ...field,
                plan: ($payload: Step, args, info) =>
                  lambda(
                    [plan($payload, args, info) as Step<object | null>, context().get('host')],
                    async ([options, host]) =>
                      options === null
                        ? null
                        : { ...complete(await passkeys.relyingParty(host)), ...options },
                  ),
              }
            : field;
        },
      },
    },
  };
}

interface Asked {
  readonly viewer: Viewer | undefined;
  readonly host: string | undefined;
  readonly credential: unknown;
}
