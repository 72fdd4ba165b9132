/** A sentence in each of the forms that its language has for numbers (`Intl.PluralRules`). */
export type Plural = { readonly [Rule in Intl.LDMLPluralRule]?: string } & {
  readonly other: string;
};

export function plural(forms: Plural): Plural {
  return forms;
}

const RIGHT_TO_LEFT = /[\p{Script=Arabic}\p{Script=Hebrew}]/u;

/** Fills `{name}` and the like. A name in another direction than the sentence does not mix up its words. */
export function fill(sentence: string, values: Readonly<Record<string, string>>): string {
  const isRightToLeft = RIGHT_TO_LEFT.test(sentence);
  return sentence.replaceAll(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values[name];
    if (value === undefined) {
      return whole;
    }
    return isRightToLeft || RIGHT_TO_LEFT.test(value) ? `\u2068${value}\u2069` : value;
  });
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
