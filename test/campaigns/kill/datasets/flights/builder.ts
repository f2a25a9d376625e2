import { DatasetBuilder, features, npmFile, type Pipeline, parquet, scalar, text } from '../../../../../src/index.js';

const schema = features({ delay: scalar('int64'), origin: text(), destination: text() });

interface Flight {
  readonly row: number;
  readonly delay: number;
  readonly origin: string;
  readonly destination: string;
}

/** A sample of product_b's file: many source shards, one map. */
export class Flights extends DatasetBuilder<typeof schema> {
  static override readonly datasetName = 'flights';
  static override readonly versions = { '1.0.0': 'First release.' };

  override info() {
    return { description: 'Every sixth flight of product_b.', features: schema };
  }

  override splits(p: Pipeline) {
    const flights = p.read(
      parquet<Flight>(npmFile('vega-datasets', 'data/flights-3m.parquet'), { int64: 'number', rowIndex: 'row' }),
    );
    return flights
      .filter(({ row }) => row % 6 === 0)
      .keyBy(({ row }) => row)
      .mapValues(({ delay, origin, destination }) => ({ delay, origin, destination }))
      .splitBy((flight) => flight.origin, { train: 0.8, test: 0.2 });
  }
}
