/** Why a start cannot go on, as one line for the person who started it. Exit code 1 follows. */
export class StartError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StartError';
  }
}
