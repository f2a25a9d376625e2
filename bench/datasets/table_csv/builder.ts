import { column, csv, DatasetBuilder, features, type Pipeline, pick, scalar, text } from '../../../src/index.js';

const schema = features({
  date: scalar('int64'),
  delay: scalar('int64'),
  distance: scalar('int64'),
  origin: text(),
  destination: text(),
  score: scalar('float32'),
  note: text(),
});

/** A table in CSV files, for the benchmarks `csv` and `csv_memory`. */
export class TableCsv extends DatasetBuilder<typeof schema> {
  static override readonly datasetName = 'table_csv';
  static override readonly versions = { '1.0.0': 'For benchmarks.' };

  override info() {
    return { description: 'Made-up flights in CSV, for benchmarks.', features: schema };
  }

  override splits(pipeline: Pipeline) {
    const types = {
      id: 'int64',
      date: 'int64',
      delay: 'int32',
      distance: 'int32',
      origin: 'string',
      destination: 'string',
      score: 'float64',
      note: 'string',
    } as const;
    const rows = pipeline.read(csv(this.manualPath('*.csv'), { types }));
    return {
      train: rows
        .keyBy(column('id'))
        .mapValues(pick(['date', 'delay', 'distance', 'origin', 'destination', 'score', 'note'])),
    };
  }
}
