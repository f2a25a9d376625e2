import { DatasetBuilder, features, npmFile, type Pipeline, parquet, scalar, text } from '../../../src/index.js';

const schema = features({
  date: scalar('int64'),
  delay: scalar('int64'),
  distance: scalar('int64'),
  origin: text(),
  destination: text(),
});

interface Flight {
  readonly row: number;
  readonly date: number;
  readonly delay: number;
  readonly distance: number;
  readonly origin: string;
  readonly destination: string;
}

/** product_b ten times over, under thirty million keys: does memory stay flat? */
export class FlightsTenfold extends DatasetBuilder<typeof schema> {
  static override readonly datasetName = 'flights_tenfold';
  static override readonly versions = { '1.0.0': 'For benchmarks.' };

  override info() {
    return { description: 'Thirty million flights, for benchmarks.', features: schema };
  }

  override splits(pipeline: Pipeline) {
    const flights = parquet<Flight>(npmFile('vega-datasets', 'data/flights-3m.parquet'), {
      int64: 'number',
      rowIndex: 'row',
    });
    // Ten times as many source shards of the same size, as a table has that has grown.
    const [first, ...others] = Array.from({ length: 10 }, (_, copy) =>
      pipeline.read(flights).keyBy(({ row }) => row * 10 + copy),
    );
    if (first === undefined) throw new RangeError('ten copies have a first one');
    return {
      train: first.merge(...others).mapValues(({ date, delay, distance, origin, destination }) => ({
        date,
        delay,
        distance,
        origin,
        destination,
      })),
    };
  }
}
