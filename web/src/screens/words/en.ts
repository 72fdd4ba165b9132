/** What the screens say, in English. The other languages have the same. */
export const words = {};

export type ScreenWords = typeof words;
