import { Agent, request as httpRequest, type RequestOptions } from 'node:http';
import { connect } from 'node:net';
import { constants, setPriority } from 'node:os';
import { WebSocket } from 'ws';

/*
 * One person who does too much, for some seconds: requests in parallel as fast as they are answered, bodies that never
 * end, sockets with many documents, rooms joined again and again. What is under way at the end is cut off.
 *
 * It shares the machine with the server, which a neighbour does not: so it has the lowest priority, and what is measured
 * is what the server lets it do, and not what its own work takes from everyone.
 */
export type NeighbourRequest = { readonly type: 'run'; readonly seconds: number } & (
  | {
      readonly what: 'requests';
      readonly url: string;
      readonly parallel: number;
      /** Sent in turn by whoever is free. `#` in a body is a number that rises. */
      readonly requests: readonly { readonly token: string | null; readonly body: string }[];
    }
  | { readonly what: 'slow-bodies'; readonly url: string; readonly connections: number }
  | {
      readonly what: 'documents';
      readonly url: string;
      readonly sockets: number;
      readonly documentsEach: number;
      readonly token: string;
      readonly roomId: string;
    }
  | {
      readonly what: 'rejoins';
      readonly url: string;
      readonly sockets: number;
      readonly token: string;
      readonly roomId: string;
      /** The last of the 5,000 changes that they come back behind. */
      readonly head: number;
    }
);

/** What the server answered, by status and code. */
export type Answers = Record<string, number>;

type RequestOf<What extends NeighbourRequest['what']> = Extract<NeighbourRequest, { what: What }>;

const answers: Answers = {};
const count = (what: string) => {
  answers[what] = (answers[what] ?? 0) + 1;
};
/** An address of its own, as a neighbour has: what is counted by address is not counted for the others. */
const FROM = { localAddress: '127.0.0.2' };

let rising = 0;
let isOver = false;

function codeOf(text: string): string {
  return /"code":"([A-Z_]+)"/.exec(text)?.[1] ?? (text.includes('"errors"') ? 'masked' : 'ok');
}

function post(agent: Agent, url: string, token: string | null, body: string): Promise<void> {
  const options: RequestOptions = {
    method: 'POST',
    agent,
    headers: {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
    },
  };
  return new Promise((resolve) => {
    const request = httpRequest(url, options, (response) => {
      let text = '';
      response.on('data', (chunk) => {
        text = (text + chunk).slice(0, 2_000);
      });
      response.on('end', () => {
        count(`${response.statusCode} ${codeOf(text)}`);
        resolve();
      });
    });
    request.on('error', (error: NodeJS.ErrnoException) => {
      if (!isOver) {
        count(error.code ?? 'error');
      }
      // A server that refuses connections is asked no more than it can refuse.
      setTimeout(resolve, 50);
    });
    request.end(body);
  });
}

function sendRequests({ url, parallel, requests }: RequestOf<'requests'>): () => void {
  const agent = new Agent({ keepAlive: true, maxSockets: parallel, ...FROM });
  for (let line = 0; line < parallel; line += 1) {
    void (async () => {
      for (let turn = line; !isOver; turn += 1) {
        const { token, body } = requests[turn % requests.length] as (typeof requests)[number];
        rising += 1;
        await post(agent, url, token, body.replaceAll('#', String(rising)));
      }
    })();
  }
  return () => agent.destroy();
}

function sendSlowBodies({ url, connections }: RequestOf<'slow-bodies'>): () => void {
  const { hostname, port } = new URL(url);
  const head = `POST /graphql HTTP/1.1\r\nHost: ${hostname}:${port}\r\nContent-Type: application/json\r\nContent-Length: 900000\r\n\r\n{"query":"`;
  const sockets = Array.from({ length: connections }, () => {
    const to = { port: Number(port), host: hostname, ...FROM };
    const socket = connect(to, () => socket.write(head));
    socket.on('error', () => count('refused'));
    socket.on('close', () => count('closed'));
    return socket;
  });
  const drip = setInterval(() => {
    for (const socket of sockets) {
      if (socket.writable) {
        socket.write('x'.repeat(100));
      }
    }
  }, 200);
  return () => {
    clearInterval(drip);
    for (const socket of sockets) {
      socket.destroy();
    }
  };
}

