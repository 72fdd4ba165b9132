type Results<Promises extends readonly unknown[]> = {
  -readonly [Index in keyof Promises]: Awaited<Promises[Index]>;
};

/**
 * Waits for all, also for those that go on after another has failed: what they begin is there to be stopped then.
 *
 * @throws what the first of them, in their order, has failed with.
 */
export async function together<const Promises extends readonly unknown[]>(
  ...promises: Promises
): Promise<Results<Promises>> {
  await Promise.allSettled(promises);
  return Promise.all(promises);
}
