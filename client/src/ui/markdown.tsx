import type { Element, ElementContent, Root, RootContent } from 'hast';
import { defaultSchema, sanitize } from 'hast-util-sanitize';
import { type Components, toJsxRuntime } from 'hast-util-to-jsx-runtime';
import type { Nodes, PhrasingContent, Text } from 'mdast';
import { fromMarkdown, type Options } from 'mdast-util-from-markdown';
import { gfmFromMarkdown } from 'mdast-util-gfm';
import { toHast } from 'mdast-util-to-hast';
import { gfm } from 'micromark-extension-gfm';
import { lazy, memo, type ReactElement, type ReactNode, Suspense, useMemo } from 'react';
import { Fragment, jsx, jsxs } from 'react/jsx-runtime';
import { usePerson } from '../react/index.ts';
import { nameOfPerson } from './names.ts';
import { isPlainParagraph, MAY_NAME_EMOJI } from './plain-paragraph.ts';
import { useKit, useWords } from './provider.tsx';
import { untilLoaded } from './until-loaded.ts';

export interface MarkdownProps {
  readonly text: string;
  /** The ids of the people whom it mentions, by username; empty ones of the names for many. */
  readonly mentioned?: ReadonlyMap<string, string>;
}

/**
 * A text as its author meant it: Markdown with links, tables and lists, each line break as written. No HTML, no pictures
 * from elsewhere; built of React elements, never of text that a browser would read as HTML.
 */
export const Markdown = memo(function Markdown({ text, mentioned }: MarkdownProps): ReactNode {
  const content = useMemo(() => renderOrKeep(text, mentioned ?? NOBODY), [text, mentioned]);
  return (
    <div className={isOnlyEmoji(text) ? 'trumpet-text trumpet-text-emoji' : 'trumpet-text'}>
      {content}
    </div>
  );
});

const NOBODY: ReadonlyMap<string, string> = new Map();

/** HTML is text, and what somebody types by accident (four spaces, a line of hyphens) stays what it looks like. */
const PLAIN = {
  disable: {
    null: [
      'htmlFlow',
      'htmlText',
      'codeIndented',
      'setextUnderline',
      'definition',
      'thematicBreak',
    ],
  },
};

const PARSER: Options = { extensions: [gfm(), PLAIN], mdastExtensions: [gfmFromMarkdown()] };

const SCHEMA = {
  ...defaultSchema,
  tagNames: [
    'a',
    'blockquote',
    'br',
    'code',
    'del',
    'em',
    'h1',
    'h2',
    'h3',
    'h4',
    'h5',
    'h6',
    'input',
    'li',
    'ol',
    'p',
    'pre',
    'strong',
    'table',
    'tbody',
    'td',
    'th',
    'thead',
    'tr',
    'ul',
  ],
  attributes: {
    a: ['href'],
    code: [['className', /^language-./]],
    input: [['type', 'checkbox'], 'checked', ['disabled', true]],
    li: [['className', 'task-list-item']],
    ol: ['start'],
    td: ['align'],
    th: ['align'],
  },
  protocols: { href: ['http', 'https', 'mailto', 'tel'] },
} as typeof defaultSchema;

/** What cannot be read, as by a page whose policy refuses something to the parser, costs a message its marks alone. */
/** So many quotes or lists in one another on one line are no writing, and would hold up whoever looks at them for seconds. */
const TOO_DEEP = /^(?:[ \t]*(?:>|(?:[-*+]|\d{1,9}[.)])(?=[ \t]|$))){32}/m;

function renderOrKeep(text: string, mentioned: ReadonlyMap<string, string>): ReactNode {
  if (TOO_DEEP.test(text)) {
    return <p dir="auto">{text}</p>;
  }
  try {
    return render(text, mentioned);
  } catch (error) {
    reportError(error);
    return text;
  }
}

function render(text: string, mentioned: ReadonlyMap<string, string>): ReactNode {
  if (isPlainParagraph(text)) {
    return <p dir="auto">{text}</p>;
  }
  const tree = fromMarkdown(text, PARSER);
  breakLines(tree);
  const made = sanitize(toHast(tree), SCHEMA) as Root;
  turnToScript(made);
  markMentions(made, mentioned);
  return toJsxRuntime(made, { Fragment, jsx, jsxs, components: COMPONENTS });
}

/** Line breaks stay; a picture becomes a link to it. */
function breakLines(node: Nodes): void {
  if (!('children' in node)) {
    return;
  }
  const children: readonly Nodes[] = node.children;
  node.children = children.flatMap((child): Nodes[] => {
    if (child.type === 'text') {
      return linesOf(child);
    }
    if (child.type === 'image') {
      const label: Text = { type: 'text', value: child.alt || child.url };
      return [{ type: 'link', url: child.url, children: [label] }];
    }
    breakLines(child);
    return [child];
  }) as typeof node.children;
}

function linesOf({ value }: Text): PhrasingContent[] {
  return value
    .split('\n')
    .flatMap((line, at): PhrasingContent[] => [
      ...(at === 0 ? [] : [{ type: 'break' } as const]),
      ...(line === '' ? [] : [{ type: 'text', value: line } as const]),
    ]);
}

