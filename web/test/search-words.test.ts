import { piecesOf } from '../src/screens/search/headline.ts';
import { complete, operatorsFor, timesFor, typingAt } from '../src/screens/search/operators.ts';

/* What is typed in a search, and what is shown of what was found. */

const typing = (text: string) => typingAt(text, text.length);

test('an operator is offered as soon as it is begun, also behind a minus', () => {
  const begun = typing('lunch -fr');
  expect(begun).toMatchObject({ minus: '-', operator: undefined, value: 'fr' });
  expect(begun && operatorsFor(begun).map(({ typed }) => typed)).toEqual(['from:']);
  expect(begun && complete('lunch -fr', 9, begun, 'from:')).toEqual({
    text: 'lunch -from:',
    caret: 12,
  });
});

test('a value is put where the caret is, and what stands behind it stays', () => {
  const text = 'from:al lunch';
  const at = typingAt(text, 7);
  expect(at).toMatchObject({ operator: 'from', value: 'al' });
  expect(at && complete(text, 7, at, 'from:alice')).toEqual({
    text: 'from:alice lunch',
    caret: 11,
  });
});

test('nothing is an operator inside of quotation marks', () => {
  expect(typing('"hello fr')).toBeUndefined();
  expect(typing('"hello" fr')).toMatchObject({ value: 'fr' });
});

test('times are offered in the form that the server reads', () => {
  const now = new Date('2026-02-03T10:00:00Z');
  expect(timesFor('', now)).toEqual(['2026-02-03', '2026-02', '2026']);
  expect(timesFor('2025', now)).toEqual([]);
});

test('a headline becomes text and marks, and never HTML', () => {
  expect(piecesOf('⟦hello⟧ &lt;b&gt; &amp;lt; &quot;x&quot; &#39;y&#39;')).toEqual([
    { text: 'hello', isMatch: true },
    { text: ' <b> &lt; "x" \'y\'', isMatch: false },
  ]);
});
