import { memo, StrictMode, Suspense } from 'react';
import { createRoot } from 'react-dom/client';
import { openClient, type ShownMessage, type ShownRoom } from '../../src/index.ts';
import {
  TrumpetProvider,
  useMembers,
  usePresence,
  useRoom,
  useRooms,
  useTimeline,
} from '../../src/react/index.ts';

/* A page of the hooks alone, which counts how often each part of it renders. */

declare global {
  interface Window {
    readonly renders: Map<string, number>;
  }
}

const renders = new Map<string, number>();
Object.assign(window, { renders });

function count(name: string): void {
  renders.set(name, (renders.get(name) ?? 0) + 1);
}

function Rooms() {
  count('rooms');
  return useRooms().map((room) => <RoomRow key={room.id} room={room} />);
}

const RoomRow = memo(function RoomRow({ room }: { readonly room: ShownRoom }) {
  count(`room row ${room.name}`);
  return (
    <p>
      {room.name}: {room.unreadCount}
    </p>
  );
});

function OneRoom({ roomId }: { readonly roomId: string }) {
  const room = useRoom(roomId);
  count(`one room ${room?.name}`);
  return null;
}

function Messages({ roomId }: { readonly roomId: string }) {
  count('messages');
  return useTimeline(roomId).messages.map((message) => (
    <Message key={message.key} message={message} />
  ));
}

const Message = memo(function Message({ message }: { readonly message: ShownMessage }) {
  count(`message ${message.content}`);
  return <p className="message">{message.content}</p>;
});

function People({ roomId }: { readonly roomId: string }) {
  count('people');
  const members = useMembers(roomId);
  return members && [...members.keys()].map((userId) => <Presence key={userId} userId={userId} />);
}

function Presence({ userId }: { readonly userId: string }) {
  count('presence');
  return usePresence(userId) ?? null;
}

const query = new URLSearchParams(location.search);
const client = await openClient({ url: query.get('server') ?? '' });
const name = query.get('username') ?? '';
await client.signIn({ username: name, password: name });
const roomId = query.get('room') ?? '';

const page = (
  <TrumpetProvider client={client}>
    <Suspense>
      <Rooms />
      {client.rooms.get().map(({ id }) => (
        <OneRoom key={id} roomId={id} />
      ))}
      <Messages roomId={roomId} />
      <People roomId={roomId} />
    </Suspense>
  </TrumpetProvider>
);

export const root = createRoot(document.getElementById('page') as HTMLElement);

root.render(query.has('strict') ? <StrictMode>{page}</StrictMode> : page);
