import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '../../src/config/load.ts';
import { lockDataDir } from '../../src/database/embedded/lock.ts';
import { readOrCreateSecrets, writeSecrets } from '../../src/database/embedded/secrets.ts';
import { resolveDatabase, resolveSharedDatabase } from '../../src/database/resolve.ts';

test('a contributor shares the embedded database of the Trumpet that runs, and starts none', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'trumpet-shared-'));
  const config = loadConfig({ DATA_DIR: dataDir });
  const secrets = { ...readOrCreateSecrets(dataDir), postgresPort: 54_321 };
  writeSecrets(dataDir, secrets);
  const unlock = lockDataDir(dataDir);
  try {
    await using stack = new AsyncDisposableStack();
    const shared = await resolveSharedDatabase(config, stack);
    expect(shared.databaseUrl).toBe(
      `postgres://trumpet:${secrets.ownerPassword}@127.0.0.1:54321/trumpet`,
    );
    expect(shared.authDatabaseUrl).toContain('//trumpet_authenticator:');
    // Whoever wants it alone is refused.
    await expect(resolveDatabase(config, stack)).rejects.toThrow('Trumpet already runs on');
  } finally {
    unlock();
    rmSync(dataDir, { recursive: true });
  }
});
