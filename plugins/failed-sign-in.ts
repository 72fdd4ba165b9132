import { lambda, type ObjectStep, object, type Step } from 'grafast';
import { TrumpetError } from '../src/errors/codes.ts';
import type { Sentence } from '../src/errors/sentence.ts';

/** The functions that answer with null what they refuse, and what to say then. */
const REFUSALS: Record<string, Sentence> = {
  sign_in: 'Username and password do not match.',
  refresh_session: 'This refresh token is not valid, or no longer: sign in again.',
};

/**
 * `sign_in` and `refresh_session` refuse by returning null: an error would roll back the count of failures, or the end
 * of a session whose refresh token was used twice. Here, after the commit, the null becomes UNAUTHENTICATED.
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
        const [, message] = refusal;
        return {
          ...field,
          plan($parent: Step, args, info) {
            const $payload = plan($parent, args, info) as ObjectStep;
            const $session = $payload.getStepForKey('result') as Step & { record?(): Step };
            return object({
              result: $session,
              refusal: lambda($session.record?.() ?? $session, (session) => {
                if (session == null) {
                  throw new TrumpetError('UNAUTHENTICATED', message);
                }
              }),
            });
          },
        };
      },
    },
  },
};
