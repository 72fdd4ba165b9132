import type { ScreenWords } from './en.ts';

export const words: ScreenWords = {};
