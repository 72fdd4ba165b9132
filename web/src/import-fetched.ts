/** How long a file may take, in milliseconds: a connection that has died says nothing. */
const FETCH_MS = 60_000;

/** The files that are here, or on their way. */
const fetched = new Map<string, Promise<void>>();

/**
 * What each `import()` of the built page goes through, in the place of Vite's own preloading: all files are fetched, and
 * only then imported. A browser that could not fetch a script once, or one that it imports, gives it up for as long as
 * the page is open (https://github.com/whatwg/html/issues/6768); a fetch can be tried again. The import finds the files
 * in the browser's cache, where they stay, as their names change with what is in them.
 *
 * @param files of the part and of what it imports, without the slash before them
 * @throws TypeError or DOMException when one of them could not be fetched
 */
export async function importFetched<Module>(
  load: () => Promise<Module>,
  files: readonly string[],
): Promise<Module> {
  await Promise.all(files.map(getReady));
  return load();
}

function getReady(file: string): Promise<void> {
  let ready = fetched.get(file);
  if (ready === undefined) {
    ready = (file.endsWith('.css') ? addStyles : fetchScript)(`/${file}`);
    fetched.set(file, ready);
    ready.catch(() => fetched.delete(file));
  }
  return ready;
}

async function fetchScript(url: string): Promise<void> {
  const response = await fetch(url, { signal: AbortSignal.timeout(FETCH_MS) });
  if (!response.ok) {
    throw new TypeError(`${url} ${response.status}`);
  }
  await response.blob();
}

async function addStyles(url: string): Promise<void> {
  if (document.querySelector(`link[href="${url}"]`)) {
    return;
  }
  const link = document.createElement('link');
  link.rel = 'stylesheet';
  link.href = url;
  return new Promise((resolve, reject) => {
    link.onload = () => resolve();
    link.onerror = () => {
      link.remove();
      reject(new TypeError(url));
    };
    document.head.append(link);
  });
}
