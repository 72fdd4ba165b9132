import {
  type GraphQLArgument,
  type GraphQLEnumType,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLInputObjectType,
  type GraphQLInterfaceType,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  type GraphQLType,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isLeafType,
  isNonNullType,
  isObjectType,
  isScalarType,
  parse,
  print,
} from 'grafast/graphql';
import { TOPICS, type Topic } from '../../docs/.vitepress/topics.ts';
import { EXAMPLE_ARGUMENTS, EXAMPLE_SELECTIONS, EXAMPLE_VALUES } from './examples.ts';

type Field = GraphQLField<unknown, unknown>;
type Argument = GraphQLArgument | GraphQLInputField;
type Composite = GraphQLObjectType | GraphQLInterfaceType;

/** Types that are the same everywhere, and are told of once on the first page. */
const EXPLAINED_ONCE = /(?:Connection|Edge|Payload|Input)$|^(?:Query|Mutation|Subscription|__.*)$/;

/** The reference of the API, by path below `docs/`. */
export function apiPages(schema: GraphQLSchema): Map<string, string> {
  const problems = [...notInOneTopic(schema)];
  if (problems.length > 0) {
    throw new Error(`docs/.vitepress/topics.ts: ${problems.join(' ')}`);
  }
  return new Map([
    ['api/index.md', firstPage(schema)],
    ...TOPICS.map((topic): [string, string] => [`api/${topic.name}.md`, pageOf(topic, schema)]),
  ]);
}

function* notInOneTopic(schema: GraphQLSchema): Generator<string> {
  const there = new Set([
    ...operations(schema).map(({ field }) => field.name),
    ...Object.values(schema.getTypeMap())
      .filter((type) => !isScalarType(type) && !EXPLAINED_ONCE.test(type.name))
      .map(({ name }) => name),
  ]);
  const told = TOPICS.flatMap(({ fields, types }) => [...fields, ...types]);
  for (const name of there) {
    const times = told.filter((other) => other === name).length;
    if (times !== 1) {
      yield `${name} is in ${times} topics and not in one.`;
    }
  }
  for (const name of told) {
    if (!there.has(name)) {
      yield `There is no ${name}.`;
    }
  }
}

type Kind = 'query' | 'mutation' | 'subscription';

function operations(schema: GraphQLSchema): { kind: Kind; field: Field }[] {
  const roots: [Kind, GraphQLObjectType | null | undefined][] = [
    ['query', schema.getQueryType()],
    ['mutation', schema.getMutationType()],
    ['subscription', schema.getSubscriptionType()],
  ];
  return roots.flatMap(([kind, root]) =>
    Object.values(root?.getFields() ?? {}).map((field) => ({ kind, field })),
  );
}

function firstPage(schema: GraphQLSchema): string {
  const all = operations(schema);
  const topics = TOPICS.flatMap((topic) => [
    `## ${topic.title}`,
    '',
    topic.about,
    '',
    ...topic.fields.map((name) => {
      const { field } = all.find((operation) => operation.field.name === name) ?? {};
      return `- [\`${name}\`](${topic.name}.md#${name.toLowerCase()}): ${firstSentence(field?.description)}`;
    }),
    '',
  ]);
  const scalars = Object.values(schema.getTypeMap())
    .filter((type) => isScalarType(type) && !/^(?:Int|Float|String|Boolean|ID)$/.test(type.name))
    .map((type) => `| \`${type.name}\` | ${cell(type.description)} |`);
  return `# The API by topic

One address: \`POST /graphql\`, with \`{"query": …, "variables": …}\` as JSON and \`Authorization: Bearer …\`. The whole schema is in [\`schema.graphql\`](../../schema.graphql); GraphiQL at \`/graphiql\` completes it while you type. Live events are subscriptions over a WebSocket.

**A mutation** takes one \`input\` and gives a payload, with what it has changed in a field that is named after its type: \`sendMessage(input: { … }) { message { id } }\`. A \`clientMutationId\` in the input comes back as it was.

**A list** that ends in \`Connection\` has \`nodes\` (the things themselves), \`edges\` (each with its \`cursor\`), \`pageInfo\` and \`totalCount\`. \`first\` says how many, 20 unless given and at most 100; \`after\` takes a cursor. Pages neither skip nor repeat what stays, whatever is added meanwhile.

**Errors** are in \`errors\`, each with a code in \`extensions.code\`: [all of them](../errors.md). A field of \`Query\` that fails is null and leaves the others whole.

**Limits** are [listed](../limits.md); what is beyond them is refused with a code, never cut off.

${topics.join('\n')}
## Scalars

| scalar | what it is |
| --- | --- |
${scalars.join('\n')}

How each travels in JSON is in [GraphQL clients](../clients.md#scalars).
`;
}

