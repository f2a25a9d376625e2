import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { capture, type Finished, repositoryRoot, requireOracle, requireTorch } from '../../oracle/index.js';
import { trainTotals } from './impressions.js';
import { torchTotals, totalsPrograms } from './totals-programs.js';

const reference = 'product_a:1.2.0';
const pythonTimeoutMilliseconds = 120_000;

describe('a trainer without Node opens product_a as the snippet says, by', function () {
  this.timeout(2 * pythonTimeoutMilliseconds);
  const expected = trainTotals('all');
  let folder = '';

  async function ailabDatasets(...commandArguments: readonly string[]): Promise<string> {
    const command = join(repositoryRoot, 'dist', 'cli', 'main.js');
    const settings = ['--registry', join(folder, 'registry')];
    const finished = await capture(process.execPath, [command, ...commandArguments, ...settings], { cwd: folder });
    assert.equal(finished.exitCode, 0, finished.stderr);
    return finished.stdout;
  }

  /** The snippet as printed, in a file that is named for its target. */
  async function writeSnippet(target: string): Promise<{ readonly file: string; readonly text: string }> {
    const text = await ailabDatasets('snippet', reference, '--for', target);
    const file = join(folder, `${target}_snippet.py`);
    writeFileSync(file, text);
    return { file, text };
  }

  function write(name: string, text: string): string {
    const file = join(folder, name);
    writeFileSync(file, text);
    return file;
  }

  function assertRan({ exitCode, stdout, stderr }: Finished): string {
    assert.equal(exitCode, 0, stderr);
    return stdout;
  }

  function assertTotals(finished: Finished): void {
    const lastLine = assertRan(finished).trimEnd().split('\n').at(-1) ?? '';
    assert.deepEqual(JSON.parse(lastLine), expected);
  }

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'ailab-trainers-'));
    await ailabDatasets('build', reference);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  for (const [target, program] of Object.entries(totalsPrograms)) {
    it(`${target}: the snippet runs as printed, and what it opens holds every impression`, async function () {
      const oracle = requireOracle(this);
      const { text } = await writeSnippet(target);
      // As printed, then on: the program below uses what the snippet left open.
      assertTotals(await oracle.script([write(`${target}_totals.py`, `${text}\n${program}`)], { cwd: folder }));
    });
  }

  it('torch: the snippet runs as printed, alone and on both ranks of two', async function () {
    const torch = requireTorch(this);
    const { file } = await writeSnippet('torch');
    assert.match(assertRan(await torch.script([file], { cwd: folder })), /affinity/);
    for (const RANK of ['0', '1']) {
      const env = { ...process.env, RANK, WORLD_SIZE: '2' };
      assert.match(assertRan(await torch.script([file], { cwd: folder, env })), /affinity/);
    }
  });

  it('torch: two ranks with two workers each see every impression once', async function () {
    const torch = requireTorch(this);
    const { text } = await writeSnippet('torch');
    const opening = /ArrowShards\('.*'\)/.exec(text)?.[0];
    assert.ok(opening, text);
    assertTotals(await torch.script([write('torch_totals.py', torchTotals(opening))], { cwd: folder }));
  });
});
