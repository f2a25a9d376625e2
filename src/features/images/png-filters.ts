/** Filter types of PNG (specification, section 9.2). */
export const pngFilters = { none: 0, sub: 1, up: 2, average: 3, paeth: 4 } as const;

/** The neighbour of a, b, c that is nearest to a + b - c (PNG specification, section 9.4). */
function paeth(left: number, above: number, upperLeft: number): number {
  const estimate = left + above - upperLeft;
  const toLeft = Math.abs(estimate - left);
  const toAbove = Math.abs(estimate - above);
  const toUpperLeft = Math.abs(estimate - upperLeft);
  if (toLeft <= toAbove && toLeft <= toUpperLeft) return left;
  return toAbove <= toUpperLeft ? above : upperLeft;
}

/**
 * Filters row `row` of `raw` into `out` (without the byte that names the filter) and returns the sum of its values as signed bytes,
 * which the encoder compares: the smaller, the better it usually compresses (PNG specification, section 12.8).
 *
 * @param step bytes of a pixel
 */
export function filterRow(
  filter: number,
  raw: Uint8Array,
  rowStart: number,
  rowBytes: number,
  step: number,
  out: Uint8Array,
): number {
  const hasAbove = rowStart > 0;
  let sum = 0;
  for (let index = 0; index < rowBytes; index++) {
    const at = rowStart + index;
    const left = index >= step ? (raw[at - step] ?? 0) : 0;
    const above = hasAbove ? (raw[at - rowBytes] ?? 0) : 0;
    const value =
      (raw[at] ?? 0) -
      prediction(filter, left, above, index >= step && hasAbove ? (raw[at - rowBytes - step] ?? 0) : 0);
    out[index] = value;
    const signed = (value << 24) >> 24;
    sum += signed < 0 ? -signed : signed;
  }
  return sum;
}

function prediction(filter: number, left: number, above: number, upperLeft: number): number {
  switch (filter) {
    case pngFilters.sub:
      return left;
    case pngFilters.up:
      return above;
    case pngFilters.average:
      return (left + above) >> 1;
    case pngFilters.paeth:
      return paeth(left, above, upperLeft);
    default:
      return 0;
  }
}

/** Undoes filters in place: `rows` holds for each row the byte of its filter and the filtered bytes. Returns the bytes without filters. */
export function unfilter(rows: Uint8Array, rowBytes: number, height: number, step: number): Uint8Array | undefined {
  const raw = new Uint8Array(rowBytes * height);
  for (let row = 0; row < height; row++) {
    const from = row * (rowBytes + 1);
    const filter = rows[from] ?? 0;
    if (filter > pngFilters.paeth) return undefined;
    const to = row * rowBytes;
    if (filter === pngFilters.none) raw.set(rows.subarray(from + 1, from + 1 + rowBytes), to);
    else unfilterRow(filter, rows, from + 1, raw, to, rowBytes, step);
  }
  return raw;
}

function unfilterRow(
  filter: number,
  rows: Uint8Array,
  from: number,
  raw: Uint8Array,
  to: number,
  rowBytes: number,
  step: number,
): void {
  for (let index = 0; index < rowBytes; index++) {
    const at = to + index;
    const left = index >= step ? (raw[at - step] ?? 0) : 0;
    const above = to > 0 ? (raw[at - rowBytes] ?? 0) : 0;
    const upperLeft = index >= step && to > 0 ? (raw[at - rowBytes - step] ?? 0) : 0;
    raw[at] = (rows[from + index] ?? 0) + prediction(filter, left, above, upperLeft);
  }
}
