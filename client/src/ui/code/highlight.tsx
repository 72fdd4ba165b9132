import { toJsxRuntime } from 'hast-util-to-jsx-runtime';
import { common, createLowlight } from 'lowlight';
import type { ReactNode } from 'react';
import { Fragment, jsx, jsxs } from 'react/jsx-runtime';

/*
 * Colours for the languages that people mostly write, some 37, without a guess: what names none, or another, stays as it is.
 * It is built of elements, as all that messages show.
 */

const lowlight = createLowlight(common);

export function highlighted(language: string, code: string): ReactNode {
  return lowlight.registered(language)
    ? toJsxRuntime(lowlight.highlight(language, code), { Fragment, jsx, jsxs })
    : code;
}
