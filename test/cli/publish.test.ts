import assert from 'node:assert/strict';
import { join } from 'node:path';
import { TemporaryProject } from './run-cli.js';

describe('publish', () => {
  let project: TemporaryProject;
  /** An Arrow folder of a version is what datasets' save_to_disk writes. */
  let directory = '';
  before(async () => {
    project = await TemporaryProject.create();
    await project.json(['build', 'mnist', '--max-examples-per-split', '30']);
    directory = join((await project.run(['path', 'mnist'])).stdout.trim(), 'arrow');
  });
  after(() => project.remove());

  it('says what it would publish, publishes it, and finds it there again', async () => {
    const command = ['publish', directory, '--as', 'digits/small:1.0.0', '--owner', 'vision@lab'];
    const dry = await project.run([...command, '--dry-run']);
    assert.equal(dry.code, 0, dry.stderr);
    assert.match(dry.stdout, /^digits\/small:1\.0\.0 would be published: .*\n {2}train: 30 examples, 1 shards?, /);
    assert.equal((await project.run(['path', 'digits'])).code, 3);
    const first = (await project.json(command)) as Readonly<Record<string, unknown>>;
    assert.deepEqual([first['status'], first['writer'], first['config']], ['published', 'hugging-face', 'small']);
    assert.match((await project.run(command)).stdout, /was published before from the same files/);
    assert.match(
      (await project.run(['info', 'digits'])).stdout,
      /external +taken in from Hugging Face datasets; not rebuildable/,
    );
    assert.match((await project.run(['verify', 'digits'])).stdout, /digits\/small:1\.0\.0/);
    assert.equal((await project.run(['show', 'digits', '--json'])).code, 0);
  });

  it('wants a version, patterns that are some, and another version for other data', async () => {
    for (const flags of [
      ['--as', 'digits'],
      ['--as', 'digits:2.0.0', '--split', '=x'],
      ['--as', 'digits:2.0.0', '--split', 'a', '--split', 'b=c'],
    ]) {
      const { code, stderr } = await project.run(['publish', directory, ...flags]);
      assert.ok(code === 2 || code === 4, stderr);
    }
    const other = await project.run(['publish', join(directory, 'test'), '--as', 'digits/small:1.0.0']);
    assert.equal(other.code, 4);
    assert.match(
      other.stderr,
      /error\[VERSION_EXISTS\]: digits\/small:1\.0\.0 is published in .*, and holds something else/,
    );
  });
});
