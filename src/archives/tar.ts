import type { ByteInput } from './byte-input.js';
import { ByteQueue } from './byte-queue.js';
import { type ArchivePlace, damaged, type Member, memberPath, shown, unsafe } from './member.js';
import type { RandomAccess } from './random-access.js';
import { SeekingInput } from './seeking-input.js';
import {
  blockBytes,
  fillingOf,
  type Header,
  type Overrides,
  parseHeader,
  parsePax,
  takeExtension,
  untilZero,
} from './tar-header.js';

/** A member of a tar file, which says where its first header begins. */
export interface TarMember extends Member {
  readonly offset: number;
  /** Behind its content and what fills that up. */
  readonly end: number;
  /** Headers before it speak of it too: it can't be read without them. */
  readonly dependsOnEarlier: boolean;
}

/**
 * The members of a tar file, in its order: ustar, with the long names of pax and of GNU tar, and what came before them.
 *
 * @param blocks the file, decompressed; or a part of it that begins at byte `partAt`, where a member does, and ends where one ends.
 * @param archive for messages.
 * @throws DatasetsError ARCHIVE_UNSAFE for links, devices, sparse files and paths that leave the archive; SOURCE_MALFORMED
 */
export async function* tarMembers(
  blocks: AsyncIterable<Uint8Array>,
  archive: string,
  partAt?: number,
): AsyncGenerator<Member, void, undefined> {
  const queue = new ByteQueue(blocks, partAt ?? 0);
  try {
    yield* readMembers(queue, archive, partAt !== undefined);
  } finally {
    await queue.close();
  }
}

/**
 * The same members from their headers alone: the contents are skipped, and must not be read.
 *
 * @param windowBytes how much to read at once where members are small.
 */
export function scanTar(
  file: RandomAccess,
  archive: string,
  windowBytes: number,
): AsyncGenerator<TarMember, void, undefined> {
  return readMembers(new SeekingInput(file, windowBytes), archive, false);
}

async function* readMembers(
  input: ByteInput,
  archive: string,
  isPart: boolean,
): AsyncGenerator<TarMember, void, undefined> {
  let next: Overrides = {};
  let global: Overrides = {};
  let start = input.offset;
  for (;;) {
    const place = { archive, offset: input.offset };
    const block = await input.take(blockBytes);
    if (block.length === 0 && isPart) return;
    if (block.length < blockBytes) throw damaged(place, 'it ends without the mark of its end');
    if (block.every((byte) => byte === 0)) return;
    const header = parseHeader(block, place);
    switch (header.type) {
      case 'x':
        next = { ...next, ...parsePax(await takeExtension(input, header, place), place) };
        break;
      case 'g':
        global = { ...global, ...parsePax(await takeExtension(input, header, place), place) };
        break;
      case 'L':
        next = { ...next, path: untilZero(await takeExtension(input, header, place)) };
        break;
      case 'K':
        // The target of a link, which is refused when it comes.
        await takeExtension(input, header, place);
        break;
      default: {
        const { path = header.name, size = header.size } = { ...global, ...next };
        next = {};
        const dependsOnEarlier = global.path !== undefined || global.size !== undefined;
        yield* member(input, { name: path, type: header.type, size }, { archive, offset: start }, dependsOnEarlier);
        start = input.offset;
      }
    }
  }
}

async function* member(
  input: ByteInput,
  header: Header,
  place: ArchivePlace & { readonly offset: number },
  dependsOnEarlier: boolean,
): AsyncGenerator<TarMember, void, undefined> {
  const { archive, offset } = place;
  const path = memberPath(header.name, archive);
  const kind = kindOf(header, path, archive);
  const bytes = kind === 'folder' ? 0 : header.size;
  const body = new Body(input, bytes, place, path);
  // The folder of the archive itself.
  const end = input.offset + bytes + fillingOf(bytes);
  if (path !== '') yield { path, kind, bytes, offset, end, dependsOnEarlier, content: body.read() };
  else if (kind === 'file') throw unsafe(archive, 'a file has no name');
  await body.skip();
}

function kindOf({ name, type }: Header, path: string, archive: string): Member['kind'] {
  switch (type) {
    case '5':
      return 'folder';
    case '0':
    case '7':
    case '\0':
      // Before ustar there was no type for folders.
      return name.at(-1) === 0x2f ? 'folder' : 'file';
    case '1':
    case '2':
      throw unsafe(archive, `${shown(path)} is a link`);
    case 'S':
      throw unsafe(archive, `${shown(path)} is a sparse file`);
    default:
      throw unsafe(archive, `${shown(path)} is no plain file (type ${shown(type)})`);
  }
}

/** The content of a member, and the filling behind it. */
class Body {
  readonly #input: ByteInput;
  readonly #place: ArchivePlace;
  readonly #path: string;
  readonly #filling: number;
  #left: number;

  constructor(input: ByteInput, size: number, place: ArchivePlace, path: string) {
    this.#input = input;
    this.#left = size;
    this.#filling = fillingOf(size);
    this.#place = place;
    this.#path = path;
  }

  async *read(): AsyncGenerator<Uint8Array, void, undefined> {
    while (this.#left > 0) {
      const piece = await this.#input.takeSome(this.#left);
      if (piece === undefined) throw this.#cut();
      this.#left -= piece.length;
      yield piece;
    }
  }

  /** Goes behind the member, however much of it was read. */
  async skip(): Promise<void> {
    const skipped = await this.#input.skip(this.#left);
    if (skipped < this.#left) throw this.#cut();
    this.#left = 0;
    await this.#input.skip(this.#filling);
  }

  #cut() {
    return damaged(this.#place, `it ends in the middle of ${shown(this.#path)}`);
  }
}
