import { findProblems, readMigrations } from './function-files.ts';
import { changedReleasedMigrations, releasedMigrations } from './releases.ts';

const migrations = readMigrations();
// Where a released migration was edited, its blocks say nothing about the files.
const problems = [...changedReleasedMigrations()].map(
  (name) =>
    `committed/${name} is released and not as it was: bring it back (git), and change it in migrations/current.sql.`,
);
if (problems.length === 0) {
  problems.push(...findProblems(migrations, releasedMigrations()));
}
if (problems.length > 0) {
  console.error(problems.join('\n'));
  if (releasedMigrations().size === 0) {
    console.error(
      'This copy of the repository has no tag v…, so no migration counts as released. If there are releases: git fetch --tags',
    );
  }
  process.exitCode = 1;
} else {
  console.log(
    `The ${migrations.functions.size} files of functions are what the migrations contain.`,
  );
}