function openDocuments(plan: RequestOf<'documents'>): () => void {
  const { url, sockets: socketCount, documentsEach, token, roomId } = plan;
  const sockets = Array.from({ length: socketCount }, (_, number) => {
    const address = `${url.replace('http', 'ws')}/graphql`;
    const socket = new WebSocket(address, 'graphql-transport-ws', FROM);
    socket.on('error', () => count('refused'));
    socket.on('open', () =>
      socket.send(
        JSON.stringify({
          type: 'connection_init',
          payload: { authorization: `Bearer ${token}` },
        }),
      ),
    );
    socket.on('message', (data: Buffer) => {
      const frame = JSON.parse(data.toString());
      if (frame.type === 'connection_ack') {
        for (let document = 0; document < documentsEach; document += 1) {
          const alias = `a${number}_${document}`;
          const query = `subscription ($roomId: UUID!) { roomEvents(roomId: $roomId) {
            __typename changeSeq ... on MessageEvent { message { ${alias}: id content createdAt author { username displayName } } } } }`;
          socket.send(
            JSON.stringify({
              type: 'subscribe',
              id: alias,
              payload: { query, variables: { roomId } },
            }),
          );
        }
      } else if (frame.type === 'error') {
        count(codeOf(data.toString()));
      } else if (frame.type === 'ping') {
        socket.send('{"type":"pong"}');
      } else {
        count(frame.type);
      }
    });
    socket.on('close', (code) => count(`closed ${code}`));
    return socket;
  });
  return () => {
    for (const socket of sockets) {
      socket.terminate();
    }
  };
}

function rejoin({
  url,
  sockets: socketCount,
  token,
  roomId,
  head,
}: RequestOf<'rejoins'>): () => void {
  const sockets = Array.from({ length: socketCount }, () => {
    const socket = new WebSocket(`${url.replace('http', 'ws')}/ws?access_token=${token}`, FROM);
    const join = () => {
      socket.send(JSON.stringify({ type: 'leave_room', room_id: roomId }));
      rising += 1;
      const after = head - ((rising * 7_919) % 5_000);
      socket.send(JSON.stringify({ type: 'join_room', room_id: roomId, after: String(after) }));
    };
    const timer = setInterval(() => socket.readyState === socket.OPEN && join(), 100);
    socket.on('error', () => count('refused'));
    socket.on('message', (data: Buffer) => {
      const { type, code } = JSON.parse(data.toString());
      if (type === 'error') {
        count(code);
      } else if (type === 'joined') {
        count('joined');
      }
    });
    socket.on('close', (code) => {
      clearInterval(timer);
      count(`closed ${code}`);
    });
    return socket;
  });
  return () => {
    for (const socket of sockets) {
      socket.terminate();
    }
  };
}

function begin(request: NeighbourRequest): () => void {
  switch (request.what) {
    case 'requests':
      return sendRequests(request);
    case 'slow-bodies':
      return sendSlowBodies(request);
    case 'documents':
      return openDocuments(request);
    case 'rejoins':
      return rejoin(request);
  }
}

setPriority(constants.priority.PRIORITY_LOW);
process.on('message', (request: NeighbourRequest) => {
  try {
    const stop = begin(request);
    setTimeout(() => {
      isOver = true;
      const told = { ...answers };
      stop();
      process.send?.({ answers: told });
    }, request.seconds * 1_000);
  } catch (error) {
    process.send?.({ error: String(error) });
  }
});
process.on('disconnect', () => process.exit());
