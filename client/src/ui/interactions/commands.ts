/** What a bot can be asked for. */
export interface Command {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly arguments: readonly Argument[];
  readonly bot: {
    readonly id: string;
    readonly displayName: string;
    readonly avatarUrl: string | null;
  };
}

export interface Argument {
  readonly name: string;
  readonly description: string;
  readonly type: 'text' | 'integer' | 'number' | 'boolean' | 'choice' | 'user';
  readonly isRequired: boolean;
  readonly choices?: readonly string[];
}

/** What is written for an argument, where it stands in the text. */
export interface Written {
  readonly argument: Argument;
  readonly text: string;
  readonly from: number;
  readonly to: number;
}

const NAME = /^\/([\p{L}\p{M}\p{N}_-]+)(?=\s|$)/u;

/** The name behind the `/` that a text begins with; undefined where it begins otherwise. */
export function commandName(text: string): string | undefined {
  return NAME.exec(text)?.[1]?.normalize('NFC').toLowerCase();
}

/**
 * What is written for each argument, in their order. A value with spaces stands in quotes; the last argument, if it is a
 * text, takes all that is left.
 */
export function writtenArguments(command: Command, text: string): readonly Written[] {
  const written: Written[] = [];
  let at = (NAME.exec(text)?.[0] ?? '').length;
  for (const [index, argument] of command.arguments.entries()) {
    const from = at + (/^\s*/.exec(text.slice(at))?.[0].length ?? 0);
    if (from === at || from > text.length) {
      break;
    }
    const isLast = index === command.arguments.length - 1;
    const takesAll = isLast && (argument.type === 'text' || argument.type === 'choice');
    const rest = text.slice(from);
    const quoted = /^(?:"([^"]*)"?|“([^”]*)”?|„([^“”]*)[“”]?|«([^»]*)»?|「([^」]*)」?)/u.exec(rest);
    const [whole, ...inside] =
      quoted !== null && !(takesAll && quoted[0].length < rest.trimEnd().length)
        ? quoted
        : takesAll
          ? [rest, rest.trimEnd()]
          : ((found) => [found, found])(/^\S*/.exec(rest)?.[0] ?? '');
    const to = from + whole.length;
    written.push({ argument, text: inside.find((part) => part !== undefined) ?? '', from, to });
    at = to;
  }
  return written;
}

/** Where the cursor is: the argument that is being written there. */
export function argumentAt(command: Command, text: string, cursor: number): Written | undefined {
  return writtenArguments(command, text.slice(0, cursor)).at(-1);
}

/** Why a command cannot be called as it is written. */
export interface Unfit {
  readonly argument: Argument;
  readonly isMissing: boolean;
}

const DIGITS: readonly (readonly [zero: number, nine: number])[] = [
  [0x660, 0x669],
  [0x6f0, 0x6f9],
  [0x966, 0x96f],
  [0xff10, 0xff19],
];

/** Digits of Arabic, Persian, Hindi and Japanese keyboards as those of all. */
function inAsciiDigits(text: string): string {
  return text.replace(/\p{Nd}/gu, (digit) => {
    const code = digit.codePointAt(0) ?? 0;
    const zero = DIGITS.find(([first, last]) => code >= first && code <= last)?.[0];
    return zero === undefined ? digit : String(code - zero);
  });
}

/**
 * The values of a command as it is written, by the names of the arguments.
 *
 * @param findUser the id of a member by their username
 * @param yes what people write for true and false, beside `true` and `false`
 */
export async function readArguments(
  command: Command,
  text: string,
  findUser: (username: string) => Promise<string | undefined>,
  { yes, no }: { readonly yes: string; readonly no: string },
): Promise<Readonly<Record<string, unknown>> | Unfit> {
  const written = writtenArguments(command, text);
  const values: Record<string, unknown> = {};
  for (const argument of command.arguments) {
    const given = written.find((one) => one.argument === argument)?.text.trim() ?? '';
    if (given === '') {
      if (argument.isRequired) {
        return { argument, isMissing: true };
      }
      continue;
    }
    const value = await readValue(argument, given);
    if (value === undefined) {
      return { argument, isMissing: false };
    }
    values[argument.name] = value;
  }
  return values;

  async function readValue(argument: Argument, given: string): Promise<unknown> {
    switch (argument.type) {
      case 'text':
        return given;
      case 'integer': {
        const value = Number(inAsciiDigits(given));
        return Number.isSafeInteger(value) ? value : undefined;
      }
      case 'number': {
        const value = Number(inAsciiDigits(given).replace(/[,٫]/, '.'));
        return Number.isFinite(value) ? value : undefined;
      }
      case 'boolean': {
        const word = given.toLocaleLowerCase();
        return [yes.toLocaleLowerCase(), 'true', 'yes', '1'].includes(word)
          ? true
          : [no.toLocaleLowerCase(), 'false', 'no', '0'].includes(word)
            ? false
            : undefined;
      }
      case 'choice':
        return argument.choices?.find(
          (choice) => choice.toLocaleLowerCase() === given.toLocaleLowerCase(),
        );
      case 'user':
        return await findUser(given.replace(/^@/, ''));
    }
  }
}

export function isUnfit(read: Readonly<Record<string, unknown>> | Unfit): read is Unfit {
  return 'isMissing' in read && typeof read.isMissing === 'boolean' && 'argument' in read;
}
