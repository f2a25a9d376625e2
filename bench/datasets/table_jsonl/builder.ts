import { column, DatasetBuilder, features, jsonl, type Pipeline, pick, scalar, text } from '../../../src/index.js';

const schema = features({
  date: scalar('int64'),
  delay: scalar('int64'),
  distance: scalar('int64'),
  origin: text(),
  destination: text(),
  score: scalar('float32'),
  note: text(),
});

interface Row {
  readonly id: number;
  readonly date: number;
  readonly delay: number;
  readonly distance: number;
  readonly origin: string;
  readonly destination: string;
  readonly score: number;
  readonly note: string;
}

/** A table in JSON Lines files, for the benchmark `jsonl`. */
export class TableJsonl extends DatasetBuilder<typeof schema> {
  static override readonly datasetName = 'table_jsonl';
  static override readonly versions = { '1.0.0': 'For benchmarks.' };

  override info() {
    return { description: 'Made-up flights in JSON Lines, for benchmarks.', features: schema };
  }

  override splits(pipeline: Pipeline) {
    const rows = pipeline.read(jsonl<Row>(this.manualPath('*.jsonl')));
    return {
      train: rows
        .keyBy(column('id'))
        .mapValues(pick(['date', 'delay', 'distance', 'origin', 'destination', 'score', 'note'])),
    };
  }
}
