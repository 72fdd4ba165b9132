import { useEffect, useMemo, useState } from 'react';
import { useClient, useView } from '../trumpet.tsx';
import { useWords } from '../words/words.tsx';

interface RoomViewProps {
  readonly roomId: string;
  /** The message to show first. */
  readonly seq: number | undefined;
}

export function RoomView({ roomId, seq }: RoomViewProps) {
  const client = useClient();
  const words = useWords();
  const timeline = useMemo(() => client.timeline(roomId), [client, roomId]);
  const { messages } = useView(timeline);
  const [content, setContent] = useState('');
  useEffect(() => {
    void (seq === undefined ? timeline.jumpToNewest() : timeline.jumpTo(seq));
  }, [timeline, seq]);
  return (
    <>
      <ol>
        {messages.map((message) => (
          <li key={message.id}>{message.content}</li>
        ))}
      </ol>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          client.act({ kind: 'send', roomId, content });
          setContent('');
        }}
      >
        <input value={content} onChange={({ target }) => setContent(target.value)} />
        <button type="submit">{words.send}</button>
      </form>
    </>
  );
}
