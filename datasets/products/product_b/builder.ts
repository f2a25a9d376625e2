import { DatasetBuilder, features, npmFile, type Pipeline, parquet, scalar, text } from '../../../src/index.js';

const schema = features({
  date: scalar('int64', {
    description: 'when the flight departed, to the minute',
    unit: 'microseconds since 1970-01-01T00:00, local time of the airport of departure',
    caveats:
      'Actual departure, not the scheduled one. Local times have no offset: differences between airports are not durations.',
  }),
  delay: scalar('int64', {
    description: 'how much later than scheduled the flight arrived; negative when it was early',
    unit: 'minutes',
    caveats: 'Cancelled flights are left out. Values are as reported: some, such as -1116, cannot be right.',
  }),
  distance: scalar('int64', { description: 'distance between the airports', unit: 'miles', range: [0, 20_000] }),
  origin: text({ description: 'airport of departure, IATA code' }),
  destination: text({ description: 'airport of arrival, IATA code' }),
});

declare module '../../../src/index.js' {
  interface DatasetTypes {
    product_b: typeof schema;
  }
}

interface Flight {
  readonly row: number;
  readonly date: number;
  readonly delay: number;
  readonly distance: number;
  readonly origin: string;
  readonly destination: string;
}

/** Three million rows, for scale: what a table of a warehouse looks like to a trainer. */
export class ProductB extends DatasetBuilder<typeof schema> {
  static override readonly datasetName = 'product_b';
  static override readonly versions = { '1.0.0': 'First release: 3,000,000 flights of the first half of 2001.' };

  override info() {
    return {
      description: `Delays of 3,000,000 domestic flights in the United States, January to June 2001.

A random sample, in order of time, from the on-time statistics that airlines report to the Bureau of Transportation Statistics (14 CFR
part 234), as published in the npm package vega-datasets 3.2.1 (\`data/flights-3m.parquet\`). One split, \`train\`; the key is the row's
index in the file.`,
      features: schema,
      supervisedKeys: ['distance', 'delay'] as const,
      homepage: 'https://www.transtats.bts.gov/',
      citation:
        'Bureau of Transportation Statistics, U.S. Department of Transportation: Airline On-Time Performance Data, 2001; by way of vega-datasets 3.2.1.',
      license:
        'Collected under 14 CFR part 234; terms are not stated expressly. The BSD-3-Clause licence of vega-datasets covers the package, not the data.',
      owner: 'datasets@ailab.example',
      tags: ['tabular', 'regression', 'large'],
    };
  }

  override splits(pipeline: Pipeline) {
    const flights = parquet<Flight>(npmFile('vega-datasets', 'data/flights-3m.parquet'), {
      int64: 'number',
      rowIndex: 'row',
    });
    return {
      train: pipeline
        .read(flights)
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
