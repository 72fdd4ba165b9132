import { ar as kit } from 'trumpet-client/ui';
import { words as screens } from '../screens/words/ar.ts';
import type { Words } from './en.ts';

const plurals = new Intl.PluralRules('ar');

/** How many seconds, in the six forms that Arabic has. */
function secondsInArabic(count: number): string {
  const number = new Intl.NumberFormat('ar').format(count);
  switch (plurals.select(count)) {
    case 'one':
      return 'ثانية واحدة';
    case 'two':
      return 'ثانيتين';
    case 'few':
      return `${number} ثوانٍ`;
    default:
      return `${number} ثانية`;
  }
}

export const words: Words = {
  appName: 'Trumpet',
  loading: 'جارٍ التحميل…',
  rooms: 'الغرف',
  back: 'رجوع',
  close: 'إغلاق',
  details: 'التفاصيل والمزيد',
  copyLink: 'نسخ الرابط',
  remindMe: 'ذكّرني…',
  translate: 'ترجمة…',
  forward: 'إعادة التوجيه…',
  saveForLater: 'الحفظ لوقت لاحق',
  openPanel: 'حول هذه الغرفة',
  toMessages: 'انتقل إلى الرسائل',
  chooseRoom: 'اختر غرفة أو اكتب إلى شخص ما.',
  noSuchPage: 'لا يوجد شيء على هذا العنوان.',
  toInbox: 'إلى غرفك',
  settings: 'الإعدادات',
  explore: 'استكشاف الغرف',
  search: 'بحث',
  failed: 'تعطّل هذا الجزء من الصفحة.',
  tryAgain: 'حاول مرة أخرى',
  language: 'اللغة',
  theme: 'المظهر',
  themes: {
    system: 'مثل النظام',
    light: 'فاتح',
    dark: 'داكن',
  },
  people: 'الأشخاص',
  newRoom: 'غرفة جديدة',
  you: 'أنت وإعداداتك',
  notKept: 'لا يحفظ هذا المتصفح شيئًا هنا. ما تكتبه يُرسَل، ويزول من هذا الجهاز عند إغلاق الصفحة.',
  newVersion: 'هناك إصدار جديد من هذه الصفحة.',
  reload: 'إعادة التحميل',
  push: {
    title: 'الإشعارات',
    question: 'هل تريد أن يخبرك هذا الجهاز بالرسائل الجديدة عندما تكون الصفحة مغلقة؟',
    turnOn: 'نعم، أخبرني',
    notNow: 'ليس الآن',
    onThisDevice: 'أخبرني على هذا الجهاز عندما تكون الصفحة مغلقة',
    unsupported: 'هذا المتصفح أو هذا العنوان لا يدعم الإشعارات.',
    denied: 'لقد منعت المتصفح من عرض إشعارات هذه الصفحة. يمكن تغيير ذلك في إعداداته.',
    failed: 'لم ينجح ذلك: تعذّر الوصول إلى خدمة الإشعارات في المتصفح.',
  },
  developers: {
    title: 'للمطورين',
    graphiql: 'لتجربة الواجهة البرمجية',
    documents: 'الوثائق',
  },
  mailed: {
    refusals: {
      NOT_FOUND: 'هذا الرمز خاطئ أو قديم أو مستخدم.',
      BAD_INPUT: 'لا يمكن استخدام كلمة المرور هذه.',
    },
    forgotten: 'نسيت كلمة المرور؟',
    email: 'البريد الإلكتروني',
    askText: 'نرسل رمزًا إلى العنوان الذي أكّدته هنا.',
    askForMail: 'أرسلوا لي رسالة',
    toSignIn: 'إلى تسجيل الدخول',
    newPassword: 'كلمة المرور الجديدة',
    onItsWay: 'إذا كان هذا العنوان معروفًا ومؤكَّدًا هنا فالرسالة في طريقها إليك. فيها رابط ورمز.',
    code: 'الرمز من الرسالة',
    setPassword: 'تعيين كلمة المرور',
    isReset: 'عُيّنت كلمة المرور. وسُجّل خروجك من كل مكان.',
    verify: 'نعم، هذا عنواني',
    verifyText: 'جئت إلى هنا من رسالة. هل عنوانها لك؟',
    isVerified: 'شكرًا: تم تأكيد العنوان.',
    toChat: 'إلى المحادثات',
  },
  signIn: {
    email: 'البريد الإلكتروني (لاستعادة كلمة المرور، اختياري)',
    forgotten: 'نسيت كلمة المرور؟',
    elsewhere: 'سجّل الدخول حيث يوجد حسابك: لا توجد كلمات مرور هنا.',
    invitedOnly: 'يتطلب إنشاء حساب دعوةً: افتح رابطها.',
    refusals: {
      WRONG_CREDENTIALS: 'الاسم أو كلمة المرور غير صحيحة.',
      RATE_LIMITED: 'محاولات كثيرة جدًا.',
      CONFLICT: 'هذا الاسم مستخدم.',
      NOT_FOUND: 'انتهت صلاحية هذه الدعوة أو استُنفدت.',
      BUSY: 'الخادم مشغول.',
    },
    withProvider: 'تسجيل الدخول عبر مزوّد',
    signInWith: (label) => `سجّل الدخول عبر ${label}`,
    stillSignedIn: (label) => `ما زلت مسجّل الدخول في ${label}.`,
    signOutThere: 'سجّل الخروج هناك أيضًا',
    refusedElsewhere: {
      UNAUTHENTICATED: 'لم يتم تسجيل دخولك هناك. حاول مرة أخرى.',
      FORBIDDEN: 'هذا الحساب موقوف.',
      BUSY: 'يتعذّر الوصول إليه الآن. حاول لاحقًا.',
    },
    title: 'تسجيل الدخول',
    asSample: 'سجّل الدخول كأحد الأشخاص التجريبيين',
    withPassword: 'بالاسم وكلمة المرور',
    username: 'اسم المستخدم',
    password: 'كلمة المرور',
    code: 'رمز تطبيقك، أو رمز استرداد',
    withPasskey: 'تسجيل الدخول بمفتاح مرور',
    unknownPasskey: 'مفتاح المرور هذا غير معروف هنا. سجّل الدخول بطريقة أخرى.',
    noPasskey: 'لم يُستخدم أي مفتاح مرور.',
    asGuest: 'الدخول كضيف',
    guestName: 'اسمك',
    notForGuests: 'هذه الدعوة لمن لديهم حساب.',
    wrongCode: 'هذا الرمز غير صحيح أو سبق استخدامه.',
    displayName: 'الاسم المعروض',
    submit: 'تسجيل الدخول',
    signUp: 'إنشاء حساب',
    toSignUp: 'جديد هنا؟ أنشئ حسابًا',
    toSignIn: 'لديك حساب؟ سجّل الدخول',
    retryIn: (seconds) => `حاول مرة أخرى بعد ${secondsInArabic(seconds)}.`,
    unreachable: 'تعذّر الوصول إلى الخادم.',
  },
  screens,
  kit,
};
