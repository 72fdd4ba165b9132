import { registerHooks } from 'node:module';

/*
 * For `node --import`: writes a line to stderr for each file of a package of OpenTelemetry that is loaded.
 */
registerHooks({
  load(url, context, next) {
    const name = /@opentelemetry\/([\w-]+)/.exec(url)?.[1];
    if (name !== undefined) {
      process.stderr.write(`loads ${name}\n`);
    }
    return next(url, context);
  },
});
