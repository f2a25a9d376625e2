import { md5InitialState, md5Rotations, md5SineTable, md5WordOf } from './md5.js';

/**
 * MD5 of twelve one-block messages at a time: WebAssembly SIMD, assembled here from MD5's definition (14 kB of code, compiled in a few milliseconds).
 *
 * MD5 is one long chain of dependent additions, so that one message keeps a processor's ports mostly idle. A 128-bit vector carries four
 * messages, and three such vectors are advanced in turn ("lane sets") to fill the latency of the chain. Measured: 39 ns a key, reading and writing rows included, against 265 in
 * JavaScript; two or four lane sets are slower.
 *
 * Memory of one group (768 bytes): lane set 0, 1, 2; each 16 vectors, one for each word of the block; each vector one word of four messages.
 * The digests replace the first four vectors of their lane set, as big-endian words.
 */
export const laneSets = 3;
export const lanesPerGroup = laneSets * 4;
const groupBytes = laneSets * 256;

// WebAssembly core specification, 5.4 (instructions); the vector opcodes follow the prefix 0xfd.
const op = {
  block: 0x02,
  loop: 0x03,
  end: 0x0b,
  branch: 0x0c,
  branchIf: 0x0d,
  localGet: 0x20,
  localSet: 0x21,
  i32Const: 0x41,
  i32EqualsZero: 0x45,
  i32Add: 0x6a,
  i32Sub: 0x6b,
  vector: 0xfd,
} as const;
const vectorOp = {
  load: 0,
  store: 11,
  const: 12,
  shuffle: 13,
  not: 77,
  or: 80,
  xor: 81,
  bitselect: 82,
  i32x4ShiftLeft: 171,
  i32x4ShiftRightUnsigned: 173,
  i32x4Add: 174,
} as const;
const valueType = { i32: 0x7f, v128: 0x7b } as const;
const emptyBlockType = 0x40;
/** Vectors are 16-byte aligned: 2^4. */
const alignment = 4;

const pointer = 0;
const groupsLeft = 1;
const firstVectorLocal = 2;

/** Bytes of one function body, grown instruction by instruction. */
class Assembler {
  readonly bytes: number[] = [];

  emit(...bytes: readonly number[]): void {
    this.bytes.push(...bytes);
  }

  vector(opcode: number): void {
    this.emit(op.vector, ...unsignedLeb(opcode));
  }

  get(local: number): void {
    this.emit(op.localGet, ...unsignedLeb(local));
  }

  set(local: number): void {
    this.emit(op.localSet, ...unsignedLeb(local));
  }

  i32(value: number): void {
    this.emit(op.i32Const, ...signedLeb(value));
  }

  /** The same word in all four lanes. */
  splat(word: number): void {
    this.vector(vectorOp.const);
    for (let lane = 0; lane < 4; lane++) this.emit(word & 255, (word >> 8) & 255, (word >> 16) & 255, word >>> 24);
  }

  loadVector(offset: number): void {
    this.get(pointer);
    this.vector(vectorOp.load);
    this.emit(alignment, ...unsignedLeb(offset));
  }

  /** Stores the vector on the stack; the address must lie below it. */
  storeVector(offset: number): void {
    this.vector(vectorOp.store);
    this.emit(alignment, ...unsignedLeb(offset));
  }

  /** Swaps the bytes of each of the four words on top of the stack. */
  swapBytes(): void {
    this.set(scratchLocal);
    this.get(scratchLocal);
    this.get(scratchLocal);
    this.vector(vectorOp.shuffle);
    this.emit(3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12);
  }
}

const scratchLocal = firstVectorLocal + laneSets * 4;

/** Where lane set `set` keeps a, b, c and d (0 to 3). */
function stateLocal(set: number, name: number): number {
  return firstVectorLocal + set * 4 + name;
}

/** The round's function of b, c and d on the stack (RFC 1321, 3.4: F, G, H, I). */
function emitRoundFunction(code: Assembler, round: number, b: number, c: number, d: number): void {
  if (round === 0) {
    code.get(c);
    code.get(d);
    code.get(b);
    code.vector(vectorOp.bitselect);
  } else if (round === 1) {
    code.get(b);
    code.get(c);
    code.get(d);
    code.vector(vectorOp.bitselect);
  } else if (round === 2) {
    code.get(b);
    code.get(c);
    code.vector(vectorOp.xor);
    code.get(d);
    code.vector(vectorOp.xor);
  } else {
    code.get(b);
    code.get(d);
    code.vector(vectorOp.not);
    code.vector(vectorOp.or);
    code.get(c);
    code.vector(vectorOp.xor);
  }
}

