import assert from 'node:assert/strict';
import { faultKinds, type Gcs, requireGcs } from './index.js';

/** What Google's documentation says of preconditions and resumable uploads, and fake-gcs-server alone doesn't do. */
describe('the fake of Google Cloud Storage', () => {
  let gcs: Gcs;
  let objects = '';
  let uploads = '';
  beforeEach(async function () {
    gcs = await requireGcs(this);
    const { name } = await gcs.newBucket();
    objects = `${gcs.endpoint}/storage/v1/b/${name}/o`;
    uploads = `${gcs.endpoint}/upload/storage/v1/b/${name}/o`;
  });

  async function put(name: string, body: string): Promise<string> {
    const reply = await fetch(`${uploads}?uploadType=media&name=${name}`, { method: 'POST', body });
    return ((await reply.json()) as { readonly generation: string }).generation;
  }
  const status = async (url: string, method = 'GET'): Promise<number> => (await fetch(url, { method })).status;

  it('keeps preconditions on generations when reading, copying, composing and deleting', async () => {
    const generation = await put('a', 'content');
    const stale = `ifGenerationMatch=${BigInt(generation) - 1n}`;
    for (const [url, method] of [
      [`${objects}/a?`, 'GET'],
      [`${objects}/a?alt=media&`, 'GET'],
      [`${objects}/a/rewriteTo${new URL(objects).pathname.slice('/storage/v1'.length)}/a?`, 'POST'],
      [`${objects}/a?`, 'DELETE'],
    ] as const) {
      assert.equal(await status(`${url}${stale}`, method), 412, `${method} ${url}`);
      assert.equal(await status(`${url}ifGenerationMatch=0`, method), 412, `${method} ${url}`);
    }
    assert.equal(await status(`${objects}/a?ifGenerationNotMatch=${generation}`), 304);
    assert.equal(await status(`${objects}/a?ifGenerationMatch=${generation}`), 200);
    assert.ok((await status(`${objects}/a?ifGenerationMatch=${generation}`, 'DELETE')) < 300);
    assert.equal(await status(`${objects}/a`), 404);
  });

  it('lets one of many copies to a place that must be free win', async () => {
    await put('a', 'content');
    const copy = `${objects}/a/rewriteTo${new URL(objects).pathname.slice('/storage/v1'.length)}/b?ifGenerationMatch=0`;
    const statuses = await Promise.all(Array.from({ length: 16 }, () => status(copy, 'POST')));
    assert.deepEqual(
      statuses.sort((a, b) => a - b),
      [200, ...Array.from({ length: 15 }, () => 412)],
    );
  });

  it('says how far a resumable upload is, and refuses content with another checksum than announced', async () => {
    const part = 2 ** 18;
    for (const [crc32c, expected] of [
      [undefined, 200],
      ['AAAAAA==', 400],
    ] as const) {
      const headers = { 'content-type': 'application/json' };
      const started = await fetch(`${uploads}?uploadType=resumable&name=c`, {
        ...{ method: 'POST', headers, body: JSON.stringify({ name: 'c', crc32c }) },
      });
      const place = started.headers.get('location') ?? '';
      const send = (range: string, body: Uint8Array<ArrayBuffer>): Promise<Response> =>
        fetch(place, { method: 'PUT', headers: { 'content-range': range }, body, redirect: 'manual' });
      assert.equal((await send('bytes */*', new Uint8Array(0))).headers.get('range'), null);
      assert.equal((await send(`bytes 0-${part - 1}/*`, new Uint8Array(part))).status, 308);
      const asked = await send('bytes */*', new Uint8Array(0));
      assert.deepEqual([asked.status, asked.headers.get('range')], [308, `bytes=0-${part - 1}`]);
      for (let again = 0; again < 2; again++) {
        assert.equal((await send(`bytes ${part}-${part}/${part + 1}`, new Uint8Array(1))).status, expected);
      }
      assert.equal(await status(`${objects}/c`), expected === 200 ? 200 : 404);
      if (expected === 200) await fetch(`${objects}/c`, { method: 'DELETE' });
    }
  });

  it('makes every kind of fault on another way, and counts them', async () => {
    await put('a', 'x'.repeat(1000));
    for (const kind of faultKinds) {
      const faults = await gcs.startFaults({ seed: 1, rate: 1, limit: 1, kinds: [kind] });
      const url = `${objects.replace(gcs.endpoint, faults.url)}/a?alt=media`;
      const outcome = await fetch(url, { signal: AbortSignal.timeout(300) }).then(
        async (reply) => `${reply.status} ${await reply.text().catch(() => 'broken')}`,
        (error: Error) => error.name,
      );
      assert.notEqual(outcome, `200 ${'x'.repeat(1000)}`, kind);
      assert.equal(await (await fetch(url)).text(), 'x'.repeat(1000));
      assert.deepEqual([...faults.faults], [[`download, ${kind}`, 1]]);
      await faults.close();
    }
  });
});
