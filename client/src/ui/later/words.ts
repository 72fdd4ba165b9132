import type { SuggestedTimes } from './times.ts';

/** What is said of a time for later, beside the words of the kit: they come with what says them. */
export interface LaterWords extends Readonly<Record<keyof SuggestedTimes, string>> {
  readonly dayAndTime: string;
  readonly sendThen: string;
  readonly sentAt: string;
  readonly disappearsAfter: string;
}

const WORDS: Readonly<Record<string, LaterWords>> = {
  en: {
    inAnHour: 'In an hour',
    tomorrowMorning: 'Tomorrow morning',
    mondayMorning: 'Monday morning',
    dayAndTime: 'Day and time',
    sendThen: 'Send then',
    sentAt: 'It will be sent: {moment}.',
    disappearsAfter: 'Send, to disappear after',
  },
  de: {
    inAnHour: 'In einer Stunde',
    tomorrowMorning: 'Morgen früh',
    mondayMorning: 'Montag früh',
    dayAndTime: 'Tag und Uhrzeit',
    sendThen: 'Dann senden',
    sentAt: 'Wird gesendet: {moment}.',
    disappearsAfter: 'Senden, verschwindet nach',
  },
  ar: {
    inAnHour: 'بعد ساعة',
    tomorrowMorning: 'صباح الغد',
    mondayMorning: 'صباح الاثنين',
    dayAndTime: 'اليوم والوقت',
    sendThen: 'الإرسال حينها',
    sentAt: 'ستُرسل: {moment}.',
    disappearsAfter: 'إرسال رسالة تختفي بعد',
  },
  ja: {
    inAnHour: '1時間後',
    tomorrowMorning: '明日の朝',
    mondayMorning: '月曜日の朝',
    dayAndTime: '日時',
    sendThen: 'この日時に送信',
    sentAt: '送信予定: {moment}。',
    disappearsAfter: '送信して自動で消す',
  },
};

/** @param language as the words of the kit have it; English stands in for one that is not here */
export function laterWords(language: string): LaterWords {
  return (WORDS[language.split('-', 1)[0] as string] ?? WORDS.en) as LaterWords;
}
