import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { codeFingerprint } from '../../src/builder/index.js';

const builder = `import { DatasetBuilder, csv } from 'ailab-datasets';
import { clean } from './helpers/clean.js';
import labels from './labels.json' with { type: 'json' };
import { parse } from 'some-parser';
import { shared } from '@lab/shared';
export class Sample extends DatasetBuilder<{ a: number }> {
  splits(p) { return { train: p.read(csv('a.csv')).map((row) => clean(parse(row), labels, shared)) }; }
}
`;

const project = {
  'package.json': '{ "type": "module" }',
  'data/builder.ts': builder,
  'data/helpers/clean.ts':
    "import { trim } from './trim.js';\nexport const clean = (row: unknown, ...rest: unknown[]) => trim(row);\n",
  'data/helpers/trim.ts': 'export function trim(row: unknown) { return String(row).trim(); }\n',
  'data/helpers/unrelated.ts': 'export const unrelated = 1;\n',
  'data/labels.json': '["a", "b"]',
  'data/a.csv': 'x\n1\n',
  'node_modules/some-parser/package.json':
    '{ "version": "1.0.0", "main": "index.js", "dependencies": { "deep": "*" } }',
  'node_modules/some-parser/index.js': 'exports.parse = (row) => row;\n',
  'node_modules/deep/package.json': '{ "version": "3.0.0" }',
  'packages/shared/package.json': '{ "name": "@lab/shared", "version": "0.0.0", "main": "index.js", "type": "module" }',
  'packages/shared/index.js': 'export const shared = 1;\n',
} as const;
type File = keyof typeof project;

describe('a fingerprint of code', () => {
  const folders: string[] = [];
  afterEach(() => {
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
  });

  function makeProject(changes: Partial<Record<File, string>> = {}): string {
    const folder = mkdtempSync(join(tmpdir(), 'ailab-code-'));
    folders.push(folder);
    for (const [name, text] of Object.entries({ ...project, ...changes })) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    }
    mkdirSync(join(folder, 'node_modules/@lab'));
    symlinkSync('../../packages/shared', join(folder, 'node_modules/@lab/shared'));
    return pathToFileURL(join(folder, 'data/builder.ts')).href;
  }

  const fingerprintWith = (changes?: Partial<Record<File, string>>) => codeFingerprint(makeProject(changes));

  const same: Record<string, Partial<Record<File, string>>> = {
    'the same code in another folder': {},
    comments: { 'data/helpers/trim.ts': `// Trims.\n${project['data/helpers/trim.ts']}/* That is all. */\n` },
    formatting: { 'data/helpers/trim.ts': 'export function trim(row) {\n\n  return String(row)\n    .trim()\n}' },
    types: { 'data/builder.ts': builder.replace('{ a: number }', '{ a: string; b: number }') },
    'a file that is not imported': { 'data/helpers/unrelated.ts': 'export const unrelated = 2;\n' },
    'data, which sources look at': { 'data/a.csv': 'x\n2\n' },
    'what a class says of machines and time': {
      'data/builder.ts': builder.replace(
        'splits(p)',
        "static readonly timeout = '1.5 days'; static readonly freshness = '26 hours'; static readonly expectations = { splits: { train: { minExamples: 1_000, mayBeEmpty: false }, 'dev-set': { maxChange: { shrink: '5 %' } } }, joins: { 'join with items; all': {} } }; static readonly resources = { cpu: 8, memory: '16 GiB', machineType: 'n2-highmem-8' } as const; static readonly schedule = { cron: '0 3 * * *', timezone: 'Asia/Tokyo' }; splits(p)",
      ),
    },
    'what a package looks like inside, while it has the same version': {
      'node_modules/some-parser/index.js': 'exports.parse = (row) => [row];\n',
    },
  };
  for (const [what, changes] of Object.entries(same)) {
    it(`is not changed by ${what}`, async () => {
      const before = await fingerprintWith();
      assert.match(before ?? '', /^[0-9a-f]{64}$/);
      assert.equal(await fingerprintWith(changes), before);
    });
  }

  const different: Record<string, Partial<Record<File, string>>> = {
    'the builder': { 'data/builder.ts': builder.replace("'a.csv'", "'b.csv'") },
    'a member of a class that is named so and does something': {
      'data/builder.ts': builder.replace('splits(p)', "static readonly timeout = later('6 hours'); splits(p)"),
    },
    'a field of another object that is named so': {
      'data/builder.ts': `${builder}export const request = { timeout: '6 hours' };\n`,
    },
    'what it imports': { 'data/helpers/clean.ts': `${project['data/helpers/clean.ts']}console.log('clean');\n` },
    'what that imports': {
      'data/helpers/trim.ts': 'export function trim(row: unknown) { return String(row).trimEnd(); }\n',
    },
    'imported JSON': { 'data/labels.json': '["a", "c"]' },
    'the version of a package': {
      'node_modules/some-parser/package.json': project['node_modules/some-parser/package.json'].replace(
        '1.0.0',
        '1.0.1',
      ),
    },
    'the version of what a package depends on': { 'node_modules/deep/package.json': '{ "version": "3.0.1" }' },
    'a linked package of the same repository': { 'packages/shared/index.js': 'export const shared = 2;\n' },
  };
  for (const [what, changes] of Object.entries(different)) {
    it(`is changed by ${what}`, async () => {
      assert.notEqual(await fingerprintWith(changes), await fingerprintWith());
    });
  }

  it('follows what is imported by URL', async () => {
    const trim = (text: string) => {
      const module = makeProject({ 'data/helpers/trim.ts': text });
      const clean = `export { trim as clean } from '${new URL('helpers/trim.ts', module).href}';\n`;
      writeFileSync(new URL('helpers/clean.ts', module), clean);
      return codeFingerprint(module);
    };
    const before = await trim('export const trim = (row) => row;');
    assert.match(before ?? '', /^[0-9a-f]{64}$/);
    assert.equal(await trim('export const trim = (row) => row; // as it is'), before);
    assert.notEqual(await trim('export const trim = (row) => [row];'), before);
  });

  it('is none where a module can not be followed', async () => {
    assert.equal(await fingerprintWith({ 'data/helpers/trim.ts': 'export function (' }), undefined);
  });
});