/** Lets each part have the direction of its own script: a whole list, quotation or table, with its marks and columns. */
function turnToScript(root: Root): void {
  for (const part of root.children) {
    if (part.type === 'element') {
      part.properties.dir = 'auto';
    }
  }
}

/** Makes the names of mentioned people elements. */
function markMentions(node: Root | Element, mentioned: ReadonlyMap<string, string>): void {
  if (node.type === 'element' && (node.tagName === 'a' || node.tagName === 'code')) {
    return;
  }
  node.children = (node.children as ElementContent[]).flatMap((child): ElementContent[] => {
    if (child.type === 'text') {
      return mentionsIn(child.value, mentioned);
    }
    if (child.type === 'element') {
      markMentions(child, mentioned);
    }
    return [child];
  }) as RootContent[] as typeof node.children;
}

function mentionsIn(text: string, mentioned: ReadonlyMap<string, string>): ElementContent[] {
  const parts: ElementContent[] = [];
  let from = 0;
  for (const match of text.matchAll(/@([\p{L}\p{M}\p{N}_.-]+)/gu)) {
    const name = nameIn(match[1] ?? '', mentioned);
    const userId = name && mentioned.get(name.toLocaleLowerCase());
    if (name !== undefined && userId !== undefined) {
      parts.push({ type: 'text', value: text.slice(from, match.index) });
      parts.push({
        type: 'element',
        tagName: MENTION,
        // Many have no id.
        properties: userId === '' ? { userId, name: `@${name}` } : { userId },
        children: [],
      });
      from = match.index + 1 + name.length;
    }
  }
  return [...parts, { type: 'text', value: text.slice(from) } as const].map((part) =>
    part.type === 'text' && MAY_NAME_EMOJI.test(part.value)
      ? { type: 'element', tagName: WITH_EMOJI, properties: { text: part.value }, children: [] }
      : part,
  );
}

const CodeBlock = lazy(() => untilLoaded(() => import('./code/code-block.tsx')));
const WithEmoji = lazy(() => untilLoaded(() => import('./emoji/with-emoji.tsx')));

/** A text or reaction in which the names of the workspace's emoji, such as `:party_parrot:`, are pictures. */
export function EmojiText({ text }: { readonly text: string }): ReactNode {
  return MAY_NAME_EMOJI.test(text) ? (
    <Suspense fallback={text}>
      <WithEmoji text={text} />
    </Suspense>
  ) : (
    text
  );
}

/** A name may be followed by a full stop that is not of it. */
function nameIn(word: string, mentioned: ReadonlyMap<string, string>): string | undefined {
  const name = word.replace(/[.-]+$/, '');
  return [word, name].find((candidate) => mentioned.has(candidate.toLocaleLowerCase()));
}

const MENTION = 'trumpet-mention';
const WITH_EMOJI = 'trumpet-emoji';

const COMPONENTS = {
  a: ({ href, children }: { readonly href?: string; readonly children?: ReactNode }) => (
    <a href={href} target="_blank" rel="noopener noreferrer nofollow ugc">
      {children}
    </a>
  ),
  pre: Code,
  input: ({ checked }: { readonly checked?: boolean }) => <Task isDone={checked ?? false} />,
  table: ({ dir, children }: { readonly dir?: string; readonly children?: ReactNode }) => (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
    <div className="trumpet-text-table" tabIndex={0}>
      <table dir={dir}>{children}</table>
    </div>
  ),
  [WITH_EMOJI]: EmojiText,
  [MENTION]: ({ userId, name }: { readonly userId: string; readonly name?: string }) =>
    name === undefined ? (
      <Mention userId={userId} />
    ) : (
      <span className="trumpet-mention">{name}</span>
    ),
} as Partial<Components>;

interface CodeProps {
  readonly children?: ReactElement<{ readonly className?: string; readonly children?: ReactNode }>;
}

/** Fenced code is one element in another, with a text in it. */
function Code({ children }: CodeProps): ReactNode {
  const { className, children: code } = children?.props ?? {};
  return (
    <Suspense
      fallback={
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
        <pre tabIndex={0} dir="ltr">
          {children}
        </pre>
      }
    >
      <CodeBlock code={String(code ?? '')} language={className?.slice('language-'.length)} />
    </Suspense>
  );
}

function Task({ isDone }: { readonly isDone: boolean }): ReactNode {
  const words = useWords();
  return (
    <input
      type="checkbox"
      disabled
      checked={isDone}
      aria-label={isDone ? words.done : words.toDo}
    />
  );
}

function Mention({ userId }: { readonly userId: string }): ReactNode {
  const { openPerson } = useKit();
  const name = `@${nameOfPerson(useWords(), usePerson(userId))}`;
  return openPerson === undefined ? (
    <span className="trumpet-mention">{name}</span>
  ) : (
    <button type="button" className="trumpet-mention" onClick={() => openPerson(userId)}>
      {name}
    </button>
  );
}

const ONLY_EMOJI = /^(?:\p{RGI_Emoji}\s*){1,5}$/v;

function isOnlyEmoji(text: string): boolean {
  return text.length < 80 && ONLY_EMOJI.test(text.trim());
}
