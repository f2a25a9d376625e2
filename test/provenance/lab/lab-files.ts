/** A lab's repository of 12 data sets with lineage between them, small enough to be built in seconds: by path. */
export type LabFiles = Readonly<Record<string, string>>;

const library = new URL('../../../src/index.js', import.meta.url).href;

/** The variable with the secret of pseudonyms. */
export const labSecret = 'AILAB_LAB_SECRET';

/** A builder's module: `schema` and `splits` are code. */
function builder(
  name: string,
  schema: string,
  splits: string,
  more: { before?: string; statics?: string; info?: string } = {},
) {
  return `import * as lib from '${library}';
${more.before ?? ''}
const { features, scalar, text, classLabel } = lib;
const schema = ${schema};

/** The data set ${name}. */
export class Dataset extends lib.DatasetBuilder<any> {
  static override readonly datasetName = '${name}';
  static override readonly versions = { '1.1.0': 'Newest.', '1.0.0': 'First release.' };
${more.statics ?? ''}  override info() {
    return { description: 'About ${name}.', features: schema${more.info ?? ''} };
  }
  override splits(p: any): any {
${splits}
  }
}
`;
}

const rows = (count: number, row: (id: number) => string) =>
  Array.from({ length: count }, (_, id) => row(id)).join('\n');

