import { ByteQueue } from './byte-queue.js';
import { damaged, type Member, memberPath, shown, unsafe } from './member.js';

/** https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html#tag_20_94_13_06 */
const blockBytes = 512;
/** Long names and other attributes take far less. */
const maxExtensionBytes = 1 << 20;

interface Header {
  readonly name: Uint8Array;
  readonly type: string;
  readonly size: number;
}

/**
 * The members of a tar file, in its order: ustar, with the long names of pax and of GNU tar, and what came before them.
 *
 * @param blocks the file, decompressed.
 * @param archive for messages.
 * @throws DatasetsError ARCHIVE_UNSAFE for links, devices, sparse files and paths that leave the archive; SOURCE_MALFORMED
 */
export async function* tarMembers(
  blocks: AsyncIterable<Uint8Array>,
  archive: string,
): AsyncGenerator<Member, void, undefined> {
  const queue = new ByteQueue(blocks);
  try {
    yield* readMembers(queue, archive);
  } finally {
    await queue.close();
  }
}

async function* readMembers(queue: ByteQueue, archive: string): AsyncGenerator<Member, void, undefined> {
  let next: Overrides = {};
  let global: Overrides = {};
  for (;;) {
    const block = await queue.take(blockBytes);
    if (block.length < blockBytes) throw damaged(archive, 'it ends without the mark of its end');
    if (block.every((byte) => byte === 0)) return;
    const header = parseHeader(block, archive);
    switch (header.type) {
      case 'x':
        next = { ...next, ...parsePax(await extension(queue, header, archive), archive) };
        break;
      case 'g':
        global = { ...global, ...parsePax(await extension(queue, header, archive), archive) };
        break;
      case 'L':
        next = { ...next, path: untilZero(await extension(queue, header, archive)) };
        break;
      case 'K':
        // The target of a link, which is refused when it comes.
        await extension(queue, header, archive);
        break;
      default: {
        const { path = header.name, size = header.size } = { ...global, ...next };
        next = {};
        yield* member(queue, { name: path, type: header.type, size }, archive);
      }
    }
  }
}

async function* member(queue: ByteQueue, header: Header, archive: string): AsyncGenerator<Member, void, undefined> {
  const path = memberPath(header.name, archive);
  const kind = kindOf(header, path, archive);
  const body = new Body(queue, kind === 'folder' ? 0 : header.size, archive, path);
  // The folder of the archive itself.
  if (path !== '') yield { path, kind, content: body.read() };
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
  readonly #queue: ByteQueue;
  readonly #archive: string;
  readonly #path: string;
  readonly #filling: number;
  #left: number;

  constructor(queue: ByteQueue, size: number, archive: string, path: string) {
    this.#queue = queue;
    this.#left = size;
    this.#filling = (blockBytes - (size % blockBytes)) % blockBytes;
    this.#archive = archive;
    this.#path = path;
  }

  async *read(): AsyncGenerator<Uint8Array, void, undefined> {
    while (this.#left > 0) {
      const piece = await this.#queue.takeSome(this.#left);
      if (piece === undefined) throw damaged(this.#archive, `it ends in the middle of ${shown(this.#path)}`);
      this.#left -= piece.length;
      yield piece;
    }
  }

  /** Goes behind the member, however much of it was read. */
  async skip(): Promise<void> {
    for await (const _ of this.read());
    await this.#queue.take(this.#filling);
  }
}

function parseHeader(block: Buffer, archive: string): Header {
  checkSum(block, archive);
  const isPosix = block.toString('latin1', 257, 263) === 'ustar\0';
  const name = untilZero(block.subarray(0, 100));
  // GNU tar uses the place of the prefix for something else.
  const prefix = isPosix ? untilZero(block.subarray(345, 500)) : new Uint8Array(0);
  return {
    name: prefix.length === 0 ? name : Buffer.concat([prefix, Buffer.from('/'), name]),
    type: String.fromCharCode(block[156] ?? 0),
    size: parseNumber(block.subarray(124, 136), archive),
  };
}

/** The sum of all bytes, its own field as spaces; old programs took the bytes as signed. */
function checkSum(block: Buffer, archive: string): void {
  let unsigned = 0;
  let signed = 0;
  block.forEach((byte, index) => {
    const value = index >= 148 && index < 156 ? 0x20 : byte;
    unsigned += value;
    signed += value > 127 ? value - 256 : value;
  });
  const expected = parseNumber(block.subarray(148, 156), archive);
  if (expected !== unsigned && expected !== signed) throw damaged(archive, 'it is no tar file, or a header is broken');
}

/** Octal digits, or, as GNU tar writes large ones, a number in base 256 with the first bit set. */
function parseNumber(field: Uint8Array, archive: string): number {
  const [first = 0] = field;
  if (first === 0x80) {
    const value = field.subarray(1).reduce((sum, byte) => sum * 256 + byte, 0);
    if (Number.isSafeInteger(value)) return value;
  }
  const text = Buffer.from(untilZero(field)).toString('latin1').trim();
  if (first < 0x80 && /^[0-7]*$/.test(text)) return text === '' ? 0 : Number.parseInt(text, 8);
  throw damaged(archive, 'a header has a number that is none');
}

function untilZero(bytes: Uint8Array): Uint8Array {
  const end = bytes.indexOf(0);
  return end < 0 ? bytes : bytes.subarray(0, end);
}

async function extension(queue: ByteQueue, { size }: Header, archive: string): Promise<Buffer> {
  if (size > maxExtensionBytes) throw damaged(archive, `a header is ${size} bytes large`);
  const bytes = await queue.take(size);
  await queue.take((blockBytes - (size % blockBytes)) % blockBytes);
  if (bytes.length < size) throw damaged(archive, 'it ends in the middle of a header');
  return bytes;
}

/** What extended headers say in place of the plain one. */
interface Overrides {
  readonly path?: Uint8Array;
  readonly size?: number;
}

/** Records `<length> <key>=<value>\n`, the length being that of the whole record in bytes. */
function parsePax(bytes: Buffer, archive: string): Overrides {
  let overrides: Overrides = {};
  for (let at = 0; at < bytes.length; ) {
    const space = bytes.indexOf(0x20, at);
    const digits = space < 0 ? '' : bytes.toString('latin1', at, space);
    const end = at + Number(digits);
    const equals = bytes.indexOf(0x3d, space);
    const isRecord = /^[1-9]\d{0,8}$/.test(digits) && equals > space && equals < end && bytes[end - 1] === 0x0a;
    if (!isRecord) throw damaged(archive, 'an extended header is broken');
    const key = bytes.toString('utf8', space + 1, equals);
    const value = bytes.subarray(equals + 1, end - 1);
    if (key.startsWith('GNU.sparse.')) throw unsafe(archive, 'it holds a sparse file');
    if (key === 'path') overrides = { ...overrides, path: value };
    if (key === 'size') overrides = { ...overrides, size: paxSize(value.toString('latin1'), archive) };
    at = end;
  }
  return overrides;
}

function paxSize(text: string, archive: string): number {
  const size = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isSafeInteger(size)) return size;
  throw damaged(archive, 'an extended header has a size that is none');
}
