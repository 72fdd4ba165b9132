import {
  GraphQLError,
  type GraphQLScalarTypeConfig,
  Kind,
  type ValueNode,
  valueFromASTUntyped,
} from 'grafast/graphql';

/** What the text of each scalar is made by. */
const SPECIFIED_BY: Record<string, string> = {
  AccessToken: 'https://www.rfc-editor.org/rfc/rfc7519',
  BigInt: 'https://www.rfc-editor.org/rfc/rfc8259#section-6',
  Cursor: 'https://relay.dev/graphql/connections.htm#sec-Cursor',
  Datetime: 'https://www.rfc-editor.org/rfc/rfc3339#section-5.6',
  JSON: 'https://www.rfc-editor.org/rfc/rfc8259',
  Time: 'https://www.rfc-editor.org/rfc/rfc3339#section-5.6',
  UUID: 'https://www.rfc-editor.org/rfc/rfc9562',
};

/** Says where each scalar is specified, and takes a number for a BigInt, which is given out as text. */
export const ScalarsPlugin: GraphileConfig.Plugin = {
  name: 'ScalarsPlugin',
  version: '1.0.0',
  description: 'Says where scalars are specified, and takes numbers for BigInt',
  schema: {
    hooks: {
      GraphQLScalarType(config) {
        const specifiedByURL = SPECIFIED_BY[config.name];
        return {
          ...config,
          ...(specifiedByURL === undefined ? {} : { specifiedByURL }),
          ...(config.name === 'BigInt' ? { parseValue, parseLiteral } : {}),
          ...(config.name === 'JSON' ? refuseOutsideJson(config) : {}),
        };
      },
    },
  },
};

/**
 * JSON has no infinite numbers: what is too great for JavaScript (`1e400`) would become null on its way. Nor has it names
 * without quotes, as GraphQL's literals have them for enums.
 */
function refuseOutsideJson({
  parseValue,
  parseLiteral,
}: GraphQLScalarTypeConfig<unknown, unknown>) {
  function check(value: unknown): unknown {
    if (hasInfinity(value)) {
      throw new GraphQLError('A number is too great: send it as a string.');
    }
    return value;
  }
  return {
    ...(parseValue && { parseValue: (value: unknown) => parseValue(check(value)) }),
    ...(parseLiteral && {
      parseLiteral: (...[node, variables]: Parameters<typeof parseLiteral>) => {
        if (hasBareName(node)) {
          throw new GraphQLError('JSON has no names without quotes.', { nodes: node });
        }
        check(valueFromASTUntyped(node, variables));
        return parseLiteral(node, variables);
      },
    }),
  };
}

function hasBareName(node: ValueNode): boolean {
  switch (node.kind) {
    case Kind.ENUM:
      return true;
    case Kind.LIST:
      return node.values.some(hasBareName);
    case Kind.OBJECT:
      return node.fields.some(({ value }) => hasBareName(value));
    default:
      return false;
  }
}

function hasInfinity(value: unknown): boolean {
  if (typeof value === 'number') {
    return !Number.isFinite(value);
  }
  return typeof value === 'object' && value !== null && Object.values(value).some(hasInfinity);
}

function parseValue(value: unknown): string {
  if (typeof value === 'string' || (typeof value === 'number' && Number.isSafeInteger(value))) {
    return String(value);
  }
  throw new GraphQLError(
    'A BigInt is text of digits, or a whole number of at most 2^53: greater ones are not exact.',
  );
}

function parseLiteral(node: ValueNode): string {
  if (node.kind === Kind.STRING || node.kind === Kind.INT) {
    return node.value;
  }
  throw new GraphQLError('A BigInt is text of digits, or a whole number.', { nodes: node });
}
