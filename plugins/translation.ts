import type { PgSelectSingleStep } from '@dataplan/pg';
import { constant, lambda, type ObjectStep, sideEffect } from 'grafast';
import { extendSchema, gql } from 'postgraphile/utils';
import { TrumpetError } from '../src/errors/codes.ts';
import type { Translation, Translator } from '../src/translation/translator.ts';

/**
 * Translates what the database has given to be translated, and says into which languages.
 *
 * @param translator undefined where the operator has named no service
 */
export function makeTranslationPlugin(translator: Translator | undefined): GraphileConfig.Plugin {
  const textAndLanguage = ($given: PgSelectSingleStep) =>
    [$given.get('original'), $given.get('language')] as const;

  /** Twice for the same is once: what it was is still there. */
  async function translate([original, language]: readonly unknown[]): Promise<Translation> {
    if (translator === undefined) {
      throw new TrumpetError('CONFLICT', 'Nothing is translated here.');
    }
    return translator.translate(original as string, language as string);
  }

  const typeDefs = gql`
    extend type Query {
      """
      Into which languages translateMessage translates, such as de. None where the server has no translation service, or
      while it does not answer.
      """
      translationLanguages: [String!]!
    }
    extend type Translation {
      """The text in the language asked for. Code, links, mentions and emoji are as they were."""
      content: String!
      """In which language the message is, as guessed from its text: such as es."""
      sourceLanguage: String!
    }
  `;
  const { schema } = extendSchema({
    typeDefs,
    objects: {
      Query: {
        plans: {
          translationLanguages: () =>
            lambda(constant(null), async () => (await translator?.languages()) ?? []),
        },
      },
      Translation: {
        plans: {
          content: ($given: PgSelectSingleStep) =>
            lambda(textAndLanguage($given), async (given) => (await translate(given)).text),
          sourceLanguage: ($given: PgSelectSingleStep) =>
            lambda(textAndLanguage($given), async (given) => (await translate(given)).from),
        },
      },
    },
  });
  return {
    name: 'TranslationPlugin',
    version: '1.0.0',
    description: 'Translates messages by the service that the operator has named',
    schema: {
      ...schema,
      hooks: {
        ...schema?.hooks,
        // What cannot be translated fails here, as a mutation does: below it, it would count as done but not told.
        GraphQLObjectType_fields_field(field, _build, { scope: { isRootMutation, fieldName } }) {
          const { plan } = field;
          return isRootMutation && fieldName === 'translateMessage' && plan !== undefined
            ? {
                ...field,
                plan($parent, args, info) {
                  const $payload = plan($parent, args, info) as ObjectStep<{
                    result: PgSelectSingleStep;
                  }>;
                  sideEffect(textAndLanguage($payload.get('result')), translate);
                  return $payload;
                },
              }
            : field;
        },
      },
    },
  };
}
