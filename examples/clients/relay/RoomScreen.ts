import { graphql } from 'relay-runtime';

export const roomQuery = graphql`
  query RoomScreenQuery($roomId: UUID!) {
    room(id: $roomId) {
      nodeId
      name
      ...RoomScreen_messages
    }
  }
`;

/** For `usePaginationFragment`: `loadNext(20)` reads the next page by `node`. */
export const messagesFragment = graphql`
  fragment RoomScreen_messages on Room
  @argumentDefinitions(first: { type: "Int", defaultValue: 20 }, after: { type: "Cursor" })
  @refetchable(queryName: "RoomScreenMessagesQuery") {
    messages(first: $first, after: $after, orderBy: SEQ_DESC)
      @connection(key: "RoomScreen_messages") {
      edges {
        node {
          id
          content
          author {
            displayName
          }
        }
      }
    }
  }
`;
