import { lambda, type ObjectStep, object, type Step } from 'grafast';
import { type ErrorCode, TrumpetError } from '../src/errors/codes.ts';
import type { Sentence } from '../src/errors/sentence.ts';
import { WRONG_PASSKEY } from '../src/identity/passkeys.ts';

interface Refusal {
  readonly code: ErrorCode;
  readonly message: Sentence;
}

const WRONG_CODE: Refusal = {
  code: 'NOT_FOUND',
  message: 'This code is wrong, too old, or has been used.',
};

const WRONG_PROOF: Refusal = {
  code: 'WRONG_CREDENTIALS',
  message: 'The password or the code is wrong.',
};

/** The functions that answer with null what they refuse, and what to say then. */
const REFUSALS: Record<string, Refusal> = {
  sign_in: {
    code: 'WRONG_CREDENTIALS',
    message: 'Username and password do not match, or the code is wrong.',
  },
  refresh_session: {
    code: 'UNAUTHENTICATED',
    message: 'This refresh token is not valid, or no longer: sign in again.',
  },
  change_password: { code: 'WRONG_CREDENTIALS', message: 'The current password is wrong.' },
  change_email: { code: 'WRONG_CREDENTIALS', message: 'The password is wrong.' },
  verify_email: WRONG_CODE,
  reset_password: WRONG_CODE,
  begin_totp: WRONG_PROOF,
  confirm_totp: {
    code: 'WRONG_CREDENTIALS',
    message: 'This is not the code that the app shows now.',
  },
  remove_totp: WRONG_PROOF,
  make_recovery_codes: WRONG_PROOF,
  begin_passkey: WRONG_PROOF,
  finish_passkey: WRONG_PASSKEY,
  sign_in_with_passkey: WRONG_PASSKEY,
  delete_my_account: { code: 'WRONG_CREDENTIALS', message: 'The password is wrong.' },
};

/**
 * What asks for a password or a refresh token refuses by returning null: an error would roll back the count of failures,
 * or the end of a session whose refresh token was used twice. Here, after the commit, the null becomes an error.
 */
export const FailedSignInPlugin: GraphileConfig.Plugin = {
  name: 'FailedSignInPlugin',
  version: '1.0.0',
  description: 'Turns the null of a refused sign-in into an error',
  schema: {
    hooks: {
      GraphQLObjectType_fields_field(field, build, context) {
        const { isRootMutation, fieldName } = context.scope;
        const refusal = Object.entries(REFUSALS).find(
          ([name]) => isRootMutation && build.inflection.camelCase(name) === fieldName,
        );
        const plan = field.plan;
        if (refusal === undefined || plan === undefined) {
          return field;
        }
        const [, { code, message }] = refusal;
        return {
          ...field,
          plan($parent: Step, args, info) {
            const $payload = plan($parent, args, info) as ObjectStep;
            const $session = $payload.getStepForKey('result') as Step & { record?(): Step };
            return object({
              result: $session,
              refusal: lambda($session.record?.() ?? $session, (session) => {
                if (session == null) {
                  throw new TrumpetError(code, message);
                }
              }),
            });
          },
        };
      },
    },
  },
};
