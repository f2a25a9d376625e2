import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { discoverDatasets, limitsOfConfig, loadBuilder, loadDefinition } from '../../src/builder/index.js';

const library = new URL('../../src/index.js', import.meta.url).href;

function source(statics: string): string {
  return `import { DatasetBuilder, features, scalar } from '${library}';
export class Sample extends DatasetBuilder<any> {
  ${statics}
  info() { return { description: 'd', features: features({ x: scalar('int64') }) }; }
  splits(p: any) { return { train: p.generate(function* () {}) }; }
}`;
}

const valid = "static datasetName = 'sample'; static versions = { '1.1.0': 'b', '1.0.0': 'a' };";

describe('data sets found by their folders', () => {
  let root: string;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'ailab-builder-'));
    await writeFile(join(root, 'package.json'), '{ "type": "module" }');
  });
  afterEach(() => rm(root, { recursive: true }));

  async function dataset(name: string, text: string, file = 'builder.ts'): Promise<void> {
    await mkdir(join(root, name), { recursive: true });
    await writeFile(join(root, name, file), text);
  }

  async function refusal(statics: string, name = 'sample'): Promise<string> {
    await dataset(name, source(statics));
    const [found] = await discoverDatasets([root]);
    assert.ok(found);
    const error: unknown = await loadDefinition(found.module, found.name).catch((reason: unknown) => reason);
    assert.ok(error instanceof Error && 'code' in error && error.code === 'BUILDER_INVALID', String(error));
    return error.message;
  }

  it('are named for the folder, at any depth, without running a module', async () => {
    await dataset('images/digits', 'throw new RangeError("never imported")');
    await dataset('flights', 'throw new RangeError("never imported")', 'builder.mjs');
    await dataset('notes', 'export {};', 'other.ts');
    const found = await discoverDatasets([root]);
    assert.deepEqual(
      found.map(({ name }) => name),
      ['digits', 'flights'],
    );
  });

  it('refuse two folders of one name', async () => {
    await dataset('a/digits', '');
    await dataset('b/digits', '');
    await assert.rejects(discoverDatasets([root]), {
      code: 'BUILDER_INVALID',
      message: /two data sets are named digits/,
    });
  });

  it('name a folder of data sets that is not there', async () => {
    await assert.rejects(discoverDatasets([join(root, 'missing')]), { code: 'CONFIG_INVALID', message: /missing/ });
  });

  it('load from TypeScript without a build step', async () => {
    await dataset('sample', source(valid));
    const [found] = await discoverDatasets([root]);
    assert.ok(found);
    const definition = await loadDefinition(found.module, found.name);
    assert.deepEqual(definition.versions, ['1.1.0', '1.0.0']);
    assert.deepEqual(definition.buildableVersions, ['1.1.0']);
    const builder = await loadBuilder({ ...found, config: undefined, version: '1.1.0', manualDirectory: undefined });
    assert.equal(builder.version, '1.1.0');
    assert.equal(builder.info().description, 'd');
  });

  it('say which static is wrong', async () => {
    assert.match(await refusal("static datasetName = 'other'; static versions = { '1.0.0': 'a' };"), /named 'other'/);
  });
  it('refuse a version that is none', async () => {
    assert.match(
      await refusal("static datasetName = 'sample'; static versions = { '1.0': 'a' };"),
      /'1.0' is no version/,
    );
  });
  it('say how often their data is published, and what is kept of it', async () => {
    await dataset('sample', source(`${valid} static snapshots = 'daily'; static keep = { daily: 30, monthly: 12 };`));
    const [found] = await discoverDatasets([root]);
    assert.ok(found);
    const { snapshots, keep } = await loadDefinition(found.module, found.name);
    assert.deepEqual({ snapshots, keep }, { snapshots: 'daily', keep: { daily: 30, monthly: 12 } });
    const at = { ...found, config: undefined, version: '1.1.0', manualDirectory: undefined };
    const builder = await loadBuilder({ ...at, config: '20261121.men' });
    assert.deepEqual(builder.snapshot?.to, new Date('2026-11-22T00:00:00Z'));
    assert.equal(builder.config, 'men');
    assert.equal((await loadBuilder(at)).snapshot, undefined);
    await assert.rejects(loadBuilder({ ...at, config: '202611' }), { code: 'NAME_INVALID' });
  });
  it('leave a config that is named like a date as it is, where there are no snapshots', async () => {
    await dataset('sample', source(`${valid} static configs = { '20220301.en': 'of March 2022' };`));
    const [found] = await discoverDatasets([root]);
    assert.ok(found);
    const at = { ...found, config: '20220301.en', version: '1.1.0', manualDirectory: undefined };
    const { config, snapshot } = await loadBuilder(at);
    assert.deepEqual({ config, snapshot }, { config: '20220301.en', snapshot: undefined });
  });
  it('refuse snapshots that nobody can name', async () => {
    assert.match(await refusal(`${valid} static snapshots = 'dayly';`), /snapshots is "dayly"/);
  });
  it('refuse to keep snapshots of a period that there are none of', async () => {
    assert.match(
      await refusal(`${valid} static snapshots = 'daily'; static keep = { hourly: 3 };`),
      /keep.hourly is of hourly snapshots, and these are daily/,
    );
  });
  it('refuse to keep none', async () => {
    assert.match(await refusal(`${valid} static snapshots = 'daily'; static keep = { daily: 0 };`), /keep.daily is 0/);
  });
  it('refuse to keep snapshots where there are none', async () => {
    assert.match(await refusal(`${valid} static keep = { daily: 3 };`), /keep is of snapshots, and there are none/);
  });
  it('refuse a config that could be taken for a snapshot', async () => {
    assert.match(
      await refusal(`${valid} static snapshots = 'daily'; static configs = { '20261121': 'one day' };`),
      /the config '20261121' is named like a snapshot/,
    );
  });
  it('refuse two configs whose newest snapshots would share an alias', async () => {
    assert.match(
      await refusal(`${valid} static snapshots = 'daily'; static configs = { 'a.b': 'one', 'a-b': 'other' };`),
      /would share the alias nightly-a-b/,
    );
  });
  it('refuse versions out of order', async () => {
    const message = await refusal("static datasetName = 'sample'; static versions = { '1.9.0': 'a', '1.10.0': 'b' };");
    assert.match(message, /1.10.0 is listed after 1.9.0/);
  });
  it('refuse a version without a release note', async () => {
    assert.match(
      await refusal("static datasetName = 'sample'; static versions = { '1.0.0': ' ' };"),
      /no release note/,
    );
  });
  it('refuse a supported version that is not listed', async () => {
    assert.match(await refusal(`${valid} static supportedVersions = ['0.9.0'];`), /supportedVersions names 0.9.0/);
  });
  it('say in numbers what a distributed build of them needs', async () => {
    await dataset(
      'sample',
      source(
        `${valid} static resources = { cpu: 8, memory: '1.5 GB', disk: '200GiB', machineType: 'n2-highmem-8' }; static timeout = '90 minutes';`,
      ),
    );
    const [found] = await discoverDatasets([root]);
    assert.ok(found);
    assert.deepEqual((await loadDefinition(found.module, found.name)).demands, {
      cpuCount: 8,
      memoryBytes: 1_500_000_000,
      diskBytes: 200 * 2 ** 30,
      machineType: 'n2-highmem-8',
      timeoutSeconds: 5400,
    });
  });
  it('say how old their newest data may be', async () => {
    await dataset('sample', source(`${valid} static freshness = '26 hours';`));
    const [found] = await discoverDatasets([root]);
    assert.ok(found);
    assert.equal((await loadDefinition(found.module, found.name)).freshnessSeconds, 26 * 3600);
  });
  it('say what must hold before they are published', async () => {
    const expectations = `{
      splits: { train: { minExamples: 1_000, maxExamples: 2e6 }, test: { mayBeEmpty: true, maxChange: { growth: '300%' } } },
      maxChange: '30 %',
      joins: { 'impressions with users': { minMatched: '99.5 %' } },
      configs: { tiny: { splits: { train: { minExamples: 5, maxChange: '150 %' } }, maxChange: { shrink: '1 %' } } },
    }`;
    const statics = `static configs = { all: 'All.', tiny: 'A few.' }; static expectations = ${expectations};`;
    await dataset('sample', source(`${valid} ${statics}`));
    const [found] = await discoverDatasets([root]);
    assert.ok(found);
    const { limits } = await loadDefinition(found.module, found.name);
    assert.deepEqual(limitsOfConfig(limits, 'all'), {
      splits: {
        train: { minExamples: 1000, maxExamples: 2_000_000 },
        test: { mayBeEmpty: true, maxChange: { growth: 3 } },
      },
      maxChange: { shrink: 0.3, growth: 0.3 },
      joins: { 'impressions with users': { minMatched: 0.995 } },
    });
    assert.deepEqual(limitsOfConfig(limits, 'tiny'), {
      splits: {
        train: { minExamples: 5, maxExamples: 2_000_000, maxChange: { shrink: 1, growth: 1.5 } },
        test: { mayBeEmpty: true, maxChange: { growth: 3 } },
      },
      maxChange: { shrink: 0.01, growth: 0.3 },
      joins: { 'impressions with users': { minMatched: 0.995 } },
    });
  });
  for (const [statics, schedule] of [
    ["{ cron: '0 3 * * *' }", { cron: '0 3 * * *', timezone: 'UTC' }],
    ["{ cron: ' 0   3 * * MON-FRI ', timezone: 'Asia/Tokyo' }", { cron: '0 3 * * 1-5', timezone: 'Asia/Tokyo' }],
    [
      "{ cron: '*/15,7 0-6/2 1 jan,JUL *', timezone: 'Asia/Kolkata' }",
      { cron: '*/15,7 0-6/2 1 1,7 *', timezone: 'Asia/Kolkata' },
    ],
  ] as const) {
    it(`are to be rebuilt at ${statics}`, async () => {
      await dataset('sample', source(`${valid} static schedule = ${statics};`));
      const [found] = await discoverDatasets([root]);
      assert.ok(found);
      assert.deepEqual((await loadDefinition(found.module, found.name)).schedule, schedule);
    });
  }
  for (const [statics, message] of [
    ["resources = { memroy: '16 GiB' }", 'resources has no memroy'],
    ["resources = '16 GiB'", 'resources is no object'],
    ['resources = { memory: 17179869184 }', 'resources.memory is 17179869184'],
    ["resources = { disk: '0 GiB' }", 'resources.disk is "0 GiB"'],
    ['resources = { cpu: 2.5 }', 'resources.cpu is 2.5'],
    ["resources = { machineType: 'n2 standard' }", 'resources.machineType is "n2 standard"'],
    ["timeout = '6 h'", 'timeout is "6 h"'],
    ["timeout = '30 days'", 'timeout is "30 days"'],
    ["timeout = '0.5 minutes'", 'timeout is "0.5 minutes"'],
    ['timeout = 3600', 'timeout is 3600'],
    ["freshness = '1 day and a half'", 'freshness is "1 day and a half"'],
    ["freshness = '1 minute'", 'freshness is "1 minute"'],
    ['freshness = 93600', 'freshness is 93600'],
    ["schedule = '0 3 * * *'", 'schedule is no object'],
    ["schedule = { timezone: 'Asia/Tokyo' }", 'schedule.cron is missing'],
    ["schedule = { cron: '0 3 * * *', timeZone: 'UTC' }", 'schedule has no timeZone'],
    ["schedule = { cron: '0 3 * *' }", "schedule.cron is '0 3 * *', which has 4 fields"],
    ["schedule = { cron: '@daily' }", "schedule.cron is '@daily', which GitHub and Cloud Scheduler don't know"],
    ["schedule = { cron: '60 3 * * *' }", "schedule.cron has '60' for the minute"],
    ["schedule = { cron: '0 3 * * 7' }", "schedule.cron has '7' for the day of the week"],
    ["schedule = { cron: '5/15 * * * *' }", "schedule.cron has '5/15' for the minute: a step needs a range"],
    ["schedule = { cron: '0 22-3 * * *' }", "schedule.cron has '22-3' for the hour, which ends before it begins"],
    [
      "schedule = { cron: '0 3 1 * 1' }",
      "schedule.cron is '0 3 1 * 1': with days of the month and of the week, some schedulers mean either and some both",
    ],
    ["schedule = { cron: '0 3 30 FEB *' }", "schedule.cron is '0 3 30 FEB *', which is never"],
    ["schedule = { cron: '0 3 * * *', timezone: 'JST' }", "schedule.timezone is 'JST'"],
    ["schedule = { cron: '0 3 * * *', timezone: 'asia/tokyo' }", "schedule.timezone is 'asia/tokyo'"],
    ["schedule = { cron: '0 3 * * *', timezone: '+09:00' }", "schedule.timezone is '+09:00'"],
    ["expectations = '30 %'", 'expectations is "30 %", and no object'],
    ["expectations = { maxchange: '30 %' }", 'expectations has no maxchange'],
    ['expectations = { maxChange: 0.3 }', 'expectations.maxChange is 0.3'],
    ["expectations = { maxChange: '-5 %' }", 'expectations.maxChange is "-5 %"'],
    ["expectations = { maxChange: { shrink: '120 %' } }", 'expectations.maxChange.shrink is "120 %"'],
    ["expectations = { maxChange: { grow: '5 %' } }", 'expectations.maxChange has no grow'],
    ['expectations = { splits: [] }', 'expectations.splits is [], and no object'],
    ['expectations = { splits: { train: 1000 } }', 'expectations.splits.train is 1000, and no object'],
    ['expectations = { splits: { all: {} } }', 'expectations.splits names "all"'],
    ['expectations = { splits: { train: { min: 5 } } }', 'expectations.splits.train has no min'],
    ['expectations = { splits: { train: { minExamples: 0.5 } } }', 'expectations.splits.train.minExamples is 0.5'],
    ["expectations = { splits: { test: { mayBeEmpty: 'yes' } } }", 'expectations.splits.test.mayBeEmpty is "yes"'],
    [
      'expectations = { splits: { train: { minExamples: 10, maxExamples: 5 } } }',
      'expectations.splits.train has minExamples 10, more than maxExamples 5',
    ],
    [
      'expectations = { splits: { train: { maxExamples: 0 } } }',
      'expectations.splits.train has maxExamples 0, and may not be empty',
    ],
    [
      'expectations = { splits: { test: { minExamples: 1, mayBeEmpty: true } } }',
      'expectations.splits.test may be empty, and has minExamples 1',
    ],
    [
      "expectations = { joins: { 'logs and items': { minMatched: 99 } } }",
      'expectations.joins["logs and items"].minMatched is 99',
    ],
    ["expectations = { joins: { items: { minMatched: '101 %' } } }", 'expectations.joins.items.minMatched is "101 %"'],
    ['expectations = { configs: { men: {} } }', 'expectations.configs names men, which is no config'],
  ] as const) {
    it(`refuse ${statics}`, async () => {
      assert.equal(await refusal(`${valid} static ${statics};`), `sample: ${message}`);
    });
  }
  it('say that builders are ES modules', async () => {
    await rm(join(root, 'package.json'));
    await dataset('sample', source(valid));
    const [found] = await discoverDatasets([root]);
    assert.ok(found);
    await assert.rejects(loadDefinition(found.module, found.name), { hint: /"type": "module"/ });
  });
  it('keep the error of a module that fails as the cause', async () => {
    await dataset('sample', 'throw new RangeError("from the author");');
    const [found] = await discoverDatasets([root]);
    assert.ok(found);
    const error: unknown = await loadDefinition(found.module, found.name).catch((reason: unknown) => reason);
    assert.ok(error instanceof Error && error.cause instanceof RangeError);
    assert.match(error.message, /from the author/);
  });
});
