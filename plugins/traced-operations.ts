import { getOperationAST, Kind } from 'grafast/graphql';
import { inSpan, inTrace, tracing } from '../src/process/tracing.ts';

/**
 * Gives every operation a span: within that of its HTTP request, or over a WebSocket in a trace of its own. It is named
 * after the first field that it asks for; what clients name, they may name as they like.
 */
export const TracedOperationsPlugin: GraphileConfig.Plugin = {
  name: 'TracedOperationsPlugin',
  version: '1.0.0',
  description: 'Records what operations take',
  grafast: {
    middleware: {
      async execute(next, { args }) {
        const work = async () => await next();
        if (tracing?.current() !== undefined) {
          return inSpan(nameOf(args), {}, work);
        }
        return args.requestContext?.ws === undefined
          ? next()
          : inTrace(nameOf(args), { kind: 'server' }, work);
      },
    },
  },
};

/** Such as `mutation sendMessage`. The document has been validated: its fields are those of the schema. */
function nameOf({
  document,
  operationName,
}: Pick<Grafast.ExecutionArgs, 'document' | 'operationName'>): string {
  const operation = getOperationAST(document, operationName);
  const field = operation?.selectionSet.selections.find(({ kind }) => kind === Kind.FIELD);
  const name = field?.kind === Kind.FIELD ? ` ${field.name.value}` : '';
  return `${operation?.operation ?? 'operation'}${name}`;
}
