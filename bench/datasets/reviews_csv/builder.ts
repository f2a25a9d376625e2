import { FilesBuilder } from '../../../builders/index.js';
import { features, scalar, text } from '../../../src/index.js';

const schema = features({ stars: scalar('int32'), helpful: scalar('int32'), title: text(), text: text() });

/** Reviews in CSV files, for the benchmark `csv_text`. */
export class ReviewsCsv extends FilesBuilder<typeof schema> {
  static override readonly datasetName = 'reviews_csv';
  static override readonly versions = { '1.0.0': 'For benchmarks.' };

  protected override get layout() {
    return { files: this.manualPath('*.csv'), key: 'id' } as const;
  }

  override info() {
    return { description: 'Made-up reviews in CSV, for benchmarks.', features: schema };
  }
}