function pageOf(topic: Topic, schema: GraphQLSchema): string {
  const all = operations(schema);
  const fields = topic.fields.flatMap((name) => {
    const operation = all.find(({ field }) => field.name === name);
    return operation === undefined ? [] : operationSection(operation.kind, operation.field);
  });
  const types = topic.types.flatMap((name) => typeSection(schema.getType(name)));
  return `${[`# ${topic.title}`, '', topic.about, '', ...fields, ...types].join('\n').trimEnd()}\n`;
}

function operationSection(kind: Kind, field: Field): string[] {
  const inputs = inputsOf(field);
  const table = inputs.map(
    (input) => `| \`${input.name}\` | ${typeLink(input.type)} | ${cell(input.description)} |`,
  );
  return [
    `## ${field.name}`,
    '',
    `*${kind}* · ${answer(field)}`,
    '',
    cell(field.description),
    '',
    ...(table.length === 0 ? [] : ['| argument | type | |', '| --- | --- | --- |', ...table, '']),
    '```graphql',
    exampleOf(kind, field),
    '```',
    '',
  ];
}

/** What a caller gives: the fields of the input of a mutation, the arguments of all else. */
function inputsOf(field: Field): Argument[] {
  const [first] = field.args;
  const type = first === undefined ? undefined : getNamedType(first.type);
  const inputs =
    field.args.length === 1 && first?.name === 'input' && isInputObjectType(type)
      ? Object.values(type.getFields()).filter(({ name }) => name !== 'clientMutationId')
      : field.args;
  return [
    ...inputs.filter(({ type }) => isNonNullType(type)),
    ...inputs.filter(({ type }) => !isNonNullType(type)),
  ];
}

function answer(field: Field): string {
  const type = getNamedType(field.type);
  if (!isObjectType(type) || !type.name.endsWith('Payload')) {
    return `gives ${typeLink(field.type)}`;
  }
  const parts = Object.values(type.getFields()).filter(({ name }) => !isBookkeeping(name));
  return parts.length === 0
    ? 'gives nothing but `clientMutationId`'
    : `gives ${parts.map((part) => `\`${part.name}\`: ${typeLink(part.type)}`).join(', ')}`;
}

const isBookkeeping = (name: string) => name === 'clientMutationId' || name === 'query';

function exampleOf(kind: Kind, field: Field): string {
  const variables: string[] = [];
  const inputs = inputsOf(field)
    .filter(
      ({ name, type }) => isNonNullType(type) || EXAMPLE_ARGUMENTS[field.name]?.includes(name),
    )
    .map((input) => `${input.name}: ${exampleValue(input, variables)}`);
  const isInput = field.args.length === 1 && field.args[0]?.name === 'input';
  const given = isInput
    ? `(input: { ${inputs.join(', ')} })`
    : inputs.length > 0
      ? `(${inputs.join(', ')})`
      : '';
  const head = `${kind}${variables.length > 0 ? `(${variables.join(', ')})` : ''}`;
  return print(parse(`${head} { ${field.name}${given} ${selectionOf(field.type)} }`));
}

function exampleValue(input: Argument, variables: string[]): string {
  const type = getNamedType(input.type);
  if (isEnumType(type)) {
    return type.getValues()[0]?.name ?? '';
  }
  if (isInputObjectType(type)) {
    return `{ ${Object.values(type.getFields())
      .filter((part) => isNonNullType(part.type))
      .map((part) => `${part.name}: ${exampleValue(part, variables)}`)
      .join(', ')} }`;
  }
  const value = EXAMPLE_VALUES[input.name];
  if (value === undefined || value.startsWith('$')) {
    variables.push(`$${input.name}: ${input.type}`);
    return `$${input.name}`;
  }
  return value;
}

function selectionOf(outer: GraphQLType): string {
  const type = getNamedType(outer);
  if (isLeafType(type)) {
    return '';
  }
  const fields = Object.values((type as Composite).getFields());
  if (type.name.endsWith('Payload')) {
    const parts = fields.filter(({ name }) => !isBookkeeping(name));
    return parts.length === 0
      ? '{ clientMutationId }'
      : `{ ${parts.map((part) => `${part.name} ${selectionOf(part.type)}`).join(' ')} }`;
  }
  const nodes = fields.find(({ name }) => name === 'nodes');
  if (nodes !== undefined) {
    return `{ nodes ${selectionOf(nodes.type)} pageInfo { hasNextPage endCursor } }`;
  }
  const leaves = fields
    .filter((field) => isLeafType(getNamedType(field.type)) && field.name !== 'nodeId')
    .slice(0, 5)
    .map(({ name }) => name);
  return `{ ${EXAMPLE_SELECTIONS[type.name] ?? leaves.join(' ')} }`;
}

function typeSection(type: GraphQLNamedType | undefined): string[] {
  if (isEnumType(type)) {
    return enumSection(type);
  }
  if (isInputObjectType(type)) {
    return inputSection(type);
  }
  return isObjectType(type) || isInterfaceType(type) ? fieldsSection(type) : [];
}

function enumSection(type: GraphQLEnumType): string[] {
  return [
    `## enum ${type.name}`,
    '',
    cell(type.description),
    '',
    '| value | |',
    '| --- | --- |',
    ...type.getValues().map((value) => `| \`${value.name}\` | ${cell(value.description)} |`),
    '',
  ];
}

