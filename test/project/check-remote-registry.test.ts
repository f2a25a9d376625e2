import assert from 'node:assert/strict';
import { checkRemoteRegistry } from '../../src/project/check-remote-registry.js';
import { TemporaryProject } from '../cli/run-cli.js';
import { type CallKind, parseCall } from '../gcs/api-call.js';
import { forward, listen, relay, replyError } from '../gcs/http-message.js';
import { type Bucket, type Gcs, requireGcs } from '../gcs/index.js';

describe('the checks of a registry in a bucket', () => {
  let gcs: Gcs;
  let bucket: Bucket;
  before(async function () {
    gcs = await requireGcs(this);
    bucket = await gcs.newBucket();
  });

  /** What is found where requests of some kinds are forbidden, as Google forbids them. */
  async function checksWithout(...forbidden: readonly CallKind[]) {
    const server = await listen(async (request, response) => {
      if (forbidden.includes(parseCall(request).kind)) {
        replyError(response, 403, 'forbidden', 'ada does not have access');
      } else await relay(await forward(gcs.endpoint, request), response);
    });
    process.env['STORAGE_EMULATOR_HOST'] = server.url;
    try {
      return await checkRemoteRegistry(bucket.url);
    } finally {
      process.env['STORAGE_EMULATOR_HOST'] = gcs.endpoint;
      await server.close();
    }
  }
  const statusOf = (checks: Awaited<ReturnType<typeof checksWithout>>) =>
    checks.map(({ name, status }) => `${name} ${status}`);

  it('find that all may be done, and leave nothing', async () => {
    const checks = await checksWithout();
    assert.deepEqual(statusOf(checks), [
      'registry:list ok',
      'registry:read ok',
      'registry:create ok',
      'registry:delete ok',
    ]);
    for await (const left of bucket.storage.walk('')) assert.fail(`${left.path} was left`);
  });

  it('warn who may read and not publish', async () => {
    const checks = await checksWithout('insert');
    assert.deepEqual(statusOf(checks), ['registry:list ok', 'registry:read ok', 'registry:create warning']);
    assert.match(checks[2]?.finding ?? '', /versions can only be read: .*ada does not have access/);
    assert.match(checks[2]?.remedy ?? '', /roles\/storage\.objectAdmin/);
  });

  it('name what stays behind where deleting is forbidden', async () => {
    const checks = await checksWithout('delete');
    assert.equal(statusOf(checks)[3], 'registry:delete problem');
    assert.match(checks[3]?.finding ?? '', /gs:\/\/.*\/\.doctor\/[0-9a-f-]+ stays behind/);
  });

  it('say what to do where listing is forbidden, or there is no such bucket', async () => {
    const forbidden = await checksWithout('list');
    assert.equal(statusOf(forbidden)[0], 'registry:list problem');
    assert.match(forbidden[0]?.remedy ?? '', /roles\/storage\.objectViewer/);
    const unknown = await checkRemoteRegistry('gs://no-such-bucket-of-ours/registry');
    assert.deepEqual(statusOf(unknown), ['registry:list problem']);
    assert.match(unknown[0]?.remedy ?? '', /gcloud storage buckets create gs:\/\/no-such-bucket-of-ours/);
  });

  it('are among those of doctor, with the name of the registry and where it comes from', async () => {
    const project = await TemporaryProject.create({
      'ailab-datasets.config.json': JSON.stringify({ registries: { prod: bucket.url } }),
    });
    try {
      const { stdout, stderr } = await project.run(['doctor', '--registry', 'prod', '--python', 'no-such-python']);
      assert.match(stdout, new RegExp(`you may create objects of the registry ${bucket.url}`), stderr);
      assert.match(stdout, new RegExp(`registry +prod: ${bucket.url} +flag`));
      const listed = (await project.json(['list', '--registry', 'prod'])) as Readonly<Record<string, unknown>>;
      assert.deepEqual(
        [listed['registry'], listed['registryName'], listed['registryFrom']],
        [bucket.url, 'prod', { kind: 'flag' }],
      );
    } finally {
      await project.remove();
    }
  });
});
