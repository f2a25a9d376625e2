import { DatasetsError } from '../core/errors/index.js';

/** A file or a folder of an archive. */
export interface Member {
  /** Safe: relative, with `/`, inside the archive. */
  readonly path: string;
  readonly kind: 'file' | 'folder';
  /** Of the content, as the archive says; undefined where it doesn't. */
  readonly bytes: number | undefined;
  /** The content, to be read to its end before the next member is asked for; empty for a folder. Checked where the format has a checksum. */
  readonly content: AsyncIterable<Uint8Array>;
}

/** What no file system that matters allows more of. */
const maxPartBytes = 255;
const maxPathBytes = 4096;

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * The path of a member as it may be used on this machine.
 *
 * @param archive for messages.
 * @returns '' for the archive's own folder (`./`).
 * @throws DatasetsError ARCHIVE_UNSAFE for a path that is absolute, has a drive letter, `..`, a backslash or a control character, or that no file system takes
 */
export function memberPath(raw: Uint8Array, archive: string): string {
  const path = decodeName(raw, archive);
  const parts = path.split('/').filter((part) => part !== '' && part !== '.');
  const problem = path.startsWith('/')
    ? 'is absolute'
    : parts.includes('..')
      ? 'leads out of it'
      : /^[A-Za-z]:/.test(path)
        ? 'has a drive letter'
        : /[\p{Cc}\p{Cs}\\]/u.test(path)
          ? 'has a backslash or a control character'
          : parts.some((part) => Buffer.byteLength(part) > maxPartBytes) || raw.length > maxPathBytes
            ? 'is too long'
            : undefined;
  if (problem !== undefined) throw unsafe(archive, `the path ${shown(path)} ${problem}`);
  return parts.join('/');
}

function decodeName(raw: Uint8Array, archive: string): string {
  try {
    return decoder.decode(raw);
  } catch (cause) {
    throw damaged({ archive }, `the name ${shown(Buffer.from(raw).toString('latin1'))} is not UTF-8`, cause);
  }
}

/** A name that an attacker chose must not fill a screen or steer a terminal; JSON escapes do for the rest. */
export function shown(name: string): string {
  const quoted = JSON.stringify(name).replace(/[\u007f-\u009f]/g, '?');
  return quoted.length <= 120 ? quoted : `${quoted.slice(0, 120)}…`;
}

export function unsafe(archive: string, problem: string): DatasetsError {
  return new DatasetsError('ARCHIVE_UNSAFE', `${archive} is refused: ${problem}`, {
    hint: 'Ask who made the archive. Nothing of it was kept; a trusted one can be unpacked by hand and read with this.manualPath(...).',
    at: { file: archive },
  });
}

/** What is wrong in an archive, and where. */
export interface ArchivePlace {
  readonly archive: string;
  /** Of the header concerned, in the archive without compression. */
  readonly offset?: number;
}

export function damaged({ archive, offset }: ArchivePlace, problem: string, cause?: unknown): DatasetsError {
  const where = offset === undefined ? '' : ` (at byte ${offset})`;
  return new DatasetsError('SOURCE_MALFORMED', `${archive} can't be read: ${problem}${where}`, {
    hint: 'The file is broken, or of another format than was named: look at it, fetch or write it again, or name the right format. A download has the checksum that was registered: there the file itself is broken.',
    ...(cause === undefined ? {} : { cause }),
    at: { file: archive, ...(offset === undefined ? {} : { offset }) },
  });
}
