import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { codeParts } from '../../src/builder/index.js';

const builder = `import { readFileSync } from 'node:fs';
import { DatasetBuilder, csv, features, scalar, text } from 'ailab-datasets';
import { clean } from './helpers/clean.js';
import { parse } from 'some-parser';

const labels = readFileSync(new URL('./labels.txt', import.meta.url), 'utf8').split('\\n');
const schema = features({
  weight: scalar('float32', { description: 'how heavy', unit: 'kg' }),
  description: text({ description: 'what people wrote' }),
});

/** Says hello. */
export class Sample extends DatasetBuilder<typeof schema> {
  static override readonly datasetName = 'sample';
  static override readonly versions = { '1.1.0': 'More.', '1.0.0': 'First release.' };
  static override readonly configs = { men: 'Of men.' };
  static override readonly timeout = '6 hours';
  static readonly limit = 10;
  override info() {
    return { description: 'A sample.', features: schema, homepage: \`https://example.com/\${'x'}\`, tags: ['small'] };
  }
  override splits(p: any) {
    const isLate = /late|"delayed"/;
    return { train: p.read(csv('a.csv')).map((row: any) => clean(parse(row), { description: 'none' }, labels, isLate)) };
  }
}
`;

const project = {
  'package.json': '{ "type": "module" }',
  'data/builder.ts': builder,
  'data/labels.txt': 'a\nb\n',
  'data/helpers/clean.ts':
    "import { trim } from './trim.js';\nexport const clean = (row: unknown, ...rest: unknown[]) => trim(row);\n",
  'data/helpers/trim.ts':
    'export class Log { info() { return 1; } }\nexport function trim(row: unknown) { return String(row).trim(); }\n',
  'node_modules/.package-lock.json': JSON.stringify({
    packages: { 'node_modules/some-parser': { version: '1.0.0', integrity: 'sha512-abc' } },
  }),
  'node_modules/some-parser/package.json': '{ "version": "1.0.0", "dependencies": { "deep": "*", "deep-linux": "*" } }',
  'node_modules/deep/package.json': '{ "version": "3.0.0" }',
  'node_modules/deep-linux/package.json': '{ "version": "3.0.0", "os": ["linux"] }',
} as const;
type File = keyof typeof project;

