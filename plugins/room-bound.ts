import type { PgCodec } from 'postgraphile/@dataplan/pg';
import { makeFieldTag } from './smart-tags.ts';

const sameInEveryRoom = makeFieldTag('sameInEveryRoom');
/** Fields that plugins make of nothing but the columns of their row: there is no function that could carry the tag. */
const MADE_OF_COLUMNS: ReadonlySet<string> = new Set(['User.avatarUrl', 'User.nodeId']);

/**
 * Events of several rooms are computed in one execution, as a role that sees those rooms. That shows
 * nobody another room as long as a document cannot get from one room into another. Rows that belong to
 * a room lead to rows of the same room; a person is in many. So whatever a type outside of rooms has
 * beside its own columns is marked here, and documents that select it are executed for each room by
 * itself; unless the smart tag `@sameInEveryRoom` says that it has nothing to do with rooms.
 */
export const RoomBoundPlugin: GraphileConfig.Plugin = {
  name: 'RoomBoundPlugin',
  description: 'Marks the fields that may lead from one room into another',
  version: '1.0.0',
  schema: {
    hooks: {
      init(types, build) {
        sameInEveryRoom.find(build);
        return types;
      },
      GraphQLObjectType_fields_field(field, build, { Self, scope }) {
        const codec = scope.pgCodec as PgCodec | undefined;
        if (!codec?.attributes || isOfARoom(codec) || scope.pgFieldAttribute !== undefined) {
          return field;
        }
        return sameInEveryRoom.isOn(build, Self.name, scope) ||
          MADE_OF_COLUMNS.has(`${Self.name}.${scope.fieldName}`)
          ? field
          : { ...field, extensions: { ...field.extensions, leadsOutOfRoom: true } };
      },
    },
  },
};

/** A room, or a row that says which room or message it belongs to. */
function isOfARoom({ name, attributes = {} }: PgCodec): boolean {
  return name === 'rooms' || 'room_id' in attributes || 'message_id' in attributes;
}
