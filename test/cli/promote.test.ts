import assert from 'node:assert/strict';
import { openRegistry } from '../../src/registry/index.js';
import { publishNumbers } from '../registry/retention/numbers.js';
import { TemporaryProject } from './run-cli.js';

describe('promote, rollback and alias', () => {
  let project: TemporaryProject;
  before(async () => {
    project = await TemporaryProject.create();
    const config = { registries: { dev: project.path('dev'), prod: project.registry }, registry: 'prod' };
    await project.write('ailab-datasets.config.json', JSON.stringify(config));
    for (const version of ['1.0.0', '1.1.0']) {
      await publishNumbers(openRegistry(project.registry), version);
      await publishNumbers(openRegistry(project.path('dev')), version);
    }
    await publishNumbers(openRegistry(project.path('dev')), '2.0.0');
  });
  after(() => project.remove());

  const run = async (...argv: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await project.run(argv);
    assert.equal(code, 0, stderr);
    return stdout.trimEnd();
  };
  const env = { AILAB_DATASETS_ACTOR: 'ann@lab' };

  it('move an alias there and back, and say what it stood for', async () => {
    assert.equal(
      await run('promote', 'numbers:1.0.0', 'prod', '-m', 'first'),
      'numbers@prod stands for numbers:1.0.0; it was not set before.',
    );
    assert.equal(
      await run('promote', 'numbers:1.1.0', 'candidate'),
      'numbers@candidate stands for numbers:1.1.0; it was not set before.',
    );
    assert.equal(
      await run('promote', 'numbers@candidate', 'prod', '--reason', 'trial passed'),
      'numbers@prod stands for numbers:1.1.0; it stood for numbers:1.0.0.',
    );
    assert.equal(await run('path', 'numbers@prod'), project.path('registry/numbers/1.1.0'));
    assert.equal(
      await run('rollback', 'numbers', 'prod', '-m', 'clicks fell'),
      'numbers@prod stands for numbers:1.0.0 again; it stood for numbers:1.1.0.',
    );
    assert.equal(await run('path', 'numbers@prod'), project.path('registry/numbers/1.0.0'));
    assert.equal((await project.run(['rollback', 'numbers', 'prod'])).code, 3);
  });

  it('list what is set, and who moved it when and why', async () => {
    assert.match(
      await run('alias', 'list'),
      /^numbers@candidate +numbers:1\.1\.0 +\d{4}-\d\d-\d\d \d\d:\d\d +\S+@\S+/m,
    );
    assert.match(await run('alias', 'list', 'numbers'), /^numbers@prod +numbers:1\.0\.0 .*clicks fell$/m);
    const history = await run('alias', 'history', 'numbers', 'prod');
    assert.match(history, /^3 .* numbers:1\.1\.0 +numbers:1\.0\.0 .*rollback to 1: clicks fell$/m);
    await project.json(['promote', 'numbers:1.1.0', 'told', '-m', 'why not'], env);
    assert.deepEqual(await project.json(['alias', 'history', 'numbers', 'told']), {
      registry: project.registry,
      dataset: 'numbers',
      alias: 'told',
      moves: [
        {
          ...{ generation: 1, from: null, to: 'numbers:1.1.0', reason: 'why not', actor: 'ann@lab', restores: null },
          movedAt: (await newest('told')).movedAt,
        },
      ],
    });
  });

  const newest = async (wanted: string) => {
    const { aliases } = (await project.json(['alias', 'list', 'numbers'])) as {
      readonly aliases: readonly { readonly alias: string; readonly movedAt: string }[];
    };
    return aliases.find(({ alias }) => alias === wanted) ?? assert.fail();
  };

  it('copy a version from one named registry to another', async () => {
    const text = await run('promote', 'numbers:2.0.0', 'prod', '--from', 'dev', '--to', 'prod');
    assert.match(
      text,
      /^numbers:2\.0\.0 was copied from .*\/dev to .*\/registry: \d+ files, .*\nnumbers@prod stands for/,
    );
    const again = (await project.json(['promote', 'numbers:2.0.0', '--from', 'dev'])) as Record<string, unknown>;
    assert.deepEqual(again['copy'], { status: 'exists', from: project.path('dev') });
    assert.equal(again['alias'], null);
  });

  it('want to know what is to be moved', async () => {
    for (const argv of [
      ['promote', 'numbers:1.0.0'],
      ['promote', 'numbers:1.0.0', 'prod', '--from', 'prod'],
      ['alias', 'history', 'numbers'],
      ['alias', 'list', 'numbers', 'prod'],
    ]) {
      const { code, stderr } = await project.run(argv);
      assert.equal(code, 2, stderr);
      assert.match(stderr, /error\[USAGE\]/);
    }
  });
});