export const labFiles: LabFiles = {
  'package.json': '{ "type": "module" }',
  'node_modules/text-kit/package.json':
    '{ "name": "text-kit", "version": "1.0.0", "type": "module", "main": "index.js" }',
  'node_modules/text-kit/index.js': 'export const tidy = (text) => text.trim();\n',
  'lib/clean.ts':
    "import { letters } from './letters.js';\nexport const clean = (text: string): string => letters(text);\nexport const unused = 1;\n",
  'lib/letters.ts':
    "import { tidy } from 'text-kit';\n// Small letters.\nexport function letters(text: string): string {\n  return tidy(text).toLowerCase();\n}\n",

  'datasets/users/builder.ts': builder(
    'users',
    "features({ id: scalar('int64'), name: text({ description: 'as typed' }) })",
    `    const read = p.read(lib.csv('users.csv', { types: { id: 'int64' } })).keyBy((row: any) => row.id);
    return { train: read.mapValues((row: any) => ({ id: row.id, name: clean(row.name) })) };`,
    { before: "import { clean } from '../../lib/clean.js';" },
  ),
  'datasets/users/users.csv': `id,name\n${rows(20, (id) => `${id},User ${id}`)}\n`,

  'datasets/items/builder.ts': builder(
    'items',
    "features({ id: scalar('int64'), kind: classLabel({ names: ['book', 'film'] }), title: text() })",
    `    const read = p.read(lib.csv('items.csv', { types: { id: 'int64' } })).keyBy((row: any) => row.id);
    return { train: read.mapValues((row: any) => ({ ...row, kind: row.kind === 'book' ? 0 : 1, title: letters(row.title) })) };`,
    { before: "import { letters } from '../../lib/letters.js';" },
  ),
  'datasets/items/items.csv': `id,kind,title\n${rows(12, (id) => `${id},${id % 2 === 0 ? 'book' : 'film'},Title ${id}`)}\n`,

  'datasets/clicks/builder.ts': builder(
    'clicks',
    "features({ id: scalar('int64'), item: scalar('int64') })",
    `    const query = lib.sql(new URL('./clicks.sql', import.meta.url), { tables: { log: 'log.csv' }, params: { least: 3n } });
    return { train: p.read(query).keyBy((row: any) => row.id) };`,
  ),
  'datasets/clicks/clicks.sql':
    "SELECT CAST(id AS BIGINT) AS id, CAST(item AS BIGINT) AS item -- of the log\nFROM log\nWHERE CAST(id AS BIGINT) >= $least AND kind = 'click'\n",
  'datasets/clicks/log.csv': `id,item,kind\n${rows(30, (id) => `${id},${id % 12},${id % 3 === 0 ? 'view' : 'click'}`)}\n`,

  'datasets/sessions/builder.ts': builder(
    'sessions',
    "features({ item: scalar('int64'), clicks: scalar('int64') })",
    `    const clicks = p.read(lib.published('clicks:1.*.*', { split: 'train' })).keyBy((click: any) => click.item);
    return { train: clicks.groupByKey().mapValues(([...all]: any, item: any) => ({ item, clicks: all.length })) };`,
  ),

  'datasets/affinity/builder.ts': builder(
    'affinity',
    "features({ id: scalar('int64'), name: text() })",
    `    const read = (name: string) => p.read(lib.published(name)).keyBy((row: any) => String(row.id));
    return { users: read('users').mapValues(({ id, name }: any) => ({ id, name })), items: read('items').mapValues(({ id, title }: any) => ({ id, name: title })) };`,
  ),

  'datasets/ranking/builder.ts': builder(
    'ranking',
    "features({ id: scalar('int64'), name: text() })",
    "    return { train: p.read(lib.published('affinity:1.1.0', { split: 'items' })).keyBy((row: any) => String(row.id)) };",
  ),

  'datasets/report/builder.ts': builder(
    'report',
    "features({ id: scalar('int64') })",
    "    return { train: p.read(lib.published('ranking:1.1.0')).keyBy((row: any) => String(row.id)).mapValues(({ id }: any) => ({ id })) };",
  ),

  'datasets/steps/builder.ts': builder(
    'steps',
    "features({ step: scalar('int64', { range: [0, 100], unit: 'm' }) })",
    `    const most = await p.once('most', () => readFileSync(new URL('./most.json', import.meta.url), 'utf8'));
    return { train: p.generate(function* () { for (let step = 0n; step < BigInt(most); step++) yield [step, { step }]; }) };`,
    { before: "import { readFileSync } from 'node:fs';" },
  ).replace('override splits(p: any): any', 'override async splits(p: any): Promise<any>'),
  'datasets/steps/most.json': '15',

  'datasets/words/builder.ts': builder(
    'words',
    "features({ word: text(), rank: scalar('int64') })",
    '    return { train: p.generate(function* () { for (const [rank, word] of words.entries()) yield [word, { word, rank: BigInt(rank) }]; }) };',
    {
      before: `import { readFileSync } from 'node:fs';
const words = readFileSync(new URL('./words.txt', import.meta.url), 'utf8').trim().split('\\n');`,
    },
  ),
  'datasets/words/words.txt': 'alpha\nbeta\ngamma\n',

  'datasets/regions/builder.ts': builder(
    'regions',
    "features({ id: scalar('int64'), region: text() })",
    `    const mine = p.read(lib.jsonl('regions.jsonl')).filter((row: any) => row.region === this.config);
    return { train: mine.keyBy((row: any) => String(row.id)) };`,
    { statics: "  static override readonly configs = { eu: 'Of Europe.', us: 'Of America.' };\n" },
  ),
  'datasets/regions/regions.jsonl': `${rows(16, (id) => `{"id": ${id}, "region": "${id % 2 === 0 ? 'eu' : 'us'}"}`)}\n`,

  'datasets/people/builder.ts': builder(
    'people',
    "features({ id: scalar('int64'), mail: text({ pii: 'mail' }), phone: text({ pii: 'phone' }) })",
    "    return { train: p.read(lib.csv('people.csv', { types: { id: 'int64' } })).keyBy((row: any) => row.id) };",
    {
      info: `, privacy: { mail: { policy: 'keep', reason: 'Tests need it.' }, phone: { policy: 'pseudonymise', algorithm: 'hmac-sha256', secret: 'env:${labSecret}' } }`,
    },
  ),
  'datasets/people/people.csv': `id,mail,phone\n${rows(8, (id) => `${id},user${id}@example.com,0${id}`)}\n`,

  'datasets/fixed/builder.ts': builder(
    'fixed',
    "features({ time: text(), id: scalar('int64') })",
    '    return { train: p.generate(function* () { for (let id = 0n; id < 5n; id++) yield [id, { id, time: p.snapshotTime.toISOString() }]; }) };',
  ),
};

/** What is built, in the order in which it is made from each other. */
export const labOrder = [
  ...['users', 'items', 'clicks', 'steps', 'words', 'regions/eu', 'regions/us', 'people', 'fixed'],
  ...['sessions', 'affinity', 'ranking', 'report'],
] as const;
