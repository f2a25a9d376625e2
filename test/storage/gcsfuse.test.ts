import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gcsfuseUrl, refuseGcsfuse } from '../../src/storage/index.js';

describe('a directory on a gcsfuse mount', () => {
  const mounts = [
    'proc /proc proc rw,nosuid 0 0',
    '/dev/sda1 / ext4 rw,relatime 0 0',
    'lab-datasets /mnt/lab fuse.gcsfuse rw,nosuid,nodev,relatime,user_id=0,group_id=0 0 0',
    'lab-datasets /mnt/with\\040space\\011and\\134more fuse.gcsfuse rw 0 0',
    'gcsfuse /mnt/all fuse.gcsfuse rw 0 0',
    '_ /mnt/every fuse.gcsfuse rw 0 0',
    'gcsfuse /mnt/old fuse rw 0 0',
    'sshfs#host /mnt/ssh fuse.sshfs rw 0 0',
    'tmpfs /mnt/lab/local tmpfs rw 0 0',
    '',
  ].join('\n');

  for (const [directory, url] of [
    ['/mnt/lab', 'gs://lab-datasets'],
    ['/mnt/lab/registry/a', 'gs://lab-datasets/registry/a'],
    ['/mnt/with space\tand\\more/registry', 'gs://lab-datasets/registry'],
    ['/mnt/all/bucket/registry', 'gs://bucket/registry'],
    ['/mnt/every/bucket', 'gs://bucket'],
    ['/mnt/old/bucket/x', 'gs://bucket/x'],
    ['/mnt/lab/local/registry', undefined],
    ['/mnt/label', undefined],
    ['/mnt/ssh/registry', undefined],
    ['/home/user/registry', undefined],
  ] as const) {
    it(`${JSON.stringify(directory)} is ${url ?? 'on none'}`, () => {
      assert.equal(gcsfuseUrl(directory, mounts), url);
    });
  }

  it('is found through links, also where it does not exist yet', () => {
    const folder = realpathSync(mkdtempSync(join(tmpdir(), 'ailab-fuse-')));
    try {
      mkdirSync(join(folder, 'mount'));
      symlinkSync(join(folder, 'mount'), join(folder, 'link'));
      const text = `bucket ${join(folder, 'mount')} fuse.gcsfuse rw 0 0\n`;
      assert.equal(gcsfuseUrl(join(folder, 'link', 'new', 'registry'), text), 'gs://bucket/new/registry');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('is refused for publishing, with the URL to name in its place', () => {
    assert.throws(() => refuseGcsfuse('/mnt/lab/registry', 'publish to', mounts), {
      code: 'STORAGE_UNSUITABLE',
      message: /\/mnt\/lab\/registry/,
      hint: /gs:\/\/lab-datasets\/registry /,
    });
    refuseGcsfuse('/home/user/registry', 'publish to', mounts);
  });
});
