/**
 * Imported before anything of Graphile's, which asks for this when it is loaded: its checks for
 * plugin authors are for GRAPHILE_ENV=development, and cost time at every request.
 */
process.env.GRAPHILE_ENV ??= 'production';
