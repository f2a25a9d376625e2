import type { SourceBadRows } from '../../src/engines/index.js';
import { formatCount } from '../terminal/index.js';

/** `csv(items.csv): 3 malformed rows were left out, kept in /…/source-0.jsonl`, and the first of them. */
export function badRowsText({ source, rows, examples, quarantine }: SourceBadRows): string {
  const count = rows === 1 ? '1 malformed row was' : `${formatCount(rows)} malformed rows were`;
  const first = examples.map((example) => `  ${example}`);
  const more = rows > examples.length ? [`  and ${formatCount(rows - examples.length)} more`] : [];
  return [`${source}: ${count} left out, kept in ${quarantine}`, ...first, ...more].join('\n');
}
