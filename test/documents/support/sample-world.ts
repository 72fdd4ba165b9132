import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createTestWorld, type TestWorld } from '../../../testing/world.ts';
import { REPOSITORY } from './blocks.ts';

/** What `npm start` gives a reader the first time: the sample people and rooms, and a server. */
export async function createSampleWorld(settings: Record<string, string> = {}): Promise<TestWorld> {
  const world = await createTestWorld(settings);
  const sample = join(REPOSITORY, 'migrations', 'fixtures', 'sample-data.sql');
  await world.database.owner.query(readFileSync(sample, 'utf8'));
  return world;
}
