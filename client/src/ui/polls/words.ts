import type { Plural } from '../words/plural.ts';

/** What is said of polls, beside the words of the kit: they come with what says them. */
export interface PollWords {
  readonly asPoll: string;
  readonly answer: string;
  readonly several: string;
  readonly anonymous: string;
  readonly closesAt: string;
  readonly ask: string;
  readonly chooseOne: string;
  readonly chooseUpTo: Plural;
  readonly voters: Plural;
  readonly votes: Plural;
  readonly nobodySees: string;
  readonly openUntil: string;
  readonly closed: string;
  readonly takeBack: string;
  readonly whoVoted: string;
  readonly nobody: string;
  readonly andMore: Plural;
  readonly close: string;
  readonly closeText: string;
}

const WORDS: Readonly<Record<string, PollWords>> = {
  en: {
    asPoll: 'Ask as a poll',
    answer: 'Answer {number}',
    several: 'Several answers can be chosen',
    anonymous: 'Nobody sees who has chosen what',
    closesAt: 'Ends (may be left out)',
    ask: 'Ask',
    chooseOne: 'Choose one answer',
    chooseUpTo: { one: 'Choose {count} answer', other: 'Choose up to {count} answers' },
    voters: { one: '{count} person has voted', other: '{count} people have voted' },
    votes: { one: '{count} vote', other: '{count} votes' },
    nobodySees: 'Nobody sees who has chosen what.',
    openUntil: 'Open until {moment}.',
    closed: 'This poll is over.',
    takeBack: 'Take my vote back',
    whoVoted: 'Who has chosen what',
    nobody: 'Nobody',
    andMore: { one: 'and {count} more', other: 'and {count} more' },
    close: 'End the poll',
    closeText: 'Nobody can vote then. It cannot be opened again.',
  },
  de: {
    asPoll: 'Als Umfrage stellen',
    answer: 'Antwort {number}',
    several: 'Mehrere Antworten können gewählt werden',
    anonymous: 'Niemand sieht, wer was gewählt hat',
    closesAt: 'Endet (kann fehlen)',
    ask: 'Fragen',
    chooseOne: 'Wähle eine Antwort',
    chooseUpTo: { one: 'Wähle {count} Antwort', other: 'Wähle bis zu {count} Antworten' },
    voters: { one: '{count} Person hat abgestimmt', other: '{count} Personen haben abgestimmt' },
    votes: { one: '{count} Stimme', other: '{count} Stimmen' },
    nobodySees: 'Niemand sieht, wer was gewählt hat.',
    openUntil: 'Offen bis {moment}.',
    closed: 'Diese Umfrage ist zu Ende.',
    takeBack: 'Meine Stimme zurücknehmen',
    whoVoted: 'Wer was gewählt hat',
    nobody: 'Niemand',
    andMore: { one: 'und {count} weitere', other: 'und {count} weitere' },
    close: 'Umfrage beenden',
    closeText: 'Danach kann niemand mehr abstimmen. Sie kann nicht wieder geöffnet werden.',
  },
  ar: {
    asPoll: 'طرحها كاستطلاع',
    answer: 'الإجابة {number}',
    several: 'يمكن اختيار عدة إجابات',
    anonymous: 'لا أحد يرى من اختار ماذا',
    closesAt: 'ينتهي (اختياري)',
    ask: 'طرح السؤال',
    chooseOne: 'اختر إجابة واحدة',
    chooseUpTo: {
      one: 'اختر إجابة واحدة',
      two: 'اختر حتى إجابتين',
      few: 'اختر حتى {count} إجابات',
      other: 'اختر حتى {count} إجابة',
    },
    voters: {
      zero: 'لم يصوّت أحد',
      one: 'صوّت شخص واحد',
      two: 'صوّت شخصان',
      few: 'صوّت {count} أشخاص',
      other: 'صوّت {count} شخصًا',
    },
    votes: {
      zero: 'لا أصوات',
      one: 'صوت واحد',
      two: 'صوتان',
      few: '{count} أصوات',
      other: '{count} صوتًا',
    },
    nobodySees: 'لا أحد يرى من اختار ماذا.',
    openUntil: 'مفتوح حتى {moment}.',
    closed: 'انتهى هذا الاستطلاع.',
    takeBack: 'سحب صوتي',
    whoVoted: 'من اختار ماذا',
    nobody: 'لا أحد',
    andMore: { other: 'و{count} آخرون' },
    close: 'إنهاء الاستطلاع',
    closeText: 'لن يستطيع أحد التصويت بعدها، ولا يمكن فتحه من جديد.',
  },
  ja: {
    asPoll: '投票として質問する',
    answer: '選択肢 {number}',
    several: '複数選択できる',
    anonymous: '誰が何を選んだかは誰にも見えない',
    closesAt: '終了日時（省略可）',
    ask: '質問する',
    chooseOne: '1つ選んでください',
    chooseUpTo: { other: '{count}個まで選べます' },
    voters: { other: '{count}人が投票しました' },
    votes: { other: '{count}票' },
    nobodySees: '誰が何を選んだかは誰にも見えません。',
    openUntil: '{moment}まで投票できます。',
    closed: 'この投票は終了しました。',
    takeBack: '投票を取り消す',
    whoVoted: '誰が何を選んだか',
    nobody: 'なし',
    andMore: { other: '他{count}人' },
    close: '投票を終了する',
    closeText: '終了すると誰も投票できなくなり、再開できません。',
  },
};

/** @param language as the words of the kit have it; English stands in for one that is not here */
export function pollWords(language: string): PollWords {
  return (WORDS[language.split('-', 1)[0] as string] ?? WORDS.en) as PollWords;
}
