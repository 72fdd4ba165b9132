import {
  type ChangeEvent,
  type ClipboardEvent,
  type KeyboardEvent,
  lazy,
  type ReactNode,
  Suspense,
  useCallback,
  useEffect,
  useId,
  useRef,
  useState,
} from 'react';
import { throwDefect } from '../../errors.ts';
import type { GivenFile } from '../../queue/actions.ts';
import { useClient, useRoom, useViewerId } from '../../react/index.ts';
import type { ShownMessage, ShownRoom } from '../../shown.ts';
import {
  type ChosenFile,
  type HeldFile,
  type Intent,
  nameOf,
  type Place,
  type TextDeed,
  useFiles,
  useIntent,
} from '../composing.ts';
import { readDraft, writeDraft } from '../drafts/local.ts';
import { IconButton } from '../icon-button.tsx';
import { Icon } from '../icons.tsx';
import {
  argumentAt,
  type Command,
  commandName,
  isUnfit,
  readArguments,
} from '../interactions/commands.ts';
import { interactionsOf } from '../interactions/store.ts';
import { useCommands } from '../interactions/use-asked.ts';
import { mayWrite } from '../messages/actions.ts';
import { useRoomName } from '../names.ts';
import { may } from '../permissions.ts';
import { useKit } from '../provider.tsx';
import { untilLoaded } from '../until-loaded.ts';
import { count, fill } from '../words/plural.ts';
import { useDrop } from './drop.ts';
import type { Suggestion } from './suggestions.tsx';
import { makeLink, replaceText, type Token, toggleMark, tokenAt } from './text-field.ts';

const Above = lazy(() => untilLoaded(() => import('./above.tsx')));
const AttachText = lazy(() => untilLoaded(() => import('../text-files/attach-text.tsx')));
const AlsoToRoom = lazy(() => untilLoaded(() => import('../threads/also-to-room.tsx')));
const ChosenFiles = lazy(() => untilLoaded(() => import('./chosen-files.tsx')));
const EmojiPicker = lazy(() => untilLoaded(() => import('../emoji-picker.tsx')));
const IntentLine = lazy(() => untilLoaded(() => import('./intent-line.tsx')));
const MentionWarning = lazy(() => untilLoaded(() => import('../groups/mention-warning.tsx')));
const Recorder = lazy(() => untilLoaded(() => import('./recorder.tsx')));
const SendLater = lazy(() => untilLoaded(() => import('../later/send-later.tsx')));
const Usage = lazy(() => untilLoaded(() => import('./usage.tsx')));
const WhoWrites = lazy(() => untilLoaded(() => import('./who-writes.tsx')));
const Suggestions = lazy(() => untilLoaded(() => import('./suggestions.tsx')));

export interface ComposerProps {
  readonly roomId: string;
  /** The message that is answered; none: it goes to the room. */
  readonly threadId?: string | undefined;
}

/** What the server takes. */
const CHARACTERS_LIMIT = 8_000;
const FILES_LIMIT = 10;

/** That somebody is typing is told this often at most. */
const TYPING_EVERY_MS = 3_000;

/**
 * Where messages are written: Markdown, names behind `@`, emoji behind `:`, files, voice. What was not sent is there again on
 * all devices of the person, by room and thread.
 */
export function Composer({ roomId, threadId }: ComposerProps): ReactNode {
  const place = { roomId, threadId };
  const room = useRoom(roomId);
  const [intent] = useIntent(place);
  const viewerId = useViewerId();
  if (room === undefined || viewerId === null) {
    return null;
  }
  const isAnswer = threadId !== undefined || intent.kind === 'reply';
  // What is changed was written before: whether it may be is asked where that is offered.
  if (intent.kind !== 'edit' && !mayWrite(room, isAnswer ? 'REPLY_IN_THREADS' : 'SEND_MESSAGES')) {
    return (
      <p className="trumpet trumpet-composer-closed">
        <Suspense>
          <WhoWrites room={room} isAnswer={isAnswer} />
        </Suspense>
      </p>
    );
  }
  return (
    <OpenComposer
      key={`${viewerId} ${nameOf(place)}`}
      room={room}
      threadId={threadId}
      viewerId={viewerId}
    />
  );
}

interface OpenComposerProps {
  readonly room: ShownRoom;
  readonly threadId: string | undefined;
  readonly viewerId: string;
}

