import { context, type FieldArgs, lambda, object, type Step, sideEffect } from 'grafast';
import type { Passkeys } from '../src/identity/passkeys.ts';
import type { Viewer } from '../src/identity/viewer.ts';

/**
 * Does what the database cannot of mutations about passkeys: says for which site they are, and verifies what they answer,
 * before the database takes it.
 */
export function makePasskeysPlugin(passkeys: Passkeys): GraphileConfig.Plugin {
  /** What is done before the database is asked. */
  const before: Readonly<Record<string, (args: FieldArgs) => void>> = {
    beginPasskey: () => void sideEffect(null, () => void passkeys.relyingParty()),
    beginPasskeySignIn: () => void sideEffect(null, () => void passkeys.relyingParty()),
    finishPasskey(args) {
      const $asked = object({
        viewer: context().get('viewer'),
        credential: args.getRaw(['input', 'credential']),
      });
      sideEffect($asked as Step<Asked>, async ({ viewer, credential }) => {
        if (viewer !== undefined) {
          await passkeys.proveNew(viewer.userId, credential);
        }
      });
    },
    signInWithPasskey(args) {
      sideEffect(args.getRaw(['input', 'credential']), (credential) =>
        passkeys.proveSignIn(credential),
      );
    },
  };

  /** What is added to what the database gives, by the type of the answer. */
  const after: Readonly<Record<string, (options: object) => object>> = {
    BeginPasskeyPayload(options) {
      const { id, name } = passkeys.relyingParty();
      return { rp: { id, name }, ...options };
    },
    BeginPasskeySignInPayload: (options) => ({ rpId: passkeys.relyingParty().id, ...options }),
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
                  lambda(plan($payload, args, info) as Step<object | null>, (options) =>
                    options === null ? null : complete(options),
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
  readonly credential: unknown;
}
