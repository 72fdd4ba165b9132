import { useState } from 'react';
import { type RuleAction, type RuleKind, SetRoomRuleDocument } from '../../generated.ts';
import { useClient } from '../../trumpet.tsx';
import { useWords } from '../../words/words.tsx';
import { useDoing } from '../parts/doing.ts';
import { Choice, Form, Switch, TextArea, TextField } from '../parts/form.tsx';
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
        <NumberField
          label={words.maxCount}
          min={0}
          max={1_000}
          value={maxCount}
          onChange={setMaxCount}
        />
      )}
      {hasWindow && (
        <NumberField
          label={words.window}
          min={1}
          max={86_400}
          value={window}
          onChange={setWindow}
        />
      )}
      {kind === 'NEW_ACCOUNTS' && (
        <NumberField
          label={words.accountAge}
          min={1}
          max={31_536_000}
          value={age}
          onChange={setAge}
        />
      )}
    </Form>
  );
}

interface NumberFieldProps {
  readonly label: string;
  readonly min: number;
  readonly max: number;
  readonly value: number;
  readonly onChange: (value: number) => void;
}

function NumberField({ value, onChange, ...field }: NumberFieldProps) {
  return (
    <TextField
      {...field}
      required
      type="number"
      value={value}
      // Nothing is no number, and not 0.
      onChange={(text) => onChange(text === '' ? Number.NaN : Number(text))}
    />
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
    <TextArea
      label={label}
      hint={hint}
      rows={4}
      dir="auto"
      required={isRequired}
      spellCheck={false}
      value={text}
      onChange={onChange}
    />
  );
}

function linesOf(text: string): string[] {
  return text.split('\n').flatMap((line) => (line.trim() === '' ? [] : [line.trim()]));
}