function OpenComposer({ room, threadId, viewerId }: OpenComposerProps): ReactNode {
  const { words, emojiUrl, composing } = useKit();
  const client = useClient();
  const place: Place = { roomId: room.id, threadId };
  const roomName = useRoomName(room);
  const [intent, setIntent] = useIntent(place);
  const [files, setFiles] = useFiles(place);
  const [draft, setDraft] = useState(() => readDraft(viewerId, place));
  const [changed, setChanged] = useState(() => composing.change(place));
  const [notice, setNotice] = useState('');
  const [token, setToken] = useState<Token | null>(null);
  const [found, setFound] = useState<readonly Suggestion[]>([]);
  const [active, setActive] = useState(0);
  const [isRecording, setIsRecording] = useState(false);
  /** Of two with the same name, the one that was chosen. */
  const [chosenCommand, setChosenCommand] = useState<Command | null>(null);
  const [emojiAnchor, setEmojiAnchor] = useState<Element | null>(null);
  /** An answer goes to the room as well; the next one does not, unless that is said again. */
  const [isAlsoToRoom, setIsAlsoToRoom] = useState(false);
  const [laterAnchor, setLaterAnchor] = useState<Element | null>(null);
  const root = useRef<HTMLFormElement>(null);
  const field = useRef<HTMLTextAreaElement>(null);
  const input = useRef<HTMLInputElement>(null);
  const typedAt = useRef(0);
  const listId = useId();

  const isChanging = intent.kind === 'edit' || intent.kind === 'mend';
  const [shownIntent, setShownIntent] = useState<Intent>(intent);
  if (shownIntent !== intent) {
    setShownIntent(intent);
    setChanged(isChanging ? intent.content : '');
  }
  const text = isChanging ? changed : draft;
  const rest = CHARACTERS_LIMIT - [...text.trim()].length;
  const canSend = rest >= 0 && (text.trim() !== '' || (files.length > 0 && !isChanging));

  const name = intent.kind === 'new' ? commandName(text) : undefined;
  const commands = useCommands(room.id, name !== undefined && may(room, 'USE_COMMANDS'));
  const command = name === undefined ? undefined : commandCalled(commands, name);
  const written =
    command && argumentAt(command, text, field.current?.selectionStart ?? text.length);

  function commandCalled(all: readonly Command[], called: string): Command | undefined {
    return chosenCommand?.name === called ? chosenCommand : all.find((one) => one.name === called);
  }

  const hasIntent = intent.kind !== 'new';
  // biome-ignore lint/correctness/useExhaustiveDependencies: each intent wants the field anew
  useEffect(() => {
    if (hasIntent) {
      const { length } = field.current?.value ?? '';
      field.current?.focus();
      field.current?.setSelectionRange(length, length);
    }
  }, [hasIntent, intent]);

  const mayAttach = may(room, 'ATTACH_FILES');
  const addFiles = useCallback(
    (more: Iterable<ChosenFile>) => {
      if (!mayAttach) {
        return;
      }
      const all = [...files, ...more];
      setNotice(
        all.length > FILES_LIMIT ? count(words.language, words.tooManyFiles, FILES_LIMIT) : '',
      );
      setFiles(all.slice(0, FILES_LIMIT));
    },
    [files, setFiles, words, mayAttach],
  );
  const isDragged = useDrop(root, addFiles);

  function write(value: string): void {
    if (isChanging) {
      setChanged(value);
      composing.setChange(place, value);
      return;
    }
    writeNew(value);
    if (commandName(value) !== undefined) {
      setNotice(''); // What was missing may be there.
    }
    if (
      value.trim() !== '' &&
      commandName(value) === undefined &&
      Date.now() - typedAt.current > TYPING_EVERY_MS
    ) {
      typedAt.current = Date.now();
      client.type(room.id);
    }
  }

  function writeNew(value: string): void {
    setDraft(value);
    writeDraft(viewerId, place, value);
  }

  function changedText({ target }: ChangeEvent<HTMLTextAreaElement>): void {
    write(target.value);
    lookAtCursor(target);
  }

  function lookAtCursor({ value, selectionStart, selectionEnd }: HTMLTextAreaElement): void {
    const at =
      selectionStart === selectionEnd
        ? (choiceAt(value, selectionStart) ?? tokenAt(value, selectionStart))
        : null;
    setActive(0);
    setToken(at);
    if (at === null) {
      setFound([]);
    }
  }

  /** What is chosen of the argument at the cursor, where that is a matter of choice. */
  function choiceAt(value: string, cursor: number): Token | null {
    const called = isChanging ? undefined : commandName(value);
    const asked = called === undefined ? undefined : commandCalled(commands, called);
    const at = asked && argumentAt(asked, value, cursor);
    return at?.argument.type === 'choice' || at?.argument.type === 'boolean'
      ? { kind: 'choice', start: at.text, from: at.from, to: cursor }
      : null;
  }

  function choose({ text: chosen, command: ofBot }: Suggestion): void {
    if (ofBot !== undefined) {
      setChosenCommand(ofBot);
    }
    if (field.current !== null && token !== null) {
      replaceText(field.current, token.from, token.to, chosen);
      setToken(null);
      setFound([]);
    }
  }

  function insert(inserted: string): void {
    if (field.current !== null) {
      const { selectionStart, selectionEnd } = field.current;
      replaceText(field.current, selectionStart, selectionEnd, inserted);
    }
  }

  function leave(): void {
    setIntent({ kind: 'new' });
  }

  function send(): void {
    if (!canSend) {
      return;
    }
    const content = text.trim();
    if (commandName(content) !== undefined && intent.kind === 'new' && files.length === 0) {
      sendCommand(content).catch((error: unknown) => {
        setNotice(error instanceof Error ? error.message : '');
        throwDefect(error);
      });
      return;
    }
    sendText(content);
  }

  /** A text that begins like a command and is none is a text. */
  async function sendCommand(content: string): Promise<void> {
    const interactions = interactionsOf(client);
    const asked = commandCalled(
      await interactions.commands(room.id),
      commandName(content) as string,
    );
    if (asked === undefined) {
      sendText(content);
      return;
    }
    const given = await readArguments(asked, content, findMember, words);
    if (isUnfit(given)) {
      const { name: missing, description } = given.argument;
      const sentence = given.isMissing ? words.argumentMissing : words.argumentUnfit;
      setNotice(fill(sentence, { name: missing, description }));
      return;
    }
    interactions.call({
      ...{ roomId: room.id, threadId, command: asked, arguments: given, text: content },
    });
    clear();
  }

  async function findMember(username: string): Promise<string | undefined> {
    const found = await client.searchMembers(room.id, username);
    return found.find((person) => person.username.toLowerCase() === username.toLowerCase())?.id;
  }

  function clear(): void {
    writeNew('');
    setFiles([]);
    setNotice('');
    setToken(null);
    setChosenCommand(null);
    typedAt.current = 0;
    field.current?.focus();
  }

  function sendText(content: string): void {
    switch (intent.kind) {
      case 'edit':
        if (content !== intent.content) {
          client.act({ kind: 'edit', roomId: room.id, messageId: intent.messageId, content });
        }
        break;
      case 'mend':
        mend(intent, content);
        break;
      default:
        client.act({
          kind: 'send',
          roomId: room.id,
          content,
          parentMessageId: answered(),
          // Who answers from the history of the room does it there, too, where they write there.
          ...((isAlsoToRoom || intent.kind === 'reply') &&
            mayWrite(room, 'SEND_MESSAGES') && { alsoSendToRoom: true }),
          ...('metadata' in intent && { metadata: intent.metadata }),
          ...(files.length > 0 && givenFiles(files)),
        });
        setIsAlsoToRoom(false);
        clear();
    }
    setNotice('');
    setToken(null);
    leave();
    field.current?.focus();
  }

  /** What was sent again or discarded meanwhile, as in another tab, cannot be mended: what was written is done anew. */
  function mend({ actionId, deed }: Extract<Intent, { kind: 'mend' }>, content: string): void {
    const action = client.queue.get().find(({ id }) => id === actionId);
    if (action?.state === 'refused') {
      client.mend(actionId, { ...action.deed, content } as TextDeed);
    } else if (deed.kind === 'edit') {
      client.act({ ...deed, content });
    } else {
      const { parentMessageId, alsoSendToRoom } = deed;
      client.act({
        kind: 'send',
        roomId: room.id,
        content,
        ...(parentMessageId !== undefined && { parentMessageId }),
        ...(alsoSendToRoom && { alsoSendToRoom }),
      });
    }
  }

  /** An answer to an answer stands in the same thread. */
  function answered(): string | undefined {
    return intent.kind === 'reply'
      ? (client.message(room.id, intent.messageId).get()?.parentMessageId ?? intent.messageId)
      : threadId;
  }

  function editLast(): boolean {
    const view = threadId === undefined ? client.timeline(room.id) : client.thread(threadId);
    const last = view
      .get()
      .messages.findLast(
        ({ authorId, refusal, deletedAt, messageType }: ShownMessage) =>
          authorId === viewerId &&
          refusal === null &&
          deletedAt === null &&
          messageType !== 'SYSTEM',
      );
    if (last === undefined) {
      return false;
    }
    setIntent({ kind: 'edit', messageId: last.id, content: last.content ?? '' });
    return true;
  }

  function keyDown(event: KeyboardEvent<HTMLTextAreaElement>): void {
    // Safari ends a composition before it tells of the key that ended it, which has this code.
    if (event.nativeEvent.isComposing || event.keyCode === 229) {
      return;
    }
    if (found.length > 0 && movesInSuggestions(event)) {
      event.preventDefault();
      return;
    }
    const isCommand = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey;
    const mark = isCommand ? MARKS[event.key.toLowerCase()] : undefined;
    if (mark !== undefined) {
      event.preventDefault();
      toggleMark(event.currentTarget, mark);
    } else if (isCommand && event.key.toLowerCase() === 'k') {
      event.preventDefault();
      makeLink(event.currentTarget);
    } else if (event.key === 'Enter' && (isCommand || (!event.shiftKey && !isTouched()))) {
      event.preventDefault();
      send();
    } else if (event.key === 'Escape' && hasIntent) {
      event.preventDefault();
      event.stopPropagation();
      leave();
    } else if (event.key === 'ArrowUp' && text === '' && !hasIntent && editLast()) {
      event.preventDefault();
    }
  }

  function movesInSuggestions({ key, shiftKey }: KeyboardEvent): boolean {
    const suggestion = found[active];
    switch (key) {
      case 'ArrowDown':
      case 'ArrowUp':
        setActive((active + (key === 'ArrowDown' ? 1 : found.length - 1)) % found.length);
        return true;
      case 'Enter':
      case 'Tab':
        if (suggestion === undefined || shiftKey) {
          return false;
        }
        choose(suggestion);
        return true;
      case 'Escape':
        setToken(null);
        setFound([]);
        return true;
      default:
        return false;
    }
  }

  function pasted(event: ClipboardEvent): void {
    if (event.clipboardData.files.length > 0 && !isChanging && mayAttach) {
      event.preventDefault();
      addFiles(event.clipboardData.files);
    }
  }

  return (
    <>
      <Suspense>
        <Above
          roomId={room.id}
          threadId={threadId}
          draft={draft}
          onDraft={setDraft}
          files={files}
          onFiles={setFiles}
          onWrite={writeNew}
        />
      </Suspense>
      <form
        ref={root}
        className="trumpet trumpet-composer"
        data-dragged={isDragged}
        onSubmit={(event) => {
          event.preventDefault();
          send();
        }}
      >
        {isDragged && <p className="trumpet-drop">{words.dropFiles}</p>}
        {token !== null && (
          <Suspense>
            <Suggestions
              token={token}
              argument={written?.argument}
              roomId={room.id}
              listId={listId}
              active={active}
              onFound={setFound}
              onChoose={choose}
            />
          </Suspense>
        )}
        {hasIntent && (
          <Suspense>
            <IntentLine roomId={room.id} intent={intent} onLeave={leave} />
          </Suspense>
        )}
        {files.length > 0 && !isChanging && (
          <Suspense>
            <ChosenFiles
              files={files}
              onRemove={(file) => {
                setFiles(files.filter((other) => other !== file));
                setNotice('');
              }}
            />
          </Suspense>
        )}
        <div className="trumpet-composer-line">
          {isRecording ? (
            <Suspense>
              <Recorder
                onEnd={(file, error) => {
                  setIsRecording(false);
                  setNotice(error ?? '');
                  if (file !== null) {
                    addFiles([file]);
                  }
                }}
              />
            </Suspense>
          ) : (
            <>
              <input
                ref={input}
                type="file"
                multiple
                hidden
                onChange={({ target }) => {
                  addFiles(target.files ?? []);
                  target.value = '';
                }}
              />
              {!isChanging && mayAttach && (
                <IconButton
                  icon="attach"
                  label={words.attachFiles}
                  onClick={() => input.current?.click()}
                />
              )}
              <div className="trumpet-field" data-text={`${text}\n`}>
                <textarea
                  ref={field}
                  // Without text, the placeholder goes the way of the page.
                  dir={text === '' ? undefined : 'auto'}
                  rows={1}
                  value={text}
                  className="trumpet-composer-text"
                  placeholder={
                    threadId === undefined
                      ? fill(words.writeTo, { room: roomName })
                      : words.writeReply
                  }
                  aria-label={
                    threadId === undefined
                      ? fill(words.writeTo, { room: roomName })
                      : words.writeReply
                  }
                  aria-autocomplete="list"
                  aria-controls={found.length > 0 ? listId : undefined}
                  aria-activedescendant={found.length > 0 ? `${listId}-${active}` : undefined}
                  aria-invalid={rest < 0}
                  enterKeyHint={isTouched() ? 'enter' : 'send'}
                  onChange={changedText}
                  onSelect={({ currentTarget }) => lookAtCursor(currentTarget)}
                  onBlur={() => setToken(null)}
                  onKeyDown={keyDown}
                  onPaste={pasted}
                />
              </div>
              {emojiUrl !== undefined && (
                <IconButton
                  icon="smile"
                  label={words.emoji}
                  aria-haspopup="dialog"
                  onClick={({ currentTarget }) => setEmojiAnchor(currentTarget)}
                />
              )}
              {canSend && !isChanging && intent.kind !== 'quote' && files.length === 0 && (
                <IconButton
                  icon="clock"
                  label={words.sendLater}
                  aria-haspopup="dialog"
                  onClick={({ currentTarget }) => setLaterAnchor(currentTarget)}
                />
              )}
              {!canSend && !isChanging && mayAttach && canRecord() ? (
                <IconButton
                  icon="microphone"
                  label={words.record}
                  onClick={() => setIsRecording(true)}
                />
              ) : (
                <button
                  type="submit"
                  className="trumpet-icon-button trumpet-send"
                  aria-label={isChanging ? words.save : words.send}
                  title={isChanging ? words.save : words.send}
                  disabled={!canSend}
                >
                  <Icon name={isChanging ? 'check' : 'send'} />
                </button>
              )}
            </>
          )}
        </div>
        {threadId !== undefined && !isChanging && mayWrite(room, 'SEND_MESSAGES') && (
          <Suspense>
            <AlsoToRoom isOn={isAlsoToRoom} onChange={setIsAlsoToRoom} />
          </Suspense>
        )}
        <p className="trumpet-composer-notice" role="status">
          {rest < 0
            ? count(words.language, words.tooLong, -rest)
            : notice ||
              (command !== undefined && (
                <Suspense>
                  <Usage command={command} at={written?.argument} />
                </Suspense>
              ))}
          {rest < 0 && !isChanging && files.length < FILES_LIMIT && (
            <Suspense>
              {' '}
              <AttachText
                text={text}
                onAttach={(file) => {
                  addFiles([file]);
                  writeNew('');
                  field.current?.focus();
                }}
              />
            </Suspense>
          )}
          {text.includes('@') && (
            <Suspense>
              <MentionWarning roomId={room.id} text={text} />
            </Suspense>
          )}
        </p>
        {emojiAnchor !== null && emojiUrl !== undefined && (
          <Suspense>
            <EmojiPicker
              anchor={emojiAnchor}
              emojiUrl={emojiUrl}
              onPick={(emoji) => {
                setEmojiAnchor(null);
                insert(emoji);
              }}
              onClose={() => setEmojiAnchor(null)}
            />
          </Suspense>
        )}
      </form>
      {laterAnchor !== null && (
        <Suspense>
          <SendLater
            anchor={laterAnchor}
            roomId={room.id}
            content={text.trim()}
            parentMessageId={answered()}
            alsoSendToRoom={isAlsoToRoom && mayWrite(room, 'SEND_MESSAGES')}
            onScheduled={(when) => {
              setLaterAnchor(null);
              setIsAlsoToRoom(false);
              clear();
              leave();
              setNotice(when);
            }}
            onClose={() => setLaterAnchor(null)}
          />
        </Suspense>
      )}
    </>
  );
}

/** What another device has uploaded, and what is here. */
function givenFiles(files: readonly ChosenFile[]) {
  return {
    attachmentIds: files.filter(isHeld).map(({ id }) => id),
    files: files.filter((file): file is GivenFile => !isHeld(file)),
  };
}

function isHeld(file: ChosenFile): file is HeldFile {
  return 'id' in file;
}

const MARKS: Readonly<Record<string, string>> = { b: '**', i: '_', e: '`' };

function canRecord(): boolean {
  return globalThis.MediaRecorder !== undefined && navigator.mediaDevices !== undefined;
}

/** On phones the key below the text makes a new line; a button sends. */
function isTouched(): boolean {
  return matchMedia('(pointer: coarse)').matches;
}
