import { words as screens } from '../screens/words/ja.ts';
import type { Words } from './en.ts';

export const words: Words = {
  appName: 'Trumpet',
  loading: '読み込み中…',
  rooms: 'ルーム',
  back: '戻る',
  close: '閉じる',
  send: '送信',
  chooseRoom: 'ルームを選ぶか、誰かにメッセージを送りましょう。',
  noSuchPage: 'このアドレスには何もありません。',
  toInbox: 'ルーム一覧へ',
  settings: '設定',
  explore: 'ルームを探す',
  search: '検索',
  failed: 'ページのこの部分で問題が発生しました。',
  tryAgain: 'もう一度試す',
  signIn: {
    title: 'サインイン',
    asSample: 'サンプルの人物としてサインイン',
    withPassword: '名前とパスワードで',
    username: 'ユーザー名',
    password: 'パスワード',
    displayName: '表示名',
    submit: 'サインイン',
    signUp: 'アカウントを作成',
    toSignUp: '初めての方はアカウントを作成',
    toSignIn: 'アカウントをお持ちの方はサインイン',
    retryIn: (seconds) => `${seconds}秒後にもう一度お試しください。`,
    unreachable: 'サーバーに接続できません。',
  },
  screens,
};
