/** Replaces a part of what a field has, as if it had been typed: the browser can undo it. */
export function replaceText(
  field: HTMLTextAreaElement,
  from: number,
  to: number,
  text: string,
): void {
  field.focus();
  field.setSelectionRange(from, to);
  // Deprecated, and the only way that can be undone; the field has it where it is refused.
  if (!document.execCommand('insertText', false, text)) {
    field.setRangeText(text, from, to, 'end');
    field.dispatchEvent(new Event('input', { bubbles: true }));
  }
}

/** Puts marks around what is selected, or takes them away: `**bold**`. */
export function toggleMark(field: HTMLTextAreaElement, mark: string): void {
  const { selectionStart: from, selectionEnd: to, value } = field;
  const selected = value.slice(from, to);
  const isMarked =
    value.slice(from - mark.length, from) === mark && value.slice(to, to + mark.length) === mark;
  if (isMarked) {
    replaceText(field, from - mark.length, to + mark.length, selected);
    field.setSelectionRange(from - mark.length, to - mark.length);
  } else {
    replaceText(field, from, to, `${mark}${selected}${mark}`);
    field.setSelectionRange(from + mark.length, to + mark.length);
  }
}

/** Makes what is selected a link, and puts the cursor where its address goes. */
export function makeLink(field: HTMLTextAreaElement): void {
  const { selectionStart: from, selectionEnd: to, value } = field;
  const selected = value.slice(from, to);
  const isAddress = /^https?:\/\/\S+$/.test(selected);
  replaceText(field, from, to, isAddress ? `[](${selected})` : `[${selected}](https://)`);
  const cursor = isAddress || selected === '' ? from + 1 : from + selected.length + 3;
  field.setSelectionRange(cursor, isAddress || selected === '' ? cursor : cursor + 8);
}

export interface Token {
  readonly kind: 'mention' | 'emoji' | 'command' | 'choice';
  /** What was written behind the sign. */
  readonly start: string;
  readonly from: number;
  readonly to: number;
}

/** What is being written at the cursor that can be completed: `@na…` or `:sm…`, and at the beginning `/co…`. */
export function tokenAt(text: string, cursor: number): Token | null {
  const command = /^\/([\p{L}\p{M}\p{N}_-]*)$/u.exec(text.slice(0, cursor));
  if (command !== null) {
    return { kind: 'command', start: command[1] ?? '', from: 0, to: cursor };
  }
  const match = /(?:^|[\s([{"'“„])([@:])([\p{L}\p{M}\p{N}_.+-]*)$/u.exec(text.slice(0, cursor));
  if (match === null) {
    return null;
  }
  const [, sign, start = ''] = match;
  if (sign === ':' && start.length < 2) {
    return null; // A colon alone is a colon.
  }
  return {
    kind: sign === '@' ? 'mention' : 'emoji',
    start,
    from: cursor - start.length - 1,
    to: cursor,
  };
}
