import { column, DatasetBuilder, features, type Pipeline, parquet, pick, scalar, text } from '../../../src/index.js';

const schema = features({
  date: scalar('int64'),
  delay: scalar('int64'),
  distance: scalar('int64'),
  origin: text(),
  destination: text(),
});

interface Flight {
  readonly id: number;
  readonly date: number;
  readonly delay: number;
  readonly distance: number;
  readonly origin: string;
  readonly destination: string;
}

/** The flights in several Parquet files, for the benchmark `parquet`. */
export class FlightsParquet extends DatasetBuilder<typeof schema> {
  static override readonly datasetName = 'flights_parquet';
  static override readonly versions = { '1.0.0': 'For benchmarks.' };

  override info() {
    return { description: 'Three million flights in Parquet, for benchmarks.', features: schema };
  }

  override splits(pipeline: Pipeline) {
    const rows = pipeline.read(parquet<Flight>(this.manualPath('part-*.parquet'), { int64: 'number' }));
    return { train: rows.keyBy(column('id')).mapValues(pick(['date', 'delay', 'distance', 'origin', 'destination'])) };
  }
}
