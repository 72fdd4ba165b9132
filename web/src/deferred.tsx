import { type ComponentType, use } from 'react';

export type Deferred<Props> = ComponentType<Props> & {
  /** Fetches it, once; again when that has failed. */
  load(): Promise<void>;
};

/** How long a file that could not be fetched is not asked for again, in milliseconds. */
const FAILED_FOR_MS = 1_000;

/**
 * A component in a file of its own, fetched when it is first shown or when `load` is called before. Where it has come
 * already it is shown at once, where `lazy` of React shows what stands in for it for a moment.
 */
export function deferred<Props extends object>(
  fetchModule: () => Promise<{ readonly default: ComponentType<Props> }>,
): Deferred<Props> {
  let Loaded: ComponentType<Props> | undefined;
  let loading: Promise<void> | undefined;

  function load(): Promise<void> {
    loading ??= fetchModule().then(
      (module) => {
        Loaded = module.default;
      },
      (error) => {
        // Not at once, or what shows it would ask again for ever.
        setTimeout(() => {
          loading = undefined;
        }, FAILED_FOR_MS);
        throw error;
      },
    );
    return loading;
  }

  return Object.assign(
    (props: Props) => {
      if (Loaded === undefined) {
        use(load());
      }
      return Loaded && <Loaded {...props} />;
    },
    { load },
  );
}
