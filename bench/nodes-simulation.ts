/*
 * node bench/nodes-simulation.ts: how many messages a second N servers, a Postgres and a Redis would carry, beyond what
 * one machine can show. It spreads the listeners of a room over the servers by chance and adds up what each message
 * costs whom. What it assumes is below; what it leaves out: the network, several rooms' events in one read, clients that
 * come back, and anything but sends.
 */

/** Processor time in microseconds. Sources: docs/scaling.md, "What a message costs". */
const COST = {
  /** Of the server that takes the message over HTTP: parsing, the access token, the transaction, the answer. */
  take: 815,
  /** Of each server with somebody in the room: the bell, the read, one execution for all. */
  read: 314,
  /** Of a server, for each listener. */
  deliver: 5,
  /** Of Postgres: the send, and what its transaction takes besides. */
  postgresSend: 736,
  /** Of Postgres, for each server that reads. */
  postgresRead: 400,
  /** Of Redis, for each server that hears of it; ten bells travel in one batch. */
  redisHear: 0.7,
} as const;
/** How full a core may be before delays rise. */
const BEARABLE = 0.7;
const ROUNDS = 2_000;
const SERVERS = [1, 2, 4, 8, 16, 32, 64];
const LISTENERS = [4, 30, 1_000];
const POSTGRES_CORES = 32;

/** The same numbers in each run. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** How many of the servers have somebody in a room, on average. */
function reached(servers: number, listeners: number, next: () => number): number {
  let sum = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const hit = new Set<number>();
    for (let listener = 0; listener < listeners && hit.size < servers; listener += 1) {
      hit.add(Math.floor(next() * servers));
    }
    sum += hit.size;
  }
  return sum / ROUNDS;
}

const perSecond = (cores: number, us: number) => (cores * BEARABLE * 1_000_000) / us;
const next = random(1);
console.log(
  '| listeners of a room | servers | of these with one | messages/s by the servers | by Postgres, 32 cores | by Redis | first full |',
);
console.log('| --- | --- | --- | --- | --- | --- | --- |');
for (const listeners of LISTENERS) {
  for (const servers of SERVERS) {
    const having = reached(servers, listeners, next);
    const carried = {
      servers: perSecond(servers, COST.take + COST.read * having + COST.deliver * listeners),
      Postgres: perSecond(POSTGRES_CORES, COST.postgresSend + COST.postgresRead * having),
      // Each server hears every bell: who has nobody in the room leaves it.
      Redis: perSecond(1, COST.redisHear * servers),
    };
    const first = Object.entries(carried).toSorted(([, a], [, b]) => a - b)[0]?.[0];
    console.log(
      `| ${listeners.toLocaleString('en')} | ${servers} | ${having.toFixed(1)} | ${round(carried.servers)} | ${round(carried.Postgres)} | ${round(carried.Redis)} | ${first} |`,
    );
  }
}

function round(value: number): string {
  return Number(value.toPrecision(2)).toLocaleString('en');
}
