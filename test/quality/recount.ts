import { stringifyJson } from '../../src/core/json/index.js';
import { openVersion } from '../../src/reader/index.js';

export interface Recount {
  readonly same: number;
  readonly added: number;
  readonly removed: number;
  readonly changed: number;
}

/** Counts what differs in a split by reading both versions whole: examples are known by their `id`, and compared by the named fields. */
export async function recount(
  before: string,
  after: string,
  split: string,
  fields: readonly string[],
): Promise<Recount> {
  const [old, now] = await Promise.all([textsById(before, split, fields), textsById(after, split, fields)]);
  const common = [...now.keys()].filter((id) => old.has(id));
  const same = common.filter((id) => old.get(id) === now.get(id)).length;
  return {
    same,
    added: now.size - common.length,
    removed: old.size - common.length,
    changed: common.length - same,
  };
}

async function textsById(
  directory: string,
  split: string,
  fields: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const version = await openVersion<Readonly<Record<string, unknown>>>(directory);
  const texts = new Map<string, string>();
  for (const example of await version.dataset(split).toArray()) {
    texts.set(String(example['id']), stringifyJson(fields.map((field) => example[field])));
  }
  return texts;
}
