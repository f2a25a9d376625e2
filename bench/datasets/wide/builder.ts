import {
  type AnyFeature,
  DatasetBuilder,
  features,
  optional,
  type Pipeline,
  record,
  scalar,
  sequence,
  tensor,
  text,
} from '../../../src/index.js';
import { type WideKind, wideFeatures, widePool, wideRows } from './wide-examples.js';

const makers: Record<WideKind, () => AnyFeature> = {
  float: () => scalar('float32'),
  int: () => scalar('int64'),
  text: () => text(),
  tensor: () => tensor({ dtype: 'float32', shape: [16] }),
  sequence: () => sequence(scalar('int64')),
  ragged: () => sequence(sequence(scalar('float32'))),
  record: () => record({ a: scalar('float32'), b: text() }),
  optional: () => optional(scalar('int64')),
};

const schema = features(Object.fromEntries(Object.entries(wideFeatures).map(([name, kind]) => [name, makers[kind]()])));

/** 40 features of every shape, for the benchmark of the same name. */
export class Wide extends DatasetBuilder<typeof schema> {
  static override readonly datasetName = 'wide';
  static override readonly versions = { '1.0.0': 'For benchmarks.' };

  override info() {
    return { description: 'Forty features of made-up values, for benchmarks.', features: schema };
  }

  override splits(pipeline: Pipeline) {
    return {
      train: pipeline.generate(function* () {
        for (let row = 0; row < wideRows; row++) yield [row, widePool[row % widePool.length] as never] as const;
      }),
    };
  }
}