function inputSection(type: GraphQLInputObjectType): string[] {
  return [
    `## input ${type.name}`,
    '',
    cell(type.description),
    '',
    '| field | type | |',
    '| --- | --- | --- |',
    ...Object.values(type.getFields()).map(
      (field) => `| \`${field.name}\` | ${typeLink(field.type)} | ${cell(field.description)} |`,
    ),
    '',
  ];
}

function fieldsSection(type: Composite): string[] {
  const fields = Object.values(type.getFields());
  const describe = (field: Field) => {
    const names = field.args.map(({ name }) => `\`${name}\``);
    const takes = names.length === 0 ? '' : ` Takes ${names.join(', ')}.`;
    return `${cell(field.description)}${takes}`;
  };
  return [
    `## ${isInterfaceType(type) ? 'interface' : 'type'} ${type.name}`,
    '',
    cell(type.description),
    '',
    '| field | type | |',
    '| --- | --- | --- |',
    ...fields.map(
      (field) => `| \`${field.name}\` | ${typeLink(field.type)} | ${describe(field)} |`,
    ),
    '',
  ];
}

/** A type as it is written, with a link to where it is described. */
function typeLink(type: GraphQLType): string {
  const named = getNamedType(type);
  const subject = named.name.replace(/Connection$/, '');
  const topic = TOPICS.find(({ types }) => types.includes(named.name));
  if (topic === undefined) {
    return `\`${type}\`${subject === named.name ? '' : ' (a [list](index.md))'}`;
  }
  const kind = isEnumType(named)
    ? 'enum'
    : isInterfaceType(named)
      ? 'interface'
      : isInputObjectType(named)
        ? 'input'
        : 'type';
  return `[\`${type}\`](${topic.name}.md#${kind}-${named.name.toLowerCase()})`;
}

/** A description on one line, with what Markdown, its tables and Vue would take for their own. */
function cell(description: string | null | undefined): string {
  return (description ?? '')
    .replaceAll(/\s+/g, ' ')
    .trim()
    .replaceAll('|', '\\|')
    .replaceAll('<', '&lt;')
    .replaceAll('{{', '{&#123;');
}

function firstSentence(description: string | null | undefined): string {
  return /^.*?[.:](?= |$)/.exec(cell(description))?.[0].replace(/:$/, '.') ?? '';
}
