import type { DatasetCard } from '../../src/catalog/index.js';
import { printable } from '../terminal/index.js';

/** `until 2027-11-21: the result of clicks.sql is kept as …`, `always: …`, `never: …`. */
export function rebuildableText({ until, why }: NonNullable<DatasetCard['rebuildable']>): string {
  const when = until === 'always' || until === 'never' ? until : `until ${until.slice(0, 10)}`;
  return `${when}: ${printable(why)}`;
}
