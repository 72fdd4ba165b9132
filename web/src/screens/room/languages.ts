/** The languages that Postgres 18 has stems for, by the names of its configurations, with their tags. */
export const ROOM_LANGUAGES: ReadonlyMap<string, string> = new Map([
  ['arabic', 'ar'],
  ['armenian', 'hy'],
  ['basque', 'eu'],
  ['catalan', 'ca'],
  ['danish', 'da'],
  ['dutch', 'nl'],
  ['english', 'en'],
  ['estonian', 'et'],
  ['finnish', 'fi'],
  ['french', 'fr'],
  ['german', 'de'],
  ['greek', 'el'],
  ['hindi', 'hi'],
  ['hungarian', 'hu'],
  ['indonesian', 'id'],
  ['irish', 'ga'],
  ['italian', 'it'],
  ['lithuanian', 'lt'],
  ['nepali', 'ne'],
  ['norwegian', 'no'],
  ['portuguese', 'pt'],
  ['romanian', 'ro'],
  ['russian', 'ru'],
  ['serbian', 'sr'],
  ['spanish', 'es'],
  ['swedish', 'sv'],
  ['tamil', 'ta'],
  ['turkish', 'tr'],
  ['yiddish', 'yi'],
]);

/** What a language is called in another one; a configuration that is not known here goes by its own name. */
export function languageName(configuration: string, inLanguage: string): string {
  const tag = ROOM_LANGUAGES.get(configuration);
  return tag === undefined
    ? configuration
    : (new Intl.DisplayNames(inLanguage, { type: 'language' }).of(tag) ?? configuration);
}