/** a = b + rotateLeft(a + f(b, c, d) + block[word] + sine, rotation) for one lane set. */
function emitStep(code: Assembler, step: number, set: number, names: readonly [number, number, number, number]): void {
  const round = step >> 4;
  const rotation = md5Rotations[round]?.[step & 3] ?? 0;
  const [a, b, c, d] = names.map((name) => stateLocal(set, name)) as [number, number, number, number];
  code.get(a);
  emitRoundFunction(code, round, b, c, d);
  code.vector(vectorOp.i32x4Add);
  code.loadVector(set * 256 + md5WordOf(step) * 16);
  code.splat(md5SineTable[step] ?? 0);
  code.vector(vectorOp.i32x4Add);
  code.vector(vectorOp.i32x4Add);
  code.set(a);
  code.get(a);
  code.i32(rotation);
  code.vector(vectorOp.i32x4ShiftLeft);
  code.get(a);
  code.i32(32 - rotation);
  code.vector(vectorOp.i32x4ShiftRightUnsigned);
  code.vector(vectorOp.or);
  code.get(b);
  code.vector(vectorOp.i32x4Add);
  code.set(a);
}

function functionBody(): number[] {
  const code = new Assembler();
  code.emit(op.block, emptyBlockType, op.loop, emptyBlockType);
  code.get(groupsLeft);
  code.emit(op.i32EqualsZero, op.branchIf, 1);
  for (let set = 0; set < laneSets; set++) {
    md5InitialState.forEach((word, name) => {
      code.splat(word);
      code.set(stateLocal(set, name));
    });
  }
  let names: [number, number, number, number] = [0, 1, 2, 3];
  for (let step = 0; step < 64; step++) {
    for (let set = 0; set < laneSets; set++) emitStep(code, step, set, names);
    const [a, b, c, d] = names;
    names = [d, a, b, c];
  }
  for (let set = 0; set < laneSets; set++) {
    md5InitialState.forEach((word, name) => {
      code.get(pointer);
      code.get(stateLocal(set, name));
      code.splat(word);
      code.vector(vectorOp.i32x4Add);
      code.swapBytes();
      code.storeVector(set * 256 + name * 16);
    });
  }
  code.get(pointer);
  code.i32(groupBytes);
  code.emit(op.i32Add);
  code.set(pointer);
  code.get(groupsLeft);
  code.i32(1);
  code.emit(op.i32Sub);
  code.set(groupsLeft);
  code.emit(op.branch, 0, op.end, op.end, op.end);
  const vectorLocals = [1, ...unsignedLeb(laneSets * 4 + 1), valueType.v128];
  return [...vectorLocals, ...code.bytes];
}

/** A module that imports `env.memory` and exports `hash(pointer, groups)` (WebAssembly core specification, 5.5). */
function moduleBytes(): Uint8Array<ArrayBuffer> {
  const body = functionBody();
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [1, 0x60, 2, valueType.i32, valueType.i32, 0]),
    ...section(2, [1, ...name('env'), ...name('memory'), 2, 0, 1]),
    ...section(3, [1, 0]),
    ...section(7, [1, ...name('hash'), 0, 0]),
    ...section(10, [1, ...unsignedLeb(body.length), ...body]),
  ]);
}

function section(id: number, content: readonly number[]): number[] {
  return [id, ...unsignedLeb(content.length), ...content];
}

function name(text: string): number[] {
  return [text.length, ...Buffer.from(text)];
}

function unsignedLeb(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  do {
    const low = rest & 127;
    rest >>>= 7;
    bytes.push(rest === 0 ? low : low | 128);
  } while (rest !== 0);
  return bytes;
}

function signedLeb(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (;;) {
    const low = rest & 127;
    rest >>= 7;
    if ((rest === 0 && (low & 64) === 0) || (rest === -1 && (low & 64) !== 0)) return [...bytes, low];
    bytes.push(low | 128);
  }
}

/** What is used of the WebAssembly JavaScript interface (its types come with browsers' libraries, not with Node's). */
declare const WebAssembly:
  | {
      validate(bytes: Uint8Array<ArrayBuffer>): boolean;
      readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object;
      readonly Memory: new (limits: { readonly initial: number }) => { readonly buffer: ArrayBuffer };
      readonly Instance: new (
        module: object,
        imports: object,
      ) => { readonly exports: Readonly<Record<string, unknown>> };
    }
  | undefined;

/** A buffer of message groups with the function that hashes them in place. */
export interface SimdMd5 {
  readonly words: Int32Array;
  /** Hashes the first `groups` groups. */
  hash(groups: number): void;
}

/**
 * Room for `groups` groups, or undefined where the processor or the deployment has no WebAssembly SIMD (then `md5.ts` does the work, to the same
 * result).
 */
export function createSimdMd5(groups: number): SimdMd5 | undefined {
  const bytes = moduleBytes();
  if (typeof WebAssembly !== 'object' || !WebAssembly.validate(bytes)) return undefined;
  const memory = new WebAssembly.Memory({ initial: Math.ceil((groups * groupBytes) / 65536) });
  const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } });
  const hash = instance.exports['hash'] as (pointer: number, groups: number) => void;
  return { words: new Int32Array(memory.buffer), hash: (count) => hash(0, count) };
}
