import { createHash } from 'node:crypto';
import { DatasetBuilder, features, type Pipeline, scalar, tensor } from '../../../../../src/index.js';

const valuesPerExample = 2500;
const examplesPerBlock = 1000;
/** 10 MB of examples. */
export const bytesPerBlock = valuesPerExample * 4 * examplesPerBlock;

const schema = features({
  block: scalar('int64'),
  values: tensor({ dtype: 'float32', shape: [valuesPerExample] }),
});

/** Numbers without a pattern, as many bytes as AILAB_SOAK_BYTES says: a function of the number of their block alone. */
export class Noise extends DatasetBuilder<typeof schema> {
  static override readonly datasetName = 'noise';
  static override readonly versions = { '1.0.0': 'First release.' };

  override info() {
    return { description: 'Numbers without a pattern.', features: schema };
  }

  override splits(p: Pipeline) {
    const blocks = Math.ceil(Number(process.env['AILAB_SOAK_BYTES']) / bytesPerBlock);
    return {
      train: p
        .create(Array.from({ length: blocks }, (_, block) => block))
        .reshuffle()
        .flatMap(function* (block) {
          let state = createHash('sha256').update(String(block)).digest().readUInt32LE() | 1;
          for (let example = 0; example < examplesPerBlock; example++) {
            const values = new Float32Array(valuesPerExample);
            for (let i = 0; i < valuesPerExample; i++) {
              // Marsaglia's xorshift: https://www.jstatsoft.org/article/view/v008i14
              state ^= state << 13;
              state ^= state >>> 17;
              state ^= state << 5;
              values[i] = state;
            }
            yield { number: block * examplesPerBlock + example, block, values };
          }
        })
        .keyBy(({ number }) => number)
        .mapValues(({ block, values }) => ({ block, values })),
    };
  }
}
