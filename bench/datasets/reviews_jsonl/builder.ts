import { FilesBuilder } from '../../../builders/index.js';
import { features, scalar, text } from '../../../src/index.js';

const schema = features({ stars: scalar('int32'), helpful: scalar('int32'), title: text(), text: text() });

/** Reviews in JSON Lines files, for the benchmark `jsonl_text`. */
export class ReviewsJsonl extends FilesBuilder<typeof schema> {
  static override readonly datasetName = 'reviews_jsonl';
  static override readonly versions = { '1.0.0': 'For benchmarks.' };

  protected override get layout() {
    return { files: this.manualPath('*.jsonl'), key: 'id' } as const;
  }

  override info() {
    return { description: 'Made-up reviews in JSON Lines, for benchmarks.', features: schema };
  }
}
