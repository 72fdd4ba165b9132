export const ISSUER = 'http://127.0.0.1:3000';
const authorization = `Bearer ${process.env.TRUMPET_KEY}`;

async function ask(query, variables) {
  const response = await fetch('http://127.0.0.1:8000/graphql', {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  });
  return (await response.json()).data;
}

/** Puts somebody into the room of all, which is made for the first one, and says so there. */
export async function welcome(name) {
  const { upsertUsers } = await ask(
    'mutation ($users: [UserEntryInput!]!) { upsertUsers(input: { users: $users }) { users { id } } }',
    { users: [{ issuer: ISSUER, subject: name, username: name }] },
  );
  const members = upsertUsers.users.map(({ id }) => ({ userId: id }));
  const { upsertRooms } = await ask(
    'mutation ($rooms: [RoomEntryInput!]!) { upsertRooms(input: { rooms: $rooms }) { rooms { id } } }',
    { rooms: [{ slug: 'team', name: 'Team', type: 'PRIVATE', members }] },
  );
  const input = { roomId: upsertRooms.rooms[0].id, content: `${name} is here.` };
  await ask(
    'mutation ($input: SendMessageInput!) { sendMessage(input: $input) { message { id } } }',
    { input },
  );
}
