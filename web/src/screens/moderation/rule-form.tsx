import { useState } from 'react';
import { type RuleAction, type RuleKind, SetRoomRuleDocument } from '../../generated.ts';
import { useClient } from '../../trumpet.tsx';
import { useWords } from '../../words/words.tsx';
import { useDoing } from '../parts/doing.ts';
import { Choice, type ControlProps, Field, Form, Switch } from '../parts/form.tsx';
import type { RoomRule } from './rules.tsx';

const KINDS: readonly RuleKind[] = ['WORDS', 'LINKS', 'MENTIONS', 'REPEATS', 'NEW_ACCOUNTS'];
const ACTIONS: readonly RuleAction[] = ['REFUSE', 'HOLD', 'FLAG'];

/** How many are allowed unless a rule says otherwise, by its kind. */
const DEFAULT_COUNTS: Readonly<Partial<Record<RuleKind, number>>> = {
  MENTIONS: 5,
  REPEATS: 3,
  NEW_ACCOUNTS: 5,
};

interface RuleFormProps {
  readonly roomId: string;
  /** The rule to change; a new one without it. */
  readonly rule: RoomRule | undefined;
  readonly onSet: () => void;
}

/** A rule, with the fields that its kind has. */
export function RuleForm({ roomId, rule, onSet }: RuleFormProps) {
  const { moderation: words } = useWords().screens;
  const client = useClient();
  const [kind, setKind] = useState<RuleKind>(rule?.kind ?? 'WORDS');
  const [action, setAction] = useState<RuleAction>(rule?.action ?? 'HOLD');
  const [wordList, setWordList] = useState(rule?.words?.join('\n') ?? '');
  const [isFolded, setIsFolded] = useState(rule?.isFolded ?? true);
  const [hosts, setHosts] = useState(rule?.allowedHosts?.join('\n') ?? '');
  const [maxCount, setMaxCount] = useState(rule?.maxCount ?? DEFAULT_COUNTS[kind] ?? 0);
  const [window, setWindow] = useState(rule?.windowSeconds ?? 60);
  const [age, setAge] = useState(rule?.accountAgeSeconds ?? 86_400);
  const counts = kind in DEFAULT_COUNTS;
  const hasWindow = kind === 'REPEATS' || kind === 'NEW_ACCOUNTS';

  const setting = useDoing(async () => {
    await client.ask(SetRoomRuleDocument, {
      input: {
        roomId,
        kind,
        action,
        ...(kind === 'WORDS' ? { words: linesOf(wordList), isFolded } : {}),
        ...(kind === 'LINKS' ? { allowedHosts: linesOf(hosts) } : {}),
        ...(counts ? { maxCount } : {}),
        ...(hasWindow ? { windowSeconds: window } : {}),
        ...(kind === 'NEW_ACCOUNTS' ? { accountAgeSeconds: age } : {}),
      },
    });
    onSet();
  });

  const numberInput = (
    control: ControlProps,
    value: number,
    onChange: (value: number) => void,
    [min, max]: readonly [number, number],
  ) => (
    <input
      {...control}
      required
      type="number"
      min={min}
      max={max}
      value={value}
      onChange={({ target }) => onChange(target.valueAsNumber)}
    />
  );

  return (
    <Form done={setting} submit={words.setRule} onSubmit={setting.run}>
      <Choice
        label={words.kind}
        value={kind}
        isDisabled={rule !== undefined}
        options={KINDS.map((each) => [each, words.kinds[each]])}
        onChange={(chosen) => {
          setKind(chosen);
          setMaxCount(DEFAULT_COUNTS[chosen] ?? 0);
        }}
      />
      <Choice
        label={words.action}
        hint={words.replaces}
        value={action}
        isDisabled={rule !== undefined}
        options={ACTIONS.map((each) => [each, words.actions[each]])}
        onChange={setAction}
      />
      {kind === 'WORDS' && (
        <>
          <Lines
            label={words.wordList}
            hint={words.wordListHint}
            isRequired
            text={wordList}
            onChange={setWordList}
          />
          <Switch label={words.folded} isOn={isFolded} onChange={setIsFolded} />
        </>
      )}
      {kind === 'LINKS' && (
        <Lines label={words.hosts} hint={words.hostsHint} text={hosts} onChange={setHosts} />
      )}
      {counts && (
        <Field label={words.maxCount}>
          {(control) => numberInput(control, maxCount, setMaxCount, [0, 1_000])}
        </Field>
      )}
      {hasWindow && (
        <Field label={words.window}>
          {(control) => numberInput(control, window, setWindow, [1, 86_400])}
        </Field>
      )}
      {kind === 'NEW_ACCOUNTS' && (
        <Field label={words.accountAge}>
          {(control) => numberInput(control, age, setAge, [1, 31_536_000])}
        </Field>
      )}
    </Form>
  );
}

interface LinesProps {
  readonly label: string;
  readonly hint: string;
  readonly isRequired?: boolean;
  readonly text: string;
  readonly onChange: (text: string) => void;
}

function Lines({ label, hint, isRequired = false, text, onChange }: LinesProps) {
  return (
    <Field label={label} hint={hint}>
      {(control) => (
        <textarea
          {...control}
          rows={4}
          dir="auto"
          required={isRequired}
          spellCheck={false}
          value={text}
          onChange={({ target }) => onChange(target.value)}
        />
      )}
    </Field>
  );
}

function linesOf(text: string): string[] {
  return text.split('\n').flatMap((line) => (line.trim() === '' ? [] : [line.trim()]));
}
