import { keepPage } from './offline.ts';
import { showPushes } from './push.ts';

/*
 * What goes on without a page: it sends the page's own files when there is no network, and shows what was pushed. It is
 * a file of its own, by one name for ever, and imports nothing at run time.
 */

keepPage();
showPushes();
