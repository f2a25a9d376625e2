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
    const file = npmFile('vega-datasets', 'data/flights-3m.parquet');
    return {
      train: pipeline
        .read(parquet<Flight>(file, { int64: 'number', rowIndex: 'row' }))
        .flatMap((flight) => Array.from({ length: 10 }, (_, copy) => ({ ...flight, row: flight.row * 10 + copy })))
        .keyBy((flight) => flight.row)
        .mapValues(({ date, delay, distance, origin, destination }) => ({
          date,
          delay,
          distance,
          origin,
          destination,
        })),
    };
  }
}
