import assert from 'node:assert/strict';
import { TemporaryProject } from '../cli/run-cli.js';
import { repositoryRoot, skip } from '../oracle/index.js';

/** Arguments of `build`: a data set, and `--project`, `--region`, `--temp` and `--image`. It bills some minutes of the machines that they ask for. */
const variable = 'AILAB_TEST_REAL_DATAFLOW';
const given = process.env[variable];

// Opt-in: a run of CI without it lacks nothing, so nothing is skipped there.
if (given === undefined && process.env['CI'] !== 'true') {
  describe('real Dataflow', () => {
    it('does what the stand-in does', function () {
      skip(this, `${variable} names no data set and no job to try it with; see docs/development.md`);
    });
  });
}

if (given !== undefined) {
  describe('real Dataflow', function () {
    this.timeout(90 * 60_000);
    const [dataset = '', ...flags] = given.split(' ').filter((word) => word !== '');
    /** The project that the image was made from. */
    const cwd = process.env[`${variable}_PROJECT`] ?? repositoryRoot;
    const env = { DATAFLOW_EMULATOR_HOST: '', STORAGE_EMULATOR_HOST: '', HOME: process.env['HOME'] ?? '' };
    let project: TemporaryProject;

    before(async () => {
      project = await TemporaryProject.create();
    });
    after(() => project.remove());

    const json = async (...argv: readonly string[]): Promise<unknown> => {
      const outcome = await project.run([...argv, '--json'], { cwd, env });
      assert.equal(outcome.code, 0, outcome.stdout + outcome.stderr);
      return JSON.parse(outcome.stdout);
    };
    const dataflow = ['--runner', 'dataflow', ...flags];

    it('takes the job, runs it in the container, and gives the bytes of a build on this machine', async () => {
      const left = (await json('build', dataset, ...dataflow, '--no-wait')) as { builds: readonly { job: string }[] };
      assert.equal(left.builds.length, 1, 'a data set with one config');
      const place = ['--project', '--region'].flatMap((flag) => [flag, flags[flags.indexOf(flag) + 1] ?? '']);
      const there = await json('attach', left.builds[0]?.job ?? '', ...place);
      const here = await json('build', dataset, '--runner', 'threads', '--registry', project.path('here'));
      const digest = (result: unknown) => /"contentDigest":"(\w+)"/.exec(JSON.stringify(result))?.[1];
      assert.ok(digest(here) !== undefined);
      assert.equal(digest(there), digest(here));
    });
  });
}
