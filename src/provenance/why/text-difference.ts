/** More would be no help to read, and the table of lines has as many cells as the product of both. */
const mostCells = 4_000_000;
const contextLines = 2;

/**
 * What is different between two texts, as `diff -u` shows it, without a head.
 *
 * @returns lines with `-`, `+` or a space before them, `…` between places; '' for equal texts
 */
export function textDifference(before: string, after: string): string {
  const old = before.trimEnd().split('\n');
  const now = after.trimEnd().split('\n');
  let start = 0;
  while (start < old.length && start < now.length && old[start] === now[start]) start++;
  let end = 0;
  while (end < Math.min(old.length, now.length) - start && old.at(-1 - end) === now.at(-1 - end)) end++;
  const middle = differingLines(old.slice(start, old.length - end), now.slice(start, now.length - end));
  const lines = [...old.slice(0, start).map(same), ...middle, ...old.slice(old.length - end).map(same)];
  return withoutFarLines(lines).join('\n');
}

function same(line: string): string {
  return ` ${line}`;
}

/** By the longest common subsequence. */
function differingLines(old: readonly string[], now: readonly string[]): readonly string[] {
  if (old.length * now.length > mostCells) return [...old.map((line) => `-${line}`), ...now.map((line) => `+${line}`)];
  const width = now.length + 1;
  const lengths = new Uint32Array((old.length + 1) * width);
  const lengthAt = (i: number, j: number): number => lengths[i * width + j] ?? 0;
  for (let i = old.length - 1; i >= 0; i--) {
    for (let j = now.length - 1; j >= 0; j--) {
      lengths[i * width + j] =
        old[i] === now[j] ? lengthAt(i + 1, j + 1) + 1 : Math.max(lengthAt(i + 1, j), lengthAt(i, j + 1));
    }
  }
  const lines: string[] = [];
  let i = 0;
  let j = 0;
  while (i < old.length || j < now.length) {
    if (i < old.length && j < now.length && old[i] === now[j]) {
      lines.push(` ${old[i]}`);
      i++;
      j++;
    } else if (j >= now.length || (i < old.length && lengthAt(i + 1, j) >= lengthAt(i, j + 1)))
      lines.push(`-${old[i++]}`);
    else lines.push(`+${now[j++]}`);
  }
  return lines;
}

function withoutFarLines(lines: readonly string[]): readonly string[] {
  const near = new Set<number>();
  for (const [index, line] of lines.entries()) {
    if (line.startsWith(' ')) continue;
    for (let other = index - contextLines; other <= index + contextLines; other++) near.add(other);
  }
  return lines.flatMap((line, index) => {
    if (near.has(index)) return [line];
    return near.has(index - 1) && lines.slice(index).some((_, offset) => near.has(index + offset)) ? ['…'] : [];
  });
}
