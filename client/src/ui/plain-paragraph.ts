/** What may mean something to the parser, anywhere in a text: marks, entities, addresses, mentions. */
const MARK = /[\\`*_~[\]<>&@|#]|:\/\/|www\.|mailto:|xmpp:/i;
/** What may be the name of an emoji between its colons. */
export const MAY_NAME_EMOJI = /:[^\s:]+:/;
/** What begins a list or a table. */
const BLOCK = /^(?:[-+:]|\d{1,9}[.)])/;
const BLANK_EDGE = /^\s|\s$|[\r\n\t\0]/;

/**
 * Whether a text is one paragraph without any marks, as most of what people write to each other: it need not be parsed,
 * which takes longer than all the rest of showing a message.
 */
export function isPlainParagraph(text: string): boolean {
  return (
    text !== '' &&
    !BLANK_EDGE.test(text) &&
    !BLOCK.test(text) &&
    !MARK.test(text) &&
    !MAY_NAME_EMOJI.test(text)
  );
}