describe('the parts of code', () => {
  const folders: string[] = [];
  afterEach(() => {
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
  });

  async function partsWith(changes: Partial<Record<File, string>> = {}) {
    const folder = mkdtempSync(join(tmpdir(), 'ailab-parts-'));
    folders.push(folder);
    for (const [name, text] of Object.entries({ ...project, ...changes })) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    }
    return (await codeParts(pathToFileURL(join(folder, 'data/builder.ts')).href)) ?? assert.fail('no parts');
  }

  const edited = (...edits: readonly (readonly [from: string, to: string])[]) => {
    let text = builder;
    for (const [from, to] of edits) {
      assert.ok(text.includes(from), from);
      text = text.replace(from, () => to);
    }
    return partsWith({ 'data/builder.ts': text });
  };

  it('are modules, packages with what npm has checked, and files that modules name', async () => {
    const { modules, packages, files } = await partsWith();
    assert.deepEqual(Object.keys(modules), ['builder.ts', 'helpers/clean.ts', 'helpers/trim.ts']);
    assert.deepEqual(packages, { 'some-parser': '1.0.0 sha512-abc', deep: '3.0.0' });
    assert.deepEqual(Object.keys(files), ['labels.txt']);
  });

  it('hold the code without comments, types and prose, to be read', async () => {
    const { modules } = await partsWith();
    const text = modules['builder.ts']?.text ?? '';
    assert.doesNotMatch(text, /Says hello|how heavy|what people wrote|First release|Of men|6 hours|A sample|: any/);
    assert.match(
      text,
      /class Sample extends DatasetBuilder \{\n {2}static datasetName = "sample";\n {2}static limit = 10;\n {2}splits\(p\) \{/,
    );
    assert.match(text, /features\(\{ weight: scalar\("float32"\), description: text\(\) \}\)/);
    assert.match(text, /description: "none"/);
    assert.match(modules['helpers/trim.ts']?.text ?? '', /info\(\) \{\n {4}return 1;/);
  });

  const same: Record<string, readonly (readonly [string, string])[]> = {
    'a release note': [["'More.'", "'More examples.'"]],
    'a new version': [["{ '1.1.0'", "{ '1.2.0': 'Even more.', '1.1.0'"]],
    'what a feature is called in words': [["description: 'how heavy', unit: 'kg'", "caveats: 'with its box'"]],
    'no words any more': [["scalar('float32', { description: 'how heavy', unit: 'kg' })", "scalar('float32')"]],
    'the card': [
      ["'A sample.'", "'A larger sample.'"],
      ["['small']", "['large']"],
    ],
    'a time limit': [["'6 hours'", "'7 hours'"]],
    comments: [['/** Says hello. */', '// Says nothing.']],
    'line breaks': [['.map((row', '\n      .map(\n(row']],
  };
  for (const [what, edits] of Object.entries(same)) {
    it(`are not changed by ${what}`, async () => {
      assert.deepEqual((await edited(...edits)).modules, (await partsWith()).modules);
    });
  }

  const different: Record<string, readonly (readonly [string, string])[]> = {
    'a field of examples that is called like prose': [["description: 'none'", "description: 'nothing'"]],
    'a static that code may read': [['limit = 10', 'limit = 11']],
    'a regular expression with quotes': [['"delayed"', '"delay"']],
    'a kind of feature': [["text({ description: 'what people wrote' })", "scalar('int64')"]],
    'release notes that are computed, which may do anything': [["'More.'", 'String(labels)']],
  };
  for (const [what, edits] of Object.entries(different)) {
    it(`are changed by ${what}`, async () => {
      assert.notDeepEqual((await edited(...edits)).modules, (await partsWith()).modules);
    });
  }

  const info =
    "return { description: 'A sample.', features: schema, homepage: `https://example.com/$" +
    "{'x'}`, tags: ['small'] };";
  type Edit = readonly [string, string];
  /** `info()` as it may be written, with something in it of which the second of the edits changes one word. */
  const kinds: Readonly<Record<string, readonly [statement: string, edit: Edit]>> = {
    'calls that make features and policies': [
      "const names = ['a', 'b'].map((name) => name.trim()); return { description: 'Old.', features: features({ n: scalar('int64') }), tags: names };",
      ['Old.', 'New.'],
    ],
    'a text that is read from a file': [
      "const a = readFileSync(new URL('./labels.txt', import.meta.url), 'utf8'); return { description: a + 'Old.', features: schema };",
      ['Old.', 'New.'],
    ],
    conditions: [
      "if (this.config === 'men' && labels.length >= 2) return { description: 'Old.', features: schema }; return { description: `none`, features: schema };",
      ['Old.', 'New.'],
    ],
    'what a class above it says': ["return { ...super.info(), description: 'Old.' };", ['Old.', 'New.']],
  };
  for (const [what, [body, edit]] of Object.entries(kinds)) {
    it(`are not changed by the words of an info() with ${what}`, async () => {
      const [before, after] = [await edited([info, body]), await edited([info, body], edit)];
      assert.deepEqual(after.modules, before.modules);
    });
  }

  const effects: Readonly<Record<string, readonly [statement: string, edit: Edit]>> = {
    'sets a field': ["this.names = ['old'];", ['old', 'new']],
    'sets a field that it takes apart': ["[this.names] = ['old'];", ['old', 'new']],
    'adds to a field': ["this.names += 'old';", ['old', 'new']],
    'shifts a field': ['this.bits >>= 1;', ['>>= 1', '>>= 2']],
    counts: ['this.count++;', ['++', '--']],
    'fills a list': ["labels.push('old');", ['old', 'new']],
    'assigns to an object': ["Object.assign(this, { name: 'old' });", ['old', 'new']],
    'calls a method': ["this.prepare('old');", ['old', 'new']],
    'calls a function of a module of its own': ["clean('old');", ['old', 'new']],
    'hands values to a function': ["['old'].map(clean);", ['old', 'new']],
    deletes: ["delete labels['old'];", ['old', 'new']],
    'does something in a template': ['`$' + "{labels.push('old')}`;", ['old', 'new']],
  };
  for (const [what, [statement, edit]] of Object.entries(effects)) {
    it(`are changed by an info() that ${what}, which splits() may see`, async () => {
      const body = `${statement} ${info}`;
      const [before, after] = [await edited([info, body]), await edited([info, body], edit)];
      assert.notDeepEqual(after.modules['builder.ts'], before.modules['builder.ts']);
    });
  }

  const words: Edit = ["'A sample.'", "'A larger sample.'"];
  const limit = 'static readonly limit = 10;';
  for (const [what, reads, isSame] of [
    ['its description', 'names = this.info().description;', false],
    ['all of it', 'names = (({ info }) => info)(this);', false],
    ['its features alone', 'names = this.info().features;', true],
    ['nothing of it, though a log is written', "names = (log) => log.info('reads');", true],
  ] as const) {
    it(`are ${isSame ? 'not ' : ''}changed by the words of an info() of which a class reads ${what}`, async () => {
      const [before, after] = [await edited([limit, reads]), await edited([limit, reads], words)];
      assert.equal(before.modules['builder.ts']?.digest === after.modules['builder.ts']?.digest, isSame);
    });
  }

  it('are changed by the words of an info() that another module reads', async () => {
    const helper = project['data/helpers/trim.ts'].replace('String(row)', 'String(row.info().description)');
    const withHelper = (text: string) => partsWith({ 'data/helpers/trim.ts': helper, 'data/builder.ts': text });
    const [before, after] = [await withHelper(builder), await withHelper(builder.replace(...words))];
    assert.notDeepEqual(after.modules['builder.ts'], before.modules['builder.ts']);
  });

  it('are changed by a helper that info() alone calls', async () => {
    const with2 = (text: string): Edit[] => [
      ['const labels', `const about = () => '${text}';\nconst labels`],
      ["description: 'A sample.'", 'description: about()'],
    ];
    assert.notDeepEqual((await edited(...with2('b'))).modules, (await edited(...with2('a'))).modules);
  });

  it('name the module that was edited, however it is imported', async () => {
    const before = await partsWith();
    const trim = project['data/helpers/trim.ts'].replace('trim()', 'trimEnd()');
    const after = await partsWith({ 'data/helpers/trim.ts': trim });
    const changed = Object.keys(after.modules).filter(
      (path) => after.modules[path]?.digest !== before.modules[path]?.digest,
    );
    assert.deepEqual(changed, ['helpers/trim.ts']);
  });

  it('take a module as it is where its texts could be read in two ways', async () => {
    // After a bracket a slash divides or begins a regular expression.
    const { modules } = await edited([
      'static readonly limit = 10',
      'static readonly limit = labels.at(0).length / labels.at(1) / 2 + "a/b".length',
    ]);
    assert.match(modules['builder.ts']?.text ?? '', /how heavy/);
  });
});
