import { openClient } from 'trumpet-client';

const client = await openClient({ url: 'http://127.0.0.1:8000' });
await client.signIn({ username: 'alice', password: 'trumpet-demo' });

const [room] = client.rooms.get();
const timeline = client.timeline(room.id);
const list = document.body.appendChild(document.createElement('pre'));
timeline.subscribe(() => {
  const { messages } = timeline.get();
  list.textContent = messages.map(({ content }) => content).join('\n');
});
await timeline.jumpToNewest();

const field = document.body.appendChild(document.createElement('input'));
field.onchange = () => client.act({ kind: 'send', roomId: room.id, content: field.value });
