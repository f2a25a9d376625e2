import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { transform } from 'esbuild';
import { build } from '../../../src/build/index.js';
import { loadDefinition } from '../../../src/builder/index.js';
import { loadConfig, type ResolvedConfig } from '../../../src/core/config/index.js';
import type { BumpLevel } from '../../../src/core/names/index.js';
import { bumpVersion } from '../../../src/project/index.js';
import { builderStyles, obstacles, withStatics } from './builder-styles.js';

describe('bump', () => {
  let root = '';
  let projects = 0;
  before(async () => {
    root = await mkdtemp(join(tmpdir(), 'ailab-bump-'));
  });
  after(() => rm(root, { recursive: true, force: true }));

  /** A module is imported once a process, so that each text has a folder of its own. */
  async function project(file: string, text: string): Promise<{ builder: string; config: ResolvedConfig }> {
    const folder = join(root, String(++projects));
    const builder = join(folder, 'datasets', 'numbers', file);
    await mkdir(dirname(builder), { recursive: true });
    await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
    await writeFile(builder, text);
    const flags = { datasets: ['datasets'], registry: 'registry', cacheDirectory: 'cache', runner: 'inline' } as const;
    return { builder, config: await loadConfig({ cwd: folder, env: {}, flags }) };
  }

  const versionsOf = async (builder: string) =>
    Object.entries((await loadDefinition(`file://${builder}`, 'numbers')).builderClass.versions);

  const levels: Readonly<Record<string, BumpLevel>> = {
    '1.3.0': 'minor',
    '1.1.0': 'minor',
    '1.2.0': 'minor',
    '1.0.2': 'patch',
  };

  for (const { what, file, text, note } of builderStyles) {
    it(`adds the next version to versions written ${what}, and build publishes it`, async () => {
      const before = text.replaceAll('§', '');
      const [start = '', added = '', end = ''] = text.split('§');
      const { builder, config } = await project(file, `${start}${end}`);
      const old = await versionsOf(builder);
      const version = /\d+\.\d+\.\d+/.exec(added)?.[0] ?? '';
      const bumped = await bumpVersion('numbers', { level: levels[version] ?? 'major', note, config });
      assert.equal(bumped.added?.version, version);

      // Nothing but what was added is different, byte for byte.
      const bytes = await readFile(builder);
      assert.equal(bytes.toString(), before);
      assert.ok(bytes.subarray(0, Buffer.byteLength(start)).equals(Buffer.from(start)));
      assert.ok(bytes.subarray(bytes.length - Buffer.byteLength(end)).equals(Buffer.from(end)));
      assert.equal(before.split(/\r?\n/)[(bumped.added?.line ?? 0) - 1]?.includes(version), true);

      // Other readers of the language agree.
      await transform(bytes, { loader: file.endsWith('ts') ? 'ts' : 'js' });
      const edited = await project(file, bytes.toString());
      assert.deepEqual(await versionsOf(edited.builder), [[version, note], ...old]);
      const built = await build('numbers', { config: edited.config });
      assert.deepEqual([built.status, built.version], ['built', version]);
      assert.deepEqual(await readdir(dirname(builder)), [file]);
    });
  }

  for (const [statics, line, message] of obstacles) {
    it(`refuses ${statics.trim().replace(/\s+/g, ' ')}, and says what to write by hand`, async () => {
      const text = withStatics(statics);
      const { builder, config } = await project('builder.ts', text);
      await assert.rejects(bumpVersion('numbers', { level: 'minor', note: "Adds 'it'.", config }), (error: unknown) => {
        assert.ok(error instanceof Error && 'code' in error && 'hint' in error);
        assert.equal(error.code, 'UNSUPPORTED');
        assert.match(error.message, message);
        assert.ok(error.message.includes(`${builder} line ${line}:`), error.message);
        assert.equal(error.hint, "Add it by hand, before the others: '1.1.0': 'Adds \\'it\\'.',");
        return true;
      });
      assert.equal(await readFile(builder, 'utf8'), text);
    });
  }

  it('raises each level as tfds counts', async () => {
    const { config } = await project('builder.ts', withStatics("  static versions = { '1.2.3': 'First.' };"));
    const next = async (level: BumpLevel) =>
      (await bumpVersion('numbers', { level, note: 'x', config, dryRun: true })).added?.version;
    assert.deepEqual([await next('major'), await next('minor'), await next('patch')], ['2.0.0', '1.3.0', '1.2.4']);
  });

  it('writes nothing in a dry run, and shows the lines', async () => {
    const text = withStatics("  static versions = {\n    '1.0.0': 'First.',\n  };");
    const { builder, config } = await project('builder.ts', text);
    const { added } = await bumpVersion('numbers', {
      level: 'patch',
      note: 'Spelling.',
      config,
      dryRun: true,
    });
    assert.deepEqual(
      [added?.isWritten, added?.diff.split('\n').filter((line) => /^[+-]/.test(line))],
      [false, ["+    '1.0.1': 'Spelling.',"]],
    );
    assert.equal(await readFile(builder, 'utf8'), text);
  });

  it('leaves a link a link, and the file its mode', async () => {
    const { builder, config } = await project('builder.ts', withStatics("  static versions = { '1.0.0': 'First.' };"));
    const elsewhere = join(dirname(dirname(builder)), 'shared-builder.ts');
    await writeFile(elsewhere, await readFile(builder));
    await chmod(elsewhere, 0o640);
    await rm(builder);
    await symlink(elsewhere, builder);
    await bumpVersion('numbers', { level: 'minor', note: 'More.', config });
    assert.match(await readFile(elsewhere, 'utf8'), /'1\.1\.0': 'More\.'/);
    assert.equal((await stat(elsewhere)).mode & 0o777, 0o640);
    assert.match(await readFile(builder, 'utf8'), /'1\.1\.0'/);
  });

  it('edits nothing of an installed package', async () => {
    const config = await loadConfig({ cwd: root, env: {}, flags: { registry: 'registry' } });
    await assert.rejects(bumpVersion('product_a', { level: 'minor', note: 'x', config }), {
      code: 'UNSUPPORTED',
      message: /belongs to an installed package/,
    });
  });

  it('asks for a data set and a note', async () => {
    const { config } = await project('builder.ts', withStatics("  static versions = { '1.0.0': 'First.' };"));
    await assert.rejects(bumpVersion('numbers:1.0.0', { level: 'minor', note: 'x', config }), { code: 'USAGE' });
    await assert.rejects(bumpVersion('numbers', { level: 'minor', note: ' ', config }), { code: 'USAGE' });
  });
});
