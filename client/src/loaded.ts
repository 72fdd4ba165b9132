import { NetworkError } from './errors.ts';

/** What not every app needs comes from where the app came from. @throws NetworkError when it cannot be reached. */
export function loaded<Module>(module: Promise<Module>): Promise<Module> {
  return module.catch((cause) => {
    throw new NetworkError('The server did not answer.', { cause });
  });
}
