import type { GraphQLSchema } from 'grafast/graphql';
import { TrumpetError } from '../src/errors/codes.ts';
import { findCostliest } from './costliest-field.ts';
import { fragmentsOf } from './document-parts.ts';
import { createGivenValues, type Question, sizeOfValue } from './given-values.ts';
import { type QueryLimits, refuseAbove, whole } from './query-limits.ts';
import { createScale } from './query-weight.ts';

/**
 * Checks what a question would give and what it gives: values in the answer by its page sizes, values in its variables
 * and lists. In time by its length, and before anything is planned.
 *
 * @throws TrumpetError QUERY_TOO_COMPLEX; about the answer it names the field that costs most.
 */
export function checkQuestion(
  schema: GraphQLSchema,
  question: Question,
  limits: QueryLimits,
): void {
  const size = sizeOfValue(question.variables, limits);
  refuseAbove(limits, 'values', size.values);
  refuseAbove(limits, 'valueDepth', size.depth);
  const { document, operation } = question;
  const root = schema.getRootType(operation.operation) ?? undefined;
  const fragments = fragmentsOf(document);
  const given = createGivenValues(question, limits);
  const scale = createScale({ schema, fragments, given });
  const { cost, values } = scale.weighSelections(root, operation.selectionSet, undefined);
  refuseAbove(limits, 'values', values);
  if (cost > limits.cost) {
    const most = findCostliest({ schema, fragments, given, scale }, root, operation.selectionSet);
    throw new TrumpetError(
      'QUERY_TOO_COMPLEX',
      `This query asks for up to ${whole(cost)} values, by its page sizes: at most ${whole(limits.cost)} are allowed. Most of them, ${whole(most.cost)}, are in ${most.path}: ask for fewer there.`,
    );
  }
}
