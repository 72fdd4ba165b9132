import type { Plural } from '../words/plural.ts';

/** What is said of what happened in a room, beside the words of the kit: they come with what says them. */
export interface SpecialWords {
  readonly joined: string;
  readonly left: string;
  /** Those who came or went one after the other: two of them by `{name}` and `{second}`, the others by `{count}`. */
  readonly several: Readonly<
    Record<'joined' | 'left', { readonly two: string; readonly more: Plural }>
  >;
  readonly eachOne: string;
  readonly together: string;
  readonly renamed: string;
  readonly described: string;
  readonly undescribed: string;
  readonly pinned: string;
  readonly goToPinned: string;
  readonly keptForDays: Plural;
  readonly keptForEver: string;
  readonly keptAsUsual: string;
  readonly disappearing: string;
  readonly notDisappearing: string;
  readonly becameRoom: string;
  readonly place: string;
  readonly onMap: string;
  readonly saveContact: string;
  readonly asLocation: string;
  readonly asContact: string;
  readonly locate: string;
  readonly notLocated: string;
  readonly noPlace: string;
  readonly share: string;
  readonly fields: Readonly<
    Record<
      | 'name'
      | 'organization'
      | 'title'
      | 'phones'
      | 'emails'
      | 'address'
      | 'url'
      | 'latitude'
      | 'longitude',
      string
    >
  >;
}

