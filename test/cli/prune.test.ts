import assert from 'node:assert/strict';
import { openRegistry } from '../../src/registry/index.js';
import { publishNumbers } from '../registry/retention/numbers.js';
import { TemporaryProject } from './run-cli.js';

describe('prune', () => {
  let project: TemporaryProject;
  before(async () => {
    project = await TemporaryProject.create();
    for (const version of ['1.0.0', '1.1.0', '2.0.0']) await publishNumbers(openRegistry(project.registry), version);
  });
  after(() => project.remove());

  const prune = (...flags: readonly string[]) => project.run(['prune', '--registry', project.registry, ...flags]);

  it('says what would go, and why the others stay', async () => {
    const { code, stdout, stderr } = await prune('--keep-last', '2', '--keep', 'numbers:2.*.*');
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^numbers:2\.0\.0 .* stay +the newest; --keep numbers:2\.\*\.\*$/m);
    assert.match(stdout, /^numbers:1\.1\.0 .* stay +one of the last 2$/m);
    assert.match(stdout, /^numbers:1\.0\.0 .* go +no rule keeps it$/m);
    assert.match(stdout, /^1 of 3 versions would go, [\d.]+ KiB\. Run it again with --yes/m);
    assert.equal((await prune('--keep-newer-than', '30d')).code, 0);
  });

  it('wants a rule, an age that it understands, and one of --yes and --dry-run', async () => {
    for (const flags of [
      [],
      ['--keep-newer-than', '30'],
      ['--keep-last', '0'],
      ['--keep-last', '1', '--yes', '--dry-run'],
    ]) {
      const { code, stderr } = await prune(...flags);
      assert.equal(code, 2, stderr);
      assert.match(stderr, /error\[USAGE\]/);
    }
  });

  it('removes with --yes, and whoever asks later is told', async () => {
    const outcome = await prune('--keep-last', '1', '--yes', '-m', 'superseded', '--json');
    assert.equal(outcome.code, 0, outcome.stderr);
    const { versions } = JSON.parse(outcome.stdout) as {
      readonly versions: readonly { reference: string; outcome: string | null }[];
    };
    assert.deepEqual(
      versions.map(({ reference, outcome: done }) => [reference, done]),
      [
        ['numbers:2.0.0', null],
        ['numbers:1.1.0', 'removed'],
        ['numbers:1.0.0', 'removed'],
      ],
    );
    const { code, stderr } = await project.run(['path', 'numbers:1.0.0', '--registry', project.registry]);
    assert.equal(code, 3);
    assert.match(stderr, /error\[VERSION_REMOVED\]: numbers:1\.0\.0 was removed from .* by .*: superseded/);
  });
});
