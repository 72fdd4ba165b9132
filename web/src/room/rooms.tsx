import { Link } from 'wouter';
import { roomAddress } from '../addresses.ts';
import { useClient, useView } from '../trumpet.tsx';
import { useWords } from '../words/words.tsx';

export function Rooms() {
  const words = useWords();
  const rooms = useView(useClient().rooms);
  return (
    <>
      <h1>{words.rooms}</h1>
      <ul>
        {rooms.map((room) => (
          <li key={room.id}>
            <Link href={roomAddress(room)}>
              {room.name} {room.unreadCount > 0 && <b>{room.unreadCount}</b>}
            </Link>
          </li>
        ))}
      </ul>
    </>
  );
}