const WORDS: Readonly<Record<string, SpecialWords>> = {
  en: {
    joined: '{name} joined.',
    left: '{name} left.',
    several: {
      joined: {
        two: '{name} and {second} joined.',
        more: {
          one: '{name}, {second} and {count} other joined.',
          other: '{name}, {second} and {count} others joined.',
        },
      },
      left: {
        two: '{name} and {second} left.',
        more: {
          one: '{name}, {second} and {count} other left.',
          other: '{name}, {second} and {count} others left.',
        },
      },
    },
    eachOne: 'Show each one',
    together: 'Show together',
    renamed: '{name} renamed the room to “{value}”.',
    described: '{name} changed what the room is for: {value}',
    undescribed: '{name} took away what the room is for.',
    pinned: '{name} pinned a message.',
    goToPinned: 'Show it',
    keptForDays: {
      one: '{name} has messages kept for {count} day.',
      other: '{name} has messages kept for {count} days.',
    },
    keptForEver: '{name} has messages kept for ever.',
    keptAsUsual: '{name} has messages kept as long as in other rooms.',
    disappearing: '{name} has new messages disappear after {value}.',
    notDisappearing: '{name} has new messages no longer disappear.',
    becameRoom: '{name} turned the conversation into the room “{value}”.',
    place: 'A place',
    onMap: 'Show on a map',
    saveContact: 'Save contact',
    asLocation: 'Share as a place',
    asContact: 'Share as a contact',
    locate: 'Use where I am',
    notLocated: 'Where you are could not be found.',
    noPlace: 'Latitudes go from -90 to 90, longitudes from -180 to 180.',
    share: 'Share',
    fields: {
      name: 'Name',
      organization: 'Organization',
      title: 'Title',
      phones: 'Phone numbers',
      emails: 'E-mail addresses',
      address: 'Address',
      url: 'Web page',
      latitude: 'Latitude',
      longitude: 'Longitude',
    },
  },
  de: {
    joined: '{name} ist beigetreten.',
    left: '{name} ist gegangen.',
    several: {
      joined: {
        two: '{name} und {second} sind beigetreten.',
        more: {
          one: '{name}, {second} und {count} weitere Person sind beigetreten.',
          other: '{name}, {second} und {count} weitere sind beigetreten.',
        },
      },
      left: {
        two: '{name} und {second} sind gegangen.',
        more: {
          one: '{name}, {second} und {count} weitere Person sind gegangen.',
          other: '{name}, {second} und {count} weitere sind gegangen.',
        },
      },
    },
    eachOne: 'Einzeln zeigen',
    together: 'Zusammen zeigen',
    renamed: '{name} hat den Raum in „{value}“ umbenannt.',
    described: '{name} hat geändert, wofür der Raum da ist: {value}',
    undescribed: '{name} hat entfernt, wofür der Raum da ist.',
    pinned: '{name} hat eine Nachricht angeheftet.',
    goToPinned: 'Anzeigen',
    keptForDays: {
      one: '{name} lässt Nachrichten {count} Tag lang aufbewahren.',
      other: '{name} lässt Nachrichten {count} Tage lang aufbewahren.',
    },
    keptForEver: '{name} lässt Nachrichten für immer aufbewahren.',
    keptAsUsual: '{name} lässt Nachrichten so lange aufbewahren wie in anderen Räumen.',
    disappearing: '{name} lässt neue Nachrichten nach {value} verschwinden.',
    notDisappearing: '{name} lässt neue Nachrichten nicht mehr verschwinden.',
    becameRoom: '{name} hat aus der Unterhaltung den Raum „{value}“ gemacht.',
    place: 'Ein Ort',
    onMap: 'Auf der Karte zeigen',
    saveContact: 'Kontakt speichern',
    asLocation: 'Als Ort teilen',
    asContact: 'Als Kontakt teilen',
    locate: 'Meinen Standort nehmen',
    notLocated: 'Dein Standort ließ sich nicht bestimmen.',
    noPlace: 'Breiten gehen von -90 bis 90, Längen von -180 bis 180.',
    share: 'Teilen',
    fields: {
      name: 'Name',
      organization: 'Firma',
      title: 'Funktion',
      phones: 'Telefonnummern',
      emails: 'E-Mail-Adressen',
      address: 'Adresse',
      url: 'Webseite',
      latitude: 'Breite',
      longitude: 'Länge',
    },
  },
  ar: {
    joined: 'انضم {name}.',
    left: 'غادر {name}.',
    several: {
      joined: {
        two: 'انضم {name} و{second}.',
        more: {
          zero: 'انضم {name} و{second}.',
          one: 'انضم {name} و{second} وشخص آخر.',
          two: 'انضم {name} و{second} وشخصان آخران.',
          few: 'انضم {name} و{second} و{count} آخرون.',
          many: 'انضم {name} و{second} و{count} آخرون.',
          other: 'انضم {name} و{second} و{count} آخرون.',
        },
      },
      left: {
        two: 'غادر {name} و{second}.',
        more: {
          zero: 'غادر {name} و{second}.',
          one: 'غادر {name} و{second} وشخص آخر.',
          two: 'غادر {name} و{second} وشخصان آخران.',
          few: 'غادر {name} و{second} و{count} آخرون.',
          many: 'غادر {name} و{second} و{count} آخرون.',
          other: 'غادر {name} و{second} و{count} آخرون.',
        },
      },
    },
    eachOne: 'عرض كل واحد',
    together: 'عرضهم معًا',
    renamed: 'غيّر {name} اسم الغرفة إلى «{value}».',
    described: 'غيّر {name} وصف الغرفة: {value}',
    undescribed: 'أزال {name} وصف الغرفة.',
    pinned: 'ثبّت {name} رسالة.',
    goToPinned: 'عرضها',
    keptForDays: {
      zero: 'جعل {name} الرسائل لا تُحفظ.',
      one: 'جعل {name} الرسائل تُحفظ يومًا واحدًا.',
      two: 'جعل {name} الرسائل تُحفظ يومين.',
      few: 'جعل {name} الرسائل تُحفظ {count} أيام.',
      many: 'جعل {name} الرسائل تُحفظ {count} يومًا.',
      other: 'جعل {name} الرسائل تُحفظ {count} يوم.',
    },
    keptForEver: 'جعل {name} الرسائل تُحفظ دائمًا.',
    keptAsUsual: 'جعل {name} الرسائل تُحفظ كما في الغرف الأخرى.',
    disappearing: 'جعل {name} الرسائل الجديدة تختفي بعد {value}.',
    notDisappearing: 'جعل {name} الرسائل الجديدة لا تختفي.',
    becameRoom: 'حوّل {name} المحادثة إلى الغرفة «{value}».',
    place: 'مكان',
    onMap: 'عرض على الخريطة',
    saveContact: 'حفظ جهة الاتصال',
    asLocation: 'مشاركة كمكان',
    asContact: 'مشاركة كجهة اتصال',
    locate: 'استخدام موقعي',
    notLocated: 'تعذّر تحديد موقعك.',
    noPlace: 'تتراوح خطوط العرض بين -90 و90، وخطوط الطول بين -180 و180.',
    share: 'مشاركة',
    fields: {
      name: 'الاسم',
      organization: 'المؤسسة',
      title: 'المنصب',
      phones: 'أرقام الهاتف',
      emails: 'عناوين البريد الإلكتروني',
      address: 'العنوان',
      url: 'صفحة الويب',
      latitude: 'خط العرض',
      longitude: 'خط الطول',
    },
  },
  ja: {
    joined: '{name} さんが参加しました。',
    left: '{name} さんが退出しました。',
    several: {
      joined: {
        two: '{name} さんと {second} さんが参加しました。',
        more: { other: '{name} さん、{second} さん、ほか {count} 人が参加しました。' },
      },
      left: {
        two: '{name} さんと {second} さんが退出しました。',
        more: { other: '{name} さん、{second} さん、ほか {count} 人が退出しました。' },
      },
    },
    eachOne: '個別に表示',
    together: 'まとめて表示',
    renamed: '{name} さんがルーム名を「{value}」に変更しました。',
    described: '{name} さんがルームの説明を変更しました：{value}',
    undescribed: '{name} さんがルームの説明を削除しました。',
    pinned: '{name} さんがメッセージをピン留めしました。',
    goToPinned: '表示',
    keptForDays: { other: '{name} さんがメッセージの保存期間を {count} 日にしました。' },
    keptForEver: '{name} さんがメッセージをずっと保存するようにしました。',
    keptAsUsual: '{name} さんがメッセージの保存期間をほかのルームと同じにしました。',
    disappearing: '{name} さんが新しいメッセージを {value} 後に消えるようにしました。',
    notDisappearing: '{name} さんが新しいメッセージを消えないようにしました。',
    becameRoom: '{name} さんが会話をルーム「{value}」にしました。',
    place: '場所',
    onMap: '地図で表示',
    saveContact: '連絡先を保存',
    asLocation: '場所として共有',
    asContact: '連絡先として共有',
    locate: '現在地を使う',
    notLocated: '現在地を取得できませんでした。',
    noPlace: '緯度は -90 から 90、経度は -180 から 180 です。',
    share: '共有',
    fields: {
      name: '名前',
      organization: '組織',
      title: '役職',
      phones: '電話番号',
      emails: 'メールアドレス',
      address: '住所',
      url: 'ウェブページ',
      latitude: '緯度',
      longitude: '経度',
    },
  },
};

/** @param language as the words of the kit have it; English stands in for one that is not here */
export function specialWords(language: string): SpecialWords {
  return (WORDS[language.split('-', 1)[0] as string] ?? WORDS.en) as SpecialWords;
}
