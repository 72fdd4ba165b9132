/**
 * `live`: everything that was committed until now is here. `catching up`: connected, and what was missed is coming.
 * `offline`: no connection; it is tried again by itself. `signed out`: nobody is signed in.
 */
export type ClientState = 'live' | 'catching up' | 'offline' | 'signed out';
