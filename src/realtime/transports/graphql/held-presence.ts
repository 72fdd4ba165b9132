import { getArgumentValues, getVariableValues } from 'graphql/execution/values.js';
import {
  type DocumentNode,
  type ExecutionArgs,
  type GraphQLSchema,
  getOperationAST,
  OperationTypeNode,
} from 'postgraphile/graphql';
import { rootFields } from '../../execution/document.ts';
import { SOCKETS_PER_USER } from '../connections.ts';
import type { Presence } from '../presence.ts';
import type { PresenceSession, Status } from '../presence-session.ts';

/*
 * Whoever says over a socket how they are there, by `updateUserPresence`, stays so for as long as it is open.
 */

/** Presence sessions that were set over one socket, by their key. */
export type HeldPresence = Map<string, PresenceSession>;

/** Holds what a mutation that has been executed says about the presence of the one who sent it. */
export function holdPresence(
  presence: Presence,
  held: HeldPresence,
  userId: string,
  executed: ExecutionArgs,
): void {
  for (const { key, status } of presenceUpdates(executed)) {
    const session = held.get(key);
    if (session !== undefined) {
      presence.note(session, status);
    } else if (held.size < SOCKETS_PER_USER) {
      const fresh = { userId, key };
      held.set(key, fresh);
      void presence.hold(fresh, status);
    }
  }
}

/** A call of `updateUserPresence`: which presence session, and what it becomes. */
interface PresenceUpdate {
  readonly key: string;
  readonly status: Status;
}

function presenceUpdates(executed: {
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
  readonly operationName?: string | null | undefined;
  readonly variableValues?: { readonly [name: string]: unknown } | null | undefined;
}): readonly PresenceUpdate[] {
  const { schema, document } = executed;
  const operation = getOperationAST(document, executed.operationName);
  const definition = schema.getMutationType()?.getFields().updateUserPresence;
  if (operation?.operation !== OperationTypeNode.MUTATION || definition === undefined) {
    return [];
  }
  const { coerced = {} } = getVariableValues(
    schema,
    operation.variableDefinitions ?? [],
    executed.variableValues ?? {},
  );
  return rootFields(document, operation)
    .filter(({ name }) => name.value === definition.name)
    .map((field) => {
      const { input } = getArgumentValues(definition, field, coerced) as {
        input: { status: Status; sessionId?: string | null };
      };
      return { key: input.sessionId ?? 'default', status: input.status };
    });
}
