import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openWorkFiles } from '../../../../src/engines/beam/files/index.js';
import { sourceStaging } from '../../../../src/engines/index.js';
import type { SideInputTask, StageUnit } from '../../../../src/engines/task/task.js';
import { temporaryDirectory } from '../../temporary-directory.js';

describe('a work location in a directory', () => {
  const directory = temporaryDirectory();
  const open = () => openWorkFiles(join(directory(), 'shared ä'), { scratch: directory() });

  it('has tasks read and write in place, each attempt under names of its own', async () => {
    const files = open();
    const task: SideInputTask = {
      kind: 'sideInput',
      node: 1,
      form: 'list',
      slices: [{ file: 'attempts/a/run', offset: 3, bytes: 4 }],
      file: 'side1-value',
      filePrefix: 'side1',
      journal: undefined,
    };
    const [one, other] = [await files.localise(task), await files.localise(task)];
    assert.deepEqual(one.task.kind === 'sideInput' && one.task.slices, [
      { file: join(files.location, 'attempts/a/run'), offset: 3, bytes: 4 },
    ]);
    const results = [];
    for (const attempt of [one, other]) {
      const { file } = attempt.task as SideInputTask;
      writeFileSync(file, file);
      results.push(await attempt.upload({ kind: 'sideInput', file: { file, offset: 0, bytes: 1, crc32: 0 } }));
      await attempt.close();
    }
    const names = results.map((result) => (result.kind === 'sideInput' ? result.file.file : ''));
    assert.equal(new Set(names).size, 2);
    for (const name of names) {
      const [{ file } = { file: '' }] = await open().localiseSideInputs([{ node: 1, file: name }]);
      assert.equal(readFileSync(file, 'utf8'), join(files.location, name));
    }
    await files.remove();
    assert.deepEqual(await files.list(''), []);
  });

  it('holds what the submitter alone has, without a second copy on one disk', async () => {
    const files = open();
    const submitter = join(directory(), 'submitter');
    const staged = join(sourceStaging(submitter), 'query.parquet');
    mkdirSync(sourceStaging(submitter), { recursive: true });
    writeFileSync(staged, 'result');
    const data = { range: { file: { in: 'staged', path: 'query.parquet' } } };
    const unit: StageUnit = { kind: 'shard', shard: { id: 'query', data } };
    const from = { workDirectory: submitter, downloadDirectory: undefined, downloads: undefined };
    await files.stageInputs([unit, unit], from);
    const there = join(sourceStaging(open().directories.workDirectory), 'query.parquet');
    assert.equal(readFileSync(there, 'utf8'), 'result');
    assert.equal(statSync(there).ino, statSync(staged).ino);
    await files.remove();
    assert.equal(readFileSync(staged, 'utf8'), 'result');
  });

  it('never hands out a name that leaves it', async () => {
    const files = open();
    for (const name of ['../x', '/etc/passwd', 'a/../../x', 'a//b', '', 'a\\..\\b', 'a\0b']) {
      await assert.rejects(async () => files.fetch(name), name);
      await assert.rejects(async () => files.get(name), name);
      await assert.rejects(async () => files.localiseSideInputs([{ node: 1, file: name }]), name);
    }
  });
});
