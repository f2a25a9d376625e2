import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type DatasetsConfig, loadConfig, type ResolvedConfig } from '../../src/core/config/index.js';

const library = new URL('../../src/index.js', import.meta.url).href;

const usualInfo = `  override info(): any {
    return { description: 'Numbers.', features: lib.features({ number: lib.scalar('int64'), origin: lib.text() }) };
  }`;

/** Of a small data set: the numbers in its file `rows.txt`, and those of the data sets that it is made from. */
export interface SmallDataset {
  /** References of other small data sets; `<snapshot>` is the name of the snapshot that is built: `users/<snapshot>`. */
  readonly from?: readonly string[];
  /** Its file: a number a line. Default: 1 and 2. */
  readonly rows?: readonly number[];
  /** Its file, where `<snapshot>` may stand too. Default: `rows.txt`, with `rows`. */
  readonly file?: string;
  /** Statics of the class, as code. */
  readonly statics?: string;
  /** Code around the splits: `p` is the pipeline. */
  readonly before?: string;
  readonly after?: string;
  /** The method `info()`, as code. Default: one without owner and documentation. */
  readonly info?: string;
  /** Code before the class. */
  readonly head?: string;
}

/** Code of a text in which `<snapshot>` stands for the name of the snapshot that is built. */
function template(text: string): string {
  return `\`${text.replaceAll('<snapshot>', ['$', '{this.snapshot?.name}'].join(''))}\``;
}

/** A team's project with small data sets, and a registry of its own. */
export class ScheduleProject {
  readonly directory: string;

  private constructor(directory: string) {
    this.directory = directory;
  }

  static async create(): Promise<ScheduleProject> {
    const project = new ScheduleProject(await mkdtemp(join(tmpdir(), 'ailab-schedule-')));
    await mkdir(join(project.directory, 'datasets'));
    await project.write('package.json', '{ "type": "module" }');
    return project;
  }

  async add(
    name: string,
    {
      from = [],
      rows = [1, 2],
      file = 'rows.txt',
      statics = '',
      before = '',
      after = '',
      head = '',
      info = usualInfo,
    }: SmallDataset = {},
  ) {
    const upstreams = from.map((reference) => `lib.published(${template(reference)})`);
    const reads = [`lib.textLines(${template(file)})`, ...upstreams].map((source) => `p.read(${source})`);
    await this.write(
      `datasets/${name}/builder.ts`,
      `import * as lib from '${library}';
${head}
const number = (row: any) => BigInt(typeof row === 'string' ? row : row.number);
export class Small extends lib.DatasetBuilder<any> {
  static override readonly datasetName = '${name}';
  static override readonly versions = { '1.0.0': 'First.' };
${statics}
${info}
  override splits(p: any): any {
    ${before}
    const parts = [${reads.join(', ')}];
    const keyed = parts.map((part: any, index: number) =>
      part.keyBy((row: any) => index + ' ' + (row.origin ?? '${name}') + ' ' + number(row))
        .mapValues((row: any) => ({ number: number(row), origin: row.origin ?? '${name}' })));
    return { train: keyed.length === 1 ? keyed[0] : keyed[0].merge(...keyed.slice(1)) };
    ${after}
  }
}
`,
    );
    await this.write(`datasets/${name}/rows.txt`, rows.map((row) => `${row}\n`).join(''));
  }

  async write(path: string, text: string): Promise<void> {
    await mkdir(dirname(join(this.directory, path)), { recursive: true });
    await writeFile(join(this.directory, path), text);
  }

  config(flags: DatasetsConfig = {}): Promise<ResolvedConfig> {
    const places = { registry: 'registry', cacheDirectory: 'cache' };
    return loadConfig({
      cwd: this.directory,
      env: {},
      flags: { datasets: ['datasets'], ...places, runner: 'inline', formats: ['tfrecord'], ...flags },
    });
  }

  remove(): Promise<void> {
    return rm(this.directory, { recursive: true, force: true });
  }
}
