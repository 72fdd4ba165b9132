import { type Agent, request as httpRequest } from 'node:http';

export interface PostAnswer {
  readonly status: number | undefined;
  readonly text: string;
}

/**
 * Posts a GraphQL request on a connection that is kept alive: with less work of its own than fetch has.
 *
 * @throws when there is no answer
 */
export function post(agent: Agent, url: string, token: string, body: string): Promise<PostAnswer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      url,
      {
        method: 'POST',
        agent,
        headers: {
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(body),
          authorization: `Bearer ${token}`,
        },
      },
      (response) => {
        let text = '';
        response.on('data', (chunk) => {
          text += chunk;
        });
        response.on('end', () => resolve({ status: response.statusCode, text }));
      },
    );
    request.on('error', reject);
    request.end(body);
  });
}
