import { type ComponentType, use } from 'react';
import { untilLoaded } from 'trumpet-client/ui';

export type Deferred<Props> = ComponentType<Props> & {
  /** Fetches it, once; for as long as it takes where the server is away. */
  load(): Promise<void>;
};

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
    loading ??= untilLoaded(fetchModule).then((module) => {
      Loaded = module.default;
    });
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
