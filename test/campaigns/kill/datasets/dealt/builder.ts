import { createHash } from 'node:crypto';
import { DatasetBuilder, features, type Pipeline, scalar, text } from '../../../../../src/index.js';

const schema = features({ number: scalar('int64'), digest: text() });

/** A quick generator whose elements are dealt to all workers, where they are slow. */
export class Dealt extends DatasetBuilder<typeof schema> {
  static override readonly datasetName = 'dealt';
  static override readonly versions = { '1.0.0': 'First release.' };

  override info() {
    return { description: 'Numbers and their digests.', features: schema };
  }

  override splits(p: Pipeline) {
    const seen = p.counter('seen');
    return {
      train: p
        .generate(function* () {
          for (let number = 0; number < 60_000; number++) yield [number, number] as const;
        })
        .fanOut()
        .mapValues((number) => {
          seen.add();
          let digest = String(number);
          for (let round = 0; round < 10; round++) digest = createHash('sha256').update(digest).digest('hex');
          return { number, digest };
        }),
    };
  }
}
