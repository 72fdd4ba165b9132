/** The lock under which tokens of a server are had anew, by whichever page or worker of a browser does it. */
export const tokensLock = (url: string): string => `trumpet ${url} tokens`;
