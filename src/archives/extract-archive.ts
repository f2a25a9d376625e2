import { createReadStream } from 'node:fs';
import { mkdir, open, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createGunzip } from 'node:zlib';
import { DatasetsError } from '../core/errors/index.js';
import { storageError, systemErrorCode } from '../storage/index.js';
import { piped, unzstd } from './decompress.js';
import { ExtractionLimit, type ExtractionLimits } from './extraction-limit.js';
import { damaged, type Member, memberPath, shown, unsafe } from './member.js';
import { tarMembers } from './tar.js';
import { zipMembers } from './zip.js';

/** How a file is packed. `gz` and `zst` hold one file, the others any number. */
export type ArchiveFormat = 'tar' | 'tar.gz' | 'tar.zst' | 'zip' | 'gz' | 'zst';

export interface Extraction {
  /** Absolute. */
  readonly path: string;
  readonly format: ArchiveFormat;
  /** For messages. */
  readonly archive: string;
  /** What the file in a `gz` or `zst` is called. */
  readonly onlyName: string;
  readonly limits: ExtractionLimits;
  readonly signal: AbortSignal;
}

/** What lies in the folder now. */
export interface Extracted {
  readonly files: number;
  readonly bytes: number;
}

/**
 * Extracts an archive into an empty folder. Only plain files and folders come out of it, each once, none outside of the folder; permissions and times are this
 * process's. On a failure the folder holds a part: whoever made it removes it.
 *
 * @param directory absolute; it exists and is empty.
 * @throws DatasetsError ARCHIVE_UNSAFE, LIMIT_EXCEEDED, SOURCE_MALFORMED, UNSUPPORTED, STORAGE_FULL, STORAGE_FAILED, INTERRUPTED
 */
export async function extractArchive(extraction: Extraction, directory: string): Promise<Extracted> {
  const { path, archive, limits, signal } = extraction;
  const { size } = await stat(path).catch((cause: unknown) => {
    throw storageError(cause, 'read', path);
  });
  const limit = new ExtractionLimit(limits, archive, size);
  const taken = new Map<string, Member['kind']>();
  let files = 0;
  let bytes = 0;
  for await (const member of membersOf(extraction)) {
    limit.takeMember();
    if (!isNew(member, taken, archive)) continue;
    const target = join(directory, member.path);
    await createFolder(member.kind === 'folder' ? target : dirname(target));
    if (member.kind === 'folder') continue;
    files++;
    bytes += await writeMember(member, target, limit, archive, signal);
  }
  return { files, bytes };
}

function membersOf(extraction: Extraction): AsyncIterable<Member> {
  const { path, format, archive } = extraction;
  switch (format) {
    case 'zip':
      return zipMembers(path, archive);
    case 'tar':
      return tarMembers(createReadStream(path, { highWaterMark: 1 << 18 }), archive);
    case 'tar.gz':
    case 'tar.zst':
      return tarMembers(plainBytes(extraction), archive);
    case 'gz':
    case 'zst':
      return onlyMember(extraction);
  }
}

function plainBytes({ path, format, archive }: Extraction): AsyncIterable<Uint8Array> {
  const source = createReadStream(path, { highWaterMark: 1 << 18 });
  const failed = (cause: unknown) => damaged({ archive }, `it is not a complete ${format} file`, cause);
  return format.endsWith('gz') ? piped(source, createGunzip({ chunkSize: 1 << 18 }), failed) : unzstd(source, failed);
}

async function* onlyMember(extraction: Extraction): AsyncGenerator<Member, void, undefined> {
  const path = memberPath(Buffer.from(extraction.onlyName), extraction.archive);
  yield { path, kind: 'file', bytes: undefined, content: plainBytes(extraction) };
}

/** Folders may come again, and are there as soon as something lies in them. */
function isNew({ path, kind }: Member, taken: Map<string, Member['kind']>, archive: string): boolean {
  const known = taken.get(path);
  if (known !== undefined && (known !== 'folder' || kind !== 'folder'))
    throw unsafe(archive, `${shown(path)} comes twice`);
  for (let slash = path.indexOf('/'); slash > 0; slash = path.indexOf('/', slash + 1)) {
    const folder = path.slice(0, slash);
    if (taken.get(folder) === 'file') throw unsafe(archive, `${shown(folder)} is a file and a folder`);
    taken.set(folder, 'folder');
  }
  taken.set(path, kind);
  return known === undefined;
}

async function createFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true });
  } catch (cause) {
    throw storageError(cause, 'create', path);
  }
}

/**
 * Writes the content of a member to a file that is not there yet, and returns its bytes.
 *
 * @param target absolute
 * @throws DatasetsError ARCHIVE_UNSAFE, LIMIT_EXCEEDED, STORAGE_FULL, STORAGE_FAILED, INTERRUPTED, and what its reader throws
 */
export async function writeMember(
  { path, content }: Pick<Member, 'path' | 'content'>,
  target: string,
  limit: ExtractionLimit,
  archive: string,
  signal: AbortSignal,
): Promise<number> {
  // Never through a link, never over something: on a file system that takes `A` for `a`, they are the same member twice.
  const file = await open(target, 'wx').catch((cause: unknown) => {
    if (systemErrorCode(cause) === 'EEXIST') throw unsafe(archive, `${shown(path)} comes twice`);
    throw storageError(cause, 'create', target);
  });
  let bytes = 0;
  try {
    for await (const chunk of content) {
      if (signal.aborted) throw interrupted(archive, signal);
      limit.take(chunk.length);
      await file.writeFile(chunk).catch((cause: unknown) => {
        throw storageError(cause, 'write', target);
      });
      bytes += chunk.length;
    }
  } finally {
    await file.close();
  }
  return bytes;
}

function interrupted(archive: string, signal: AbortSignal): DatasetsError {
  return new DatasetsError('INTERRUPTED', `the extraction of ${archive} was interrupted`, {
    hint: 'Start it again when you like.',
    cause: signal.reason,
    at: { file: archive },
  });
}
