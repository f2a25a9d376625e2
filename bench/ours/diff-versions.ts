import { join } from 'node:path';
import { features, optional, scalar, text } from '../../src/features/index.js';
import { diffVersions, requiredBump } from '../../src/quality/index.js';
import { buildVersion } from '../../test/reader/build-version.js';

/**
 * `node diff-versions.js prepare <registry> <rows>` publishes three versions of flights: one, one with edits, one with another feature;
 * `node diff-versions.js <before> <after> <registry>` compares two of them, and reports seconds, memory and counts.
 */
const schema = features({ id: scalar('int64'), delay: scalar('int32'), origin: text() });
const wider = features({ id: scalar('int64'), delay: scalar('int32'), origin: text(), late: optional(scalar('bool')) });

/** Of 1,000 rows one is gone, one has another key, and ten have other values. */
function* rows(count: number, isEdited: boolean, more: (id: number) => object = () => ({})) {
  for (let id = 0; id < count; id++) {
    const place = isEdited ? id % 1000 : 1000;
    if (place === 0) continue;
    const delay = place <= 10 ? -id : id % 1440;
    yield [place === 500 ? id + count : id, { id: BigInt(id), delay, origin: `A${id % 300}`, ...more(id) }] as const;
  }
}

const [first = '', second = '', third = ''] = process.argv.slice(2);
if (first === 'prepare') {
  const count = Number(third);
  const publish = (version: string, splits: Parameters<typeof buildVersion>[0]['splits'], isWider = false) =>
    buildVersion({
      ...{ registry: second, name: 'flights', version, splits, formats: ['tfrecord'], numShards: 8 },
      schema: isWider ? wider : schema,
    });
  await publish('1.0.0', { train: rows(count, false) });
  await publish('2.0.0', { train: rows(count, true) });
  await publish('1.1.0', { train: rows(count, false, (id) => ({ late: id % 3 === 0 })) }, true);
} else {
  const directory = (version: string) => join(third, 'flights', version);
  const started = performance.now();
  const diff = await diffVersions(directory(first), directory(second));
  const seconds = (performance.now() - started) / 1000;
  const peakBytes = process.resourceUsage().maxRSS * 1024;
  const [split] = diff.splits;
  const report = { seconds, peakBytes, bump: requiredBump(diff), comparedBy: diff.comparedBy, ...split?.keys };
  console.log(JSON.stringify(report));
}
