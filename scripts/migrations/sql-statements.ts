/** One statement of a text of SQL. */
export interface Statement {
  /** Where its first word begins, and where it ends: behind its semicolon. */
  readonly start: number;
  readonly end: number;
  /** Its text on one line, without comments and with empty quotes: what it is about, not what it says. */
  readonly code: string;
}

/** Comments, strings and bodies. A quoted name is none of them: it is part of what a statement is about. */
const SILENT =
  /--.*|\/\*[\s\S]*?\*\/|\be'(?:[^'\\]|''|\\[\s\S])*'|'(?:[^']|'')*'|(\$\w*\$)[\s\S]*?\1/gi;

/** Splits SQL at the semicolons that end its statements. */
export function statementsOf(sql: string): Statement[] {
  // As long as the text itself, so that places in one are places in the other.
  const code = sql.replace(SILENT, (match) =>
    /^--|^\/\*/.test(match) ? ' '.repeat(match.length) : `''${' '.repeat(match.length - 2)}`,
  );
  return [...code.matchAll(/[^;\s][^;]*(?:;|$)/g)].map((match) => ({
    start: match.index,
    end: match.index + match[0].trimEnd().length,
    code: match[0].replace(/\s+/g, ' ').trim(),
  }));
}
