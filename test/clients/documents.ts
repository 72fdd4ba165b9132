import { readFileSync } from 'node:fs';
import {
  type DocumentNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  parse,
  visit,
} from 'graphql';

/** The documents of the contract, as a client has them: one operation each, with the fragments that it uses. */
export const contract = parse(readFileSync('test/contract/operations.graphql', 'utf8'));

const fragments = new Map(
  contract.definitions
    .filter((definition) => definition.kind === Kind.FRAGMENT_DEFINITION)
    .map((fragment) => [fragment.name.value, fragment]),
);

export const operations = contract.definitions.filter(
  (definition): definition is OperationDefinitionNode =>
    definition.kind === Kind.OPERATION_DEFINITION,
);

/** The names of those that are asked and answered once. */
export const answered = new Set(
  operations
    .filter(({ operation }) => operation !== OperationTypeNode.SUBSCRIPTION)
    .map(({ name }) => name?.value),
);

export function documentOf(operation: OperationDefinitionNode): DocumentNode {
  return { kind: Kind.DOCUMENT, definitions: [operation, ...fragmentsOf(operation)] };
}

export function fragmentsOf(
  node: OperationDefinitionNode | FragmentDefinitionNode,
): FragmentDefinitionNode[] {
  const found = new Set<FragmentDefinitionNode>();
  visit(node, {
    FragmentSpread({ name }) {
      const fragment = fragments.get(name.value) as FragmentDefinitionNode;
      for (const used of [fragment, ...fragmentsOf(fragment)]) {
        found.add(used);
      }
    },
  });
  return [...found];
}
