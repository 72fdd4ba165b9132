/** A sentence in each of the forms that its language has for numbers (`Intl.PluralRules`). */
export type Plural = { readonly [Rule in Intl.LDMLPluralRule]?: string } & {
  readonly other: string;
};

export function plural(forms: Plural): Plural {
  return forms;
}

/** Fills `{name}` and the like. */
export function fill(sentence: string, values: Readonly<Record<string, string>>): string {
  return sentence.replaceAll(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
}

const rules = new Map<string, Intl.PluralRules>();
const numbers = new Map<string, Intl.NumberFormat>();

/** The form for this count, with `{count}` filled as the language writes numbers. */
export function count(
  language: string,
  forms: Plural,
  of: number,
  values: Readonly<Record<string, string>> = {},
): string {
  const rule = rules.get(language) ?? new Intl.PluralRules(language);
  rules.set(language, rule);
  return fill(forms[rule.select(of)] ?? forms.other, {
    count: writeNumber(language, of),
    ...values,
  });
}

export function writeNumber(language: string, value: number): string {
  const format = numbers.get(language) ?? new Intl.NumberFormat(language);
  numbers.set(language, format);
  return format.format(value);
}
