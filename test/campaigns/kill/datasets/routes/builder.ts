import { DatasetBuilder, features, npmFile, type Pipeline, parquet, scalar, text } from '../../../../../src/index.js';

const schema = features({ route: text(), flights: scalar('int64'), delay: scalar('int64') });

interface Flight {
  readonly row: number;
  readonly delay: number;
  readonly origin: string;
  readonly destination: string;
}

/** Two shuffles and a counter over product_b's file. */
export class Routes extends DatasetBuilder<typeof schema> {
  static override readonly datasetName = 'routes';
  static override readonly versions = { '1.0.0': 'First release.' };

  override info() {
    return { description: 'Flights by route and delay.', features: schema };
  }

  override splits(p: Pipeline) {
    const late = p.counter('late');
    const flights = p
      .read(parquet<Flight>(npmFile('vega-datasets', 'data/flights-3m.parquet'), { int64: 'number', rowIndex: 'row' }))
      .filter(({ row }) => row % 10 === 0);
    const origins = flights
      .keyBy(({ origin }) => origin)
      .groupByKey()
      .mapValues((all) => [...all].length);
    const routes = flights
      .keyBy(({ origin, destination, row }) => `${origin}-${destination}-${row % 20}`)
      .groupByKey()
      .mapValues((all, route) => {
        const delays = [...all].map(({ delay }) => delay);
        if (delays.some((delay) => delay > 15)) late.add();
        return { route, flights: delays.length, delay: delays.reduce((sum, delay) => sum + delay, 0) };
      });
    return {
      train: routes,
      origins: origins.mapValues((count, origin) => ({ route: origin, flights: count, delay: 0 })),
    };
  }
}
