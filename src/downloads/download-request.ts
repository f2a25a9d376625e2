import type { ArchiveFormat } from '../archives/index.js';
import { DatasetsError } from '../core/errors/index.js';
import { cleanUrl, lastPart } from '../core/location/index.js';

/** What is to be downloaded. */
export interface DownloadRequest {
  /** `https://`, `http://` or `gs://`. Credentials and signatures in it are used, and shown nowhere. */
  readonly url: string | URL;
  /** What the content must have, hex. Default: what `checksums.tsv` beside the builder says. */
  readonly sha256?: string;
  /** The size that goes with the sha256: what is larger is not taken to its end. */
  readonly bytes?: number;
  /** Default: the last part of the URL. */
  readonly fileName?: string;
  /** Unpacks it: `true` by the ending of its file name, or the format. */
  readonly extract?: boolean | ArchiveFormat;
}

/** A request after its check. */
export interface Download {
  /** As the author wrote it: may hold secrets. */
  readonly address: URL;
  /** For messages, records and checksums: holds none. */
  readonly url: string;
  readonly fileName: string;
  /** Lower-case hex. */
  readonly sha256: string | undefined;
  readonly bytes: number | undefined;
  readonly archive: ArchiveFormat | undefined;
}

/** @throws DatasetsError PIPELINE_INVALID, UNSUPPORTED for another kind of URL. */
export function checkRequest(request: string | URL | DownloadRequest): Download {
  const asked: DownloadRequest =
    typeof request === 'string' || request instanceof URL ? { url: request } : checkedObject(request);
  const address = parseUrl(asked.url);
  const url = cleanUrl(address);
  const fileName = safeFileName(asked.fileName ?? lastPart(address));
  if (asked.sha256 !== undefined && !/^[0-9a-f]{64}$/i.test(asked.sha256)) {
    throw invalid(url, 'its sha256 is not 64 hexadecimal digits');
  }
  if (asked.bytes !== undefined && asked.sha256 === undefined) throw invalid(url, 'it has bytes and no sha256');
  if (asked.bytes !== undefined && !(Number.isSafeInteger(asked.bytes) && asked.bytes >= 0)) {
    throw invalid(url, 'its bytes are not a whole number');
  }
  const archive = archiveOf(asked.extract, fileName, url);
  return { address, url, fileName, sha256: asked.sha256?.toLowerCase(), bytes: asked.bytes, archive };
}

const fields: ReadonlySet<string> = new Set(['url', 'sha256', 'bytes', 'fileName', 'extract']);

/** Tells one request from a record or a list of them: a record has names of its own. */
export function isRequest(value: unknown): value is string | URL | DownloadRequest {
  if (typeof value === 'string' || value instanceof URL) return true;
  if (typeof value !== 'object' || value === null || !('url' in value)) return false;
  return Object.keys(value).every((name) => fields.has(name));
}

function checkedObject(request: DownloadRequest): DownloadRequest {
  if (isRequest(request)) return request;
  throw new DatasetsError('PIPELINE_INVALID', 'p.download is given something that names no URL', {
    hint: "Write p.download('https://…'), p.download({ url, sha256 }), or a list or a record of these.",
  });
}

function parseUrl(url: string | URL): URL {
  let parsed: URL;
  try {
    parsed = new URL(url);
  } catch {
    // The text may hold a secret, so it is not shown; nor is the cause, which quotes it.
    throw new DatasetsError('PIPELINE_INVALID', 'p.download is given a text that is no URL', {
      hint: 'Write it whole: https://host/path. Files of this machine need no download: name their path to the source.',
    });
  }
  if (['https:', 'http:', 'gs:'].includes(parsed.protocol)) return parsed;
  throw new DatasetsError('UNSUPPORTED', `${parsed.protocol}// URLs can't be downloaded: ${cleanUrl(parsed)}`, {
    hint: 'Use https://, http:// or gs://.',
  });
}

/** One file name that every file system takes. */
function safeFileName(name: string): string {
  const safe = name.replace(/[^A-Za-z0-9._+=@-]+/g, '_').replace(/^\.+/, '_');
  // The ending tells how it is packed: a long name loses its beginning.
  return safe === '' ? 'download' : safe.slice(-120);
}

const endings: readonly (readonly [ending: RegExp, format: ArchiveFormat])[] = [
  [/\.(?:tar\.gz|tgz)$/i, 'tar.gz'],
  [/\.(?:tar\.zst|tzst)$/i, 'tar.zst'],
  [/\.tar$/i, 'tar'],
  [/\.zip$/i, 'zip'],
  [/\.gz$/i, 'gz'],
  [/\.zst$/i, 'zst'],
];

const formats: readonly unknown[] = endings.map(([, format]) => format);

function archiveOf(extract: boolean | ArchiveFormat | undefined, fileName: string, url: string) {
  if (extract === undefined || extract === false) return undefined;
  if (extract !== true) {
    if (formats.includes(extract)) return extract;
    throw invalid(url, `extract says ${JSON.stringify(extract)}, not true or one of ${formats.join(', ')}`);
  }
  const format = endings.find(([ending]) => ending.test(fileName))?.[1];
  if (format === undefined) throw invalid(url, `the name ${fileName} does not tell how it is packed`);
  return format;
}

function invalid(url: string, problem: string): DatasetsError {
  return new DatasetsError('PIPELINE_INVALID', `p.download can't take ${url}: ${problem}`, {
    hint: "For example: p.download({ url: 'https://host/data.zip', sha256: '…', fileName: 'data.zip', extract: 'zip' }).",
    at: { file: url },
  });
}
