/** Codes by symbol, as they are written: from the lowest bit on, with the extra bits of the symbol behind them. */
export interface PrefixCodes {
  readonly codes: Uint32Array;
  readonly bits: Uint8Array;
}

/** The fixed codes of deflate (RFC 1951, section 3.2.6). */
export interface FixedCodes {
  /** Bytes, and 256 for the end of a block. */
  readonly literals: PrefixCodes;
  /** By the length of a match: 3 to 258. */
  readonly lengths: PrefixCodes;
  /** By the distance of a match: 1 to 4096. */
  readonly distances: PrefixCodes;
}

const symbolCount = 288;
const longestMatch = 258;
const farthestMatch = 4096;

export function fixedCodes(): FixedCodes {
  const literals = emptyCodes(symbolCount);
  for (let symbol = 0; symbol < symbolCount; symbol++) {
    const [code, bits] = literalCode(symbol);
    set(literals, symbol, code, bits, 0, 0);
  }
  return { literals, lengths: lengthCodes(), distances: distanceCodes() };
}

function literalCode(symbol: number): readonly [code: number, bits: number] {
  if (symbol < 144) return [0b0011_0000 + symbol, 8];
  if (symbol < 256) return [0b1_1001_0000 + symbol - 144, 9];
  if (symbol < 280) return [symbol - 256, 7];
  return [0b1100_0000 + symbol - 280, 8];
}

/** Eight lengths with a symbol each, then four symbols for each number of extra bits; 258 has one of its own. */
function lengthCodes(): PrefixCodes {
  const lengths = emptyCodes(longestMatch + 1);
  for (let length = 3; length < longestMatch; length++) {
    const above = length - 3;
    const extraBits = above < 8 ? 0 : 29 - Math.clz32(above);
    const symbol = 257 + (extraBits << 2) + (above >> extraBits);
    set(lengths, length, ...literalCode(symbol), above & ((1 << extraBits) - 1), extraBits);
  }
  set(lengths, longestMatch, ...literalCode(285), 0, 0);
  return lengths;
}

/** Four distances with a symbol each, then two symbols for each number of extra bits; all symbols have 5 bits. */
function distanceCodes(): PrefixCodes {
  const distances = emptyCodes(farthestMatch + 1);
  for (let distance = 1; distance <= farthestMatch; distance++) {
    const above = distance - 1;
    const extraBits = above < 4 ? 0 : 30 - Math.clz32(above);
    const symbol = (extraBits << 1) + (above >> extraBits);
    set(distances, distance, symbol, 5, above & ((1 << extraBits) - 1), extraBits);
  }
  return distances;
}

function emptyCodes(count: number): PrefixCodes {
  return { codes: new Uint32Array(count), bits: new Uint8Array(count) };
}

/** Codes are written with their highest bit first, all else with its lowest (section 3.1.1). */
function set(
  { codes, bits }: PrefixCodes,
  symbol: number,
  code: number,
  codeBits: number,
  extra: number,
  extraBits: number,
): void {
  let reversed = 0;
  for (let bit = 0; bit < codeBits; bit++) reversed |= ((code >> bit) & 1) << (codeBits - 1 - bit);
  codes[symbol] = reversed | (extra << codeBits);
  bits[symbol] = codeBits + extraBits;
}
