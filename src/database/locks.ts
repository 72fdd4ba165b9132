/*
 * The keys of all advisory locks that server and worker take, in one place, so that no two things share one.
 * Those of the functions of the database are in app_private.lock_until_commit.
 */

/** Migrating: servers that start together do it one after the other. */
export const MIGRATION_LOCK = 7_878_673_001;
/** Ending what nobody types any more: of several workers one at a time does it. */
export const TYPING_SWEEP_LOCK = 7_878_673_002;
/** Moving months: several workers do it one after the other. */
export const MONTHS_LOCK = 7_878_673_003;
/** Telling who has gone offline: of several workers one at a time does it. */
export const PRESENCE_SWEEP_LOCK = 7_878_673_004;

/** First key of the locks that living workers hold; the second is the hash of their pool's id. */
export const LIVENESS_LOCKS = 7_878_673;

/** The key of an upload's lock in SQL; the id of the upload is the first parameter. */
export const UPLOAD_LOCK_SQL = `hashtextextended('trumpet upload ' || $1, 0)`;
