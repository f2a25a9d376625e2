import { createHash } from 'node:crypto';
import { DatasetBuilder, features, type Pipeline, scalar, text } from '../../../../../src/index.js';

const schema = features({ number: scalar('int64'), digest: text() });

/** One generator, whose elements cost something, with a batch that does not end where parts would like to. */
export class Generated extends DatasetBuilder<typeof schema> {
  static override readonly datasetName = 'generated';
  static override readonly versions = { '1.0.0': 'First release.' };

  override info() {
    return { description: 'Numbers and their digests.', features: schema };
  }

  override splits(p: Pipeline) {
    const seen = p.counter('seen');
    return {
      train: p
        .generate(function* () {
          for (let number = 0; number < 120_000; number++) yield [number, number] as const;
        })
        .values()
        .mapBatches(77, (numbers) => {
          seen.add(numbers.length);
          return numbers.map((number) => ({ number, digest: slowDigest(number) }));
        })
        .keyBy(({ number }) => number),
    };
  }
}

function slowDigest(number: number): string {
  let digest = String(number);
  for (let round = 0; round < 4; round++) digest = createHash('sha256').update(digest).digest('hex');
  return digest;
}
