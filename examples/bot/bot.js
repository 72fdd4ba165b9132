// Answers whoever writes its name, its command /roll and the button below: TRUMPET_KEY=trk_… node examples/bot/bot.js http://127.0.0.1:8000
import { openClient } from 'trumpet-client';
import { startBot } from 'trumpet-client/bot';
import { tokenSession } from 'trumpet-client/token-session';

const url = process.argv[2] ?? 'http://127.0.0.1:8000';
const client = await openClient({
  url,
  session: tokenSession(async () => process.env.TRUMPET_KEY),
});
await client.signIn();
const me = client.viewerId.get();

function roll(count, sides) {
  const rolls = Array.from({ length: count }, () => 1 + Math.floor(Math.random() * sides));
  return `🎲 ${rolls.join(' + ')} = **${rolls.reduce((sum, one) => sum + one, 0)}**`;
}

/** What it says to a text. */
function answerTo(text) {
  const dice = /\broll (\d{1,2})d(\d{1,3})\b/.exec(text);
  if (dice !== null) {
    return roll(Number(dice[1]), Number(dice[2]));
  }
  return /\bping\b/.test(text) ? 'pong' : 'I know `ping` and `roll 2d6`.';
}

/** What it has answered is what it has read, both in one: so a bot that starts again neither forgets a question nor answers it twice. */
function answerIn(roomId) {
  const timeline = client.timeline(roomId);
  let readUpTo = client.room(roomId).get().membership.lastReadSeq;
  const look = () => {
    for (const { id, seq, content, authorId, mentionedIds } of timeline.get().messages) {
      if (seq === null || seq <= readUpTo) continue;
      readUpTo = seq;
      // Bots that answer bots never stop.
      if (mentionedIds.includes(me) && client.person(authorId).get()?.isBot === false) {
        const answer = { content: answerTo(content), parentMessageId: id, readUpToMessageId: id };
        client.act({ kind: 'send', roomId, ...answer });
      } else {
        client.act({ kind: 'read', roomId, messageId: id });
      }
    }
  };
  timeline.subscribe(look);
  timeline.jumpToNewest().then(look);
}

const answered = new Set();
function lookForRooms() {
  for (const { id } of client.rooms.get()) {
    if (answered.has(id)) continue;
    answered.add(id);
    answerIn(id);
  }
}
client.rooms.subscribe(lookForRooms);
lookForRooms();

await startBot({
  url,
  key: process.env.TRUMPET_KEY,
  commands: [
    {
      name: 'roll',
      description: 'Rolls dice for all to see',
      arguments: [
        { name: 'dice', description: 'How many', type: 'integer', isRequired: true },
        { name: 'sides', description: 'Of each: 6 if left out', type: 'integer' },
      ],
    },
  ],
  answer({ commandName, arguments: given, componentId }) {
    if (commandName === 'roll' && (given.dice < 1 || given.dice > 20)) {
      return 'I have 1 to 20 dice.'; // Only whoever asked sees it.
    }
    const [dice, sides] = componentId?.split('d').map(Number) ?? [given.dice, given.sides ?? 6];
    const again = { type: 'button', id: `${dice}d${sides}`, label: 'Roll again' };
    return { content: roll(dice, sides), isForRoom: true, components: [again] };
  },
  onError: console.error,
});
console.log('listening');
