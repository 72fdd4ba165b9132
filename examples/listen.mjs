// Listens to one room on a plain WebSocket: TOKEN=… ROOM=… node examples/listen.mjs [ws://127.0.0.1:8000/graphql]
// Speaks graphql-transport-ws (https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md) by hand, to show it.
import WebSocket from 'ws';

const socket = new WebSocket(
  process.argv[2] ?? 'ws://127.0.0.1:8000/graphql',
  'graphql-transport-ws',
);
const send = (frame) => socket.send(JSON.stringify(frame));

const query = `subscription ($roomId: UUID!) {
  roomEvents(roomId: $roomId) {
    __typename
    changeSeq
    ... on ReadyEvent { headChangeSeq }
    ... on MessageEvent { event message { seq content author { username } } }
  }
}`;

socket.on('open', () => {
  send({ type: 'connection_init', payload: { authorization: `Bearer ${process.env.TOKEN}` } });
});

socket.on('message', (data) => {
  const frame = JSON.parse(data);
  if (frame.type === 'connection_ack') {
    send({
      type: 'subscribe',
      id: '1',
      payload: { query, variables: { roomId: process.env.ROOM } },
    });
  } else if (frame.type === 'ping') {
    send({ type: 'pong' });
  } else {
    console.log(JSON.stringify(frame.payload?.data?.roomEvents ?? frame));
  }
});

socket.on('close', (code, reason) => {
  console.log(`closed: ${code} ${reason}`);
});
