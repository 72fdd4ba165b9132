import { z } from 'zod';

/** The fields we need of a service account's key, as Google's console gives it for download. */
export const serviceAccountShape = z.object({
  project_id: z.string().regex(/^[a-z0-9-]+$/),
  client_email: z.email(),
  private_key: z.string().includes('PRIVATE KEY'),
  token_uri: z.url({ protocol: /^https$/ }),
});

export type ServiceAccount = z.infer<typeof serviceAccountShape>;
