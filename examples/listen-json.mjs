// Listens to one room over the JSON WebSocket, resumes after every break, and sends what is typed:
// TOKEN=… ROOM=… node examples/listen-json.mjs [ws://127.0.0.1:8000/ws]
// docs/protocol.md describes the frames.
import { createInterface } from 'node:readline';
import WebSocket from 'ws';

const address = process.argv[2] ?? 'ws://127.0.0.1:8000/ws';
const FATAL = [4400, 4401, 4403]; // Wrong program, no token, token over: a real client refreshes the token at 4403.
let socket;
let seen; // The last cursor: where to resume.

const send = (frame) => socket.send(JSON.stringify(frame));
const join = () => send({ type: 'join_room', room_id: process.env.ROOM, after: seen });

function connect() {
  socket = new WebSocket(address);
  socket.on('open', () => send({ type: 'auth', token: process.env.TOKEN }));
  socket.on('message', (data) => {
    const frame = JSON.parse(data);
    if (frame.type === 'ready') {
      join();
    } else if (frame.code === 'RESYNC') {
      seen = undefined; // The log does not go on from there: a real client fetches the room anew, too.
      join();
    } else {
      seen = frame.cursor ?? seen;
    }
    console.log(JSON.stringify(frame));
  });
  socket.on('error', () => {}); // A close follows.
  socket.on('close', (code, reason) => {
    console.error(`closed: ${code} ${reason}`);
    if (FATAL.includes(code)) process.exit(1);
    setTimeout(connect, 1_000);
  });
}

createInterface({ input: process.stdin }).on('line', (content) => {
  // The same nonce again would be the same message: a line that may have been lost can be sent twice.
  send({ type: 'send_message', room_id: process.env.ROOM, content, nonce: crypto.randomUUID() });
});

connect();
