import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { checkpointShape } from './audit/checkpoint.ts';
import { readCheckpoints } from './audit/read.ts';
import { verifyAuditLog } from './audit/verify.ts';
import { loadConfig } from './config/load.ts';
import { requireMigrated } from './database/migration-plan.ts';
import { createOwnerPool } from './database/pools.ts';
import { resolveSharedDatabase } from './database/resolve.ts';
import { runOnce } from './process/run.ts';
import { StartError } from './process/start-error.ts';

/*
 * npm run audit -- verify, or checkpoints: see docs/compliance.md.
 */
const USAGE = `Usage: npm run audit -- verify [--checkpoints FILE] [--public-key KEY]
       npm run audit -- checkpoints FILE
  verify         names the first entry of the audit log that is not as it was written
  checkpoints    writes what was signed of it into a file, to be kept elsewhere
  --checkpoints  what was kept
  --public-key   whose signatures count, if not those of the newest checkpoint that was kept`;

await runOnce(async (stack) => {
  const { target, file, publicKey } = readArguments(process.argv.slice(2));
  const kept = file === undefined ? [] : readKept(file);
  const config = await resolveSharedDatabase(loadConfig(process.env), stack);
  const pool = createOwnerPool(config.databaseUrl, 1);
  stack.defer(() => pool.end());
  await requireMigrated(pool);
  const client = await pool.connect();
  stack.defer(() => client.release());
  if (target !== undefined) {
    const checkpoints = await readCheckpoints(client);
    writeFileSync(target, `${JSON.stringify(checkpoints, undefined, 2)}\n`, { flag: 'wx' });
    process.stdout.write(`${checkpoints.length} checkpoints are in ${target}.\n`);
    return;
  }
  const { count, end, checkpoints, problem } = await verifyAuditLog(client, kept, publicKey);
  if (problem !== undefined) {
    throw new StartError(`Entry ${problem.seq} ${problem.problem}.`);
  }
  const number = (value: number) => value.toLocaleString('en');
  process.stdout.write(
    `The audit log is intact: ${number(count)} entries and ${number(checkpoints)} checkpoints, up to ${end.seq}, ${end.hash}.\n`,
  );
});

function readKept(file: string) {
  try {
    return z.array(checkpointShape).parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    throw new StartError(
      `${file} has no checkpoints as \`npm run audit -- checkpoints\` writes them.`,
      {
        cause: error,
      },
    );
  }
}

function readArguments(given: readonly string[]) {
  const { values, positionals } = parse(given);
  const [action, target, ...others] = positionals;
  const isKnown =
    action === 'checkpoints' ? target !== undefined : action === 'verify' && target === undefined;
  if (!isKnown || others.length > 0) {
    throw new StartError(USAGE);
  }
  return { target, file: values.checkpoints, publicKey: values['public-key'] };
}

function parse(given: readonly string[]) {
  try {
    return parseArgs({
      args: [...given],
      allowPositionals: true,
      options: { checkpoints: { type: 'string' }, 'public-key': { type: 'string' } },
    });
  } catch (error) {
    throw new StartError(`${(error as Error).message}\n${USAGE}`, { cause: error });
  }
}
