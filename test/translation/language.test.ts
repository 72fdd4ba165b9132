import {
  guessLanguage,
  isOneLanguage,
  languageTag,
  nearestLanguage,
} from '../../src/translation/language.ts';

/* As LibreTranslate names languages today. */
const KNOWN = ['de', 'en', 'nb', 'pt', 'pt-BR', 'sr', 'sr-Latn', 'tl', 'zh-Hans', 'zh-Hant'].map(
  (code) => languageTag(code) as string,
);

test.each([
  ['de', 'de'],
  ['de-at', 'de'],
  ['pt', 'pt'],
  ['pt-br', 'pt-br'],
  ['pt-ao', 'pt'],
  ['zh', 'zh-hans'],
  ['zh-tw', 'zh-hant'],
  ['zh-sg', 'zh-hans'],
  ['no', 'nb'],
  ['fil', 'fil'],
  ['sr-latn', 'sr-latn'],
  ['sr-me', 'sr-latn'],
  ['fr', undefined],
])('%s is %s of what a service knows', (wanted, found) => {
  expect(nearestLanguage(KNOWN, wanted)).toBe(found);
});

test('where it knows one country’s alone, that is taken', () => {
  expect(nearestLanguage(['en', 'pt-br'], 'pt')).toBe('pt-br');
  expect(nearestLanguage(['en', 'pt-br'], 'pt-pt')).toBe('pt-br');
  expect(isOneLanguage('zh', 'zh-hant')).toBe(true);
  expect(isOneLanguage('de', 'en')).toBe(false);
});

test.each([
  ['这是一条每个人都可以阅读的消息，它是用中文写的。', 'zh-hans'],
  ['Dette er en melding som alle i rommet kan lese, skrevet på norsk.', 'nb'],
  ['Ito ay isang mensahe na mababasa ng lahat ng tao sa silid na ito.', 'fil'],
  ['Esta é uma mensagem que todos na sala podem ler, escrita em português.', 'pt'],
])('what is guessed is found there: %s', async (text, found) => {
  expect(nearestLanguage(KNOWN, (await guessLanguage(text)) as string)).toBe(found);
});
