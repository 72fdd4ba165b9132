import { useEffect, useId, useLayoutEffect, useRef, useState } from 'react';
import { useWords } from '../../words/words.tsx';
import { complete, type Typing, typingAt } from './operators.ts';
import { type Suggestion, useSuggestions } from './suggestions.ts';

interface SearchBoxProps {
  readonly text: string;
  readonly onChange: (text: string) => void;
}

/**
 * Where one types what is looked for. What can come next is suggested below: arrows go through it, Enter and Tab take it,
 * Escape closes it. As the combobox pattern of ARIA has it, the focus stays in the field.
 */
export function SearchBox({ text, onChange }: SearchBoxProps) {
  const { search: words } = useWords().screens;
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const [caret, setCaret] = useState(text.length);
  const [isOpen, setIsOpen] = useState(false);
  const [at, setAt] = useState(-1);
  const typing = isOpen ? typingAt(text, caret) : undefined;
  const suggestions = useSuggestions(typing);
  const shown = typing === undefined ? [] : suggestions;
  const nextCaret = useRef<number>(undefined);

  useEffect(() => input.current?.focus(), []);
  useLayoutEffect(() => {
    if (nextCaret.current !== undefined) {
      input.current?.setSelectionRange(nextCaret.current, nextCaret.current);
      nextCaret.current = undefined;
    }
  });

  function take(suggestion: Suggestion, of: Typing): void {
    const completed = complete(text, caret, of, suggestion.text);
    nextCaret.current = completed.caret;
    setCaret(completed.caret);
    setAt(-1);
    onChange(completed.text);
  }

  function onKey(event: React.KeyboardEvent): void {
    const chosen = shown[at];
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      if (shown.length > 0) {
        event.preventDefault();
        const step = event.key === 'ArrowDown' ? 1 : -1;
        setAt(
          (current) =>
            (current + step + shown.length + (current < 0 && step < 0 ? 1 : 0)) % shown.length,
        );
      }
    } else if ((event.key === 'Enter' || event.key === 'Tab') && chosen && typing) {
      event.preventDefault();
      take(chosen, typing);
    } else if (event.key === 'Escape' && shown.length > 0) {
      event.preventDefault();
      event.stopPropagation();
      setIsOpen(false);
      setAt(-1);
    }
  }

  return (
    <search className="trumpet-screen-search">
      <label htmlFor={id}>{words.find}</label>
      <input
        ref={input}
        id={id}
        type="search"
        role="combobox"
        dir="auto"
        maxLength={500}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        aria-autocomplete="list"
        aria-expanded={shown.length > 0}
        aria-controls={`${id}-list`}
        aria-activedescendant={shown[at] ? `${id}-${at}` : undefined}
        value={text}
        onChange={({ target }) => {
          setCaret(target.selectionStart ?? target.value.length);
          setIsOpen(true);
          setAt(-1);
          onChange(target.value);
        }}
        onSelect={({ currentTarget }) => setCaret(currentTarget.selectionStart ?? 0)}
        onKeyDown={onKey}
        onBlur={() => setIsOpen(false)}
      />
      <div
        id={`${id}-list`}
        role="listbox"
        aria-label={words.suggestions}
        className="trumpet-screen-suggestions"
        hidden={shown.length === 0}
      >
        {shown.map((suggestion, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are those of the field, which keeps the focus
          // biome-ignore lint/a11y/useFocusableInteractive: the field says which option is the current one
          <div
            key={suggestion.text}
            id={`${id}-${index}`}
            role="option"
            aria-selected={index === at}
            // The field keeps the focus.
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => typing && take(suggestion, typing)}
          >
            <code dir="ltr">{suggestion.text}</code>
            <bdi>{suggestion.means}</bdi>
          </div>
        ))}
      </div>
    </search>
  );
}
