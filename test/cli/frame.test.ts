import assert from 'node:assert/strict';
import { commands } from '../../cli/commands/index.js';
import { TemporaryProject } from './run-cli.js';

describe('the command line', () => {
  let project: TemporaryProject;
  before(async () => {
    project = await TemporaryProject.create();
  });
  after(() => project.remove());

  it('prints a help page with every command and every exit code', async () => {
    const { code, stdout, stderr } = await project.run(['--help']);
    assert.equal(code, 0);
    assert.equal(stderr, '');
    for (const { name, summary, hidden } of commands) {
      if (hidden !== true) assert.match(stdout, new RegExp(`^  ${name} .*${summary.split(' ')[0]}`, 'm'));
    }
    for (const exitCode of [0, 1, 2, 3, 4, 5, 70, 130]) assert.match(stdout, new RegExp(`^  ${exitCode} `, 'm'));
  });

  it('prints the same help for no arguments, help and --help', async () => {
    const pages = await Promise.all([[], ['help'], ['--help'], ['-h']].map((argv) => project.run(argv)));
    for (const page of pages) assert.deepEqual(page, pages[0]);
  });

  for (const entry of commands.filter(({ hidden }) => hidden !== true)) {
    it(`explains ${entry.name} with its arguments, its flags and examples`, async () => {
      const [asFlag, asCommand] = await Promise.all([
        project.run([entry.name, '--help']),
        project.run(['help', entry.name]),
      ]);
      assert.equal(asFlag.code, 0);
      assert.deepEqual(asFlag, asCommand);
      assert.match(asFlag.stdout, new RegExp(`^Usage: ailab-datasets ${entry.name}`));
      assert.match(asFlag.stdout, /--json/);
      assert.match(asFlag.stdout, new RegExp(`Examples:\n(?:  # .*\n)?  \\$ ailab-datasets ${entry.name}`));
    });
  }

  it('prints the version of the package', async () => {
    const { stdout } = await project.run(['--version']);
    assert.match(stdout, /^\d+\.\d+\.\d+\n$/);
  });

  it('suggests the command that a misspelt one meant, with exit code 2', async () => {
    const { code, stdout, stderr } = await project.run(['docter']);
    assert.equal(code, 2);
    assert.equal(stdout, '');
    assert.match(stderr, /^error\[USAGE\]: unknown command 'docter'\nhint: Did you mean doctor\?\n$/);
  });

  it('suggests the flag that a misspelt one meant', async () => {
    const { code, stderr } = await project.run(['doctor', '--pythn', 'x']);
    assert.equal(code, 2);
    assert.match(stderr, /unknown option '--pythn'\nhint: Did you mean --python\?/);
  });

  it('prints errors as JSON on standard output with --json, wherever the flag stands', async () => {
    for (const argv of [
      ['--json', 'doctor', '--pythn'],
      ['doctor', '--pythn', '--json'],
    ]) {
      const { code, stdout, stderr } = await project.run(argv);
      assert.equal(code, 2);
      assert.equal(stderr, '');
      const { error } = JSON.parse(stdout) as { readonly error: Readonly<Record<string, unknown>> };
      assert.equal(error['code'], 'USAGE');
      assert.match(String(error['hint']), /--python/);
      assert.deepEqual(error['at'], {});
    }
  });

  it('names the file and the key of a configuration that is wrong, with exit code 2', async () => {
    const broken = await TemporaryProject.create({ 'ailab-datasets.config.json': '{"registry": "r", "worker": 2}' });
    const { code, stderr } = await broken.run(['list']);
    await broken.remove();
    assert.equal(code, 2);
    assert.match(stderr, /error\[CONFIG_INVALID\]: .*ailab-datasets\.config\.json has no setting "worker"/);
    assert.match(stderr, /file: .*ailab-datasets\.config\.json/);
    assert.match(stderr, /hint: Did you mean workers\?/);
  });

  it('writes no colours into pipes, and writes them where FORCE_COLOR asks, unless NO_COLOR forbids', async () => {
    const controlCode = String.fromCharCode(27);
    const plain = await project.run(['docter']);
    const coloured = await project.run(['docter'], { env: { FORCE_COLOR: '1' } });
    // Node 22 and later have a warning of their own for the two together.
    const refused = await project.run(['docter'], { env: { FORCE_COLOR: '1', NO_COLOR: '1', NODE_NO_WARNINGS: '1' } });
    assert.ok(!plain.stderr.includes(controlCode));
    assert.ok(coloured.stderr.includes(`${controlCode}[31m`));
    assert.equal(refused.stderr, plain.stderr);
  });

  it('shows no stack unless --verbose asks for it', async () => {
    const { stderr } = await project.run(['docter']);
    const verbose = await project.run(['docter', '--verbose']);
    assert.doesNotMatch(stderr, /\n\s+at /);
    assert.match(verbose.stderr, /\n\s+at /);
  });

  it('starts a help page without loading the library', async () => {
    const { stderr } = await project.run(['build', '--help'], { env: { NODE_DEBUG: 'esm' } });
    assert.doesNotMatch(stderr, /dist\/src\/(?:build|engines|features|registry)\//);
    assert.doesNotMatch(stderr, /node_modules\/(?:zod|apache-arrow|piscina)/);
  });
});
