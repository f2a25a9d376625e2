import { DatasetBuilder, features, npmFile, type Pipeline, parquet, scalar } from '../../../src/index.js';

const schema = features({ delay: scalar('int64'), score: scalar('float64') });

interface Flight {
  readonly row: number;
  readonly delay: number;
  readonly distance: number;
}

/** About 20 microseconds of arithmetic (2.6 GHz EPYC), always the same amount: what a tokenizer or a small model costs an element. */
function slowScore(seed: number): number {
  let value = seed + 0.5;
  for (let i = 0; i < 2900; i++) value = Math.sqrt(value * value + i);
  return value;
}

/** product_b through a user function of about 20 microseconds: do two workers pay? */
export class FlightsSlow extends DatasetBuilder<typeof schema> {
  static override readonly datasetName = 'flights_slow';
  static override readonly versions = { '1.0.0': 'For benchmarks.' };

  override info() {
    return { description: 'Three million flights through a slow function, for benchmarks.', features: schema };
  }

  override splits(pipeline: Pipeline) {
    const file = npmFile('vega-datasets', 'data/flights-3m.parquet');
    return {
      train: pipeline
        .read(parquet<Flight>(file, { int64: 'number', rowIndex: 'row' }))
        .keyBy((flight) => flight.row)
        .mapValues(({ delay, distance }) => ({ delay, score: slowScore(distance) })),
    };
  }
}
