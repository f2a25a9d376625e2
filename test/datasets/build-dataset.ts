import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BuildResult, build } from '../../src/build/index.js';
import { type DatasetsConfig, loadConfig } from '../../src/core/config/index.js';

/** A registry of its own for a test file. */
export class TemporaryRegistry {
  readonly path = mkdtempSync(join(tmpdir(), 'ailab-datasets-'));

  /** Builds a data set in both formats, with two workers. Settings may name folders of data sets besides the package's own. */
  async build(reference: string, settings: DatasetsConfig = {}): Promise<BuildResult> {
    const config = await loadConfig({
      cwd: this.path,
      env: {},
      flags: {
        registry: join(this.path, 'registry'),
        formats: ['tfrecord', 'arrow'],
        runner: 'threads',
        workers: 2,
        ...settings,
      },
    });
    return build(reference, { config });
  }

  file(name: string): string {
    return join(this.path, name);
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** What test/oracle/ops/datasets.py reports. */
export interface Checked {
  readonly compared: number;
  readonly problems: readonly string[];
  readonly examples?: Readonly<Record<string, number>>;
}
