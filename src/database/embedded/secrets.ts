import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { StartError } from '../../process/start-error.ts';

/** What an embedded Trumpet makes up for itself and must find again at the next start. */
const secretsShape = z.object({
  jwtSecret: z.string().min(32),
  ownerPassword: z.string().min(32),
  authenticatorPassword: z.string().min(32),
  /** Kept so that psql's address stays the same; 0 until the first start chose one. */
  postgresPort: z.int().min(0).max(65535),
});

export type Secrets = z.infer<typeof secretsShape>;

/** The secrets of a data folder, made at the first call. @throws StartError when the file is broken. */
export function readOrCreateSecrets(dataDir: string): Secrets {
  let text: string;
  try {
    text = readFileSync(secretsFile(dataDir), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') {
      throw new StartError(`Cannot read ${secretsFile(dataDir)}: ${(error as Error).message}.`);
    }
    const secrets = {
      jwtSecret: randomSecret(),
      ownerPassword: randomSecret(),
      authenticatorPassword: randomSecret(),
      postgresPort: 0,
    };
    writeSecrets(dataDir, secrets);
    return secrets;
  }
  try {
    return secretsShape.parse(JSON.parse(text));
  } catch {
    throw new StartError(
      `${secretsFile(dataDir)} is damaged. It contains the passwords of the database: restore it from a backup.`,
    );
  }
}

export function writeSecrets(dataDir: string, secrets: Secrets): void {
  mkdirSync(dataDir, { recursive: true });
  const draft = `${secretsFile(dataDir)}.new`;
  writeFileSync(draft, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600, flush: true });
  renameSync(draft, secretsFile(dataDir));
}

function secretsFile(dataDir: string): string {
  return join(dataDir, 'secrets.json');
}

/** 256 bits, in letters and digits that need no escaping in a URL. */
export function randomSecret(): string {
  return randomBytes(32).toString('hex');
}
