import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { closeGcs, startGcs } from '../../test/gcs/index.js';
import type { Benchmark, BenchmarkContext } from '../benchmark.js';
import type { Figure } from '../measure/figures.js';
import type { Side } from '../measure/side-by-side.js';
import { compare, reportedSeconds, speedUp } from './compare.js';

const mebibyte = 2 ** 20;
/** Shards of a small data set, each one request; and of a large one, each in parts. */
const loads = [
  { files: 16, bytes: 8 * mebibyte },
  { files: 2, bytes: 64 * mebibyte },
];

export const gcs: Benchmark = {
  name: 'gcs',
  description: "upload and download through the seam, against Google's bare client on the same server",
  async run(context) {
    // The emulator itself: what the proxies of the tests add would only hide a difference.
    const { bareEndpoint, newBucket } = await startGcs();
    const { name } = await newBucket();
    try {
      const figures: Figure[] = [];
      for (const load of loads) {
        const folder = join(context.folder, `${load.bytes}`);
        mkdirSync(folder);
        for (let file = 0; file < load.files; file++)
          writeFileSync(join(folder, `${file}`), Buffer.alloc(load.bytes, `${file}`));
        for (const direction of ['upload', 'download']) {
          const side = (kind: string): Omit<Side, 'runs'> =>
            transfer(context, [kind, direction, bareEndpoint, name, folder, `${load.files}`]);
          const pair = await compare(context, side('seam'), side('client'));
          const title = `${direction} of ${load.files} x ${load.bytes / mebibyte} MiB, rate against the bare client's`;
          figures.push(speedUp(title, pair, { floor: 0.9, goal: 1 }));
        }
      }
      return figures;
    } finally {
      await closeGcs();
    }
  },
};

function transfer(context: BenchmarkContext, parameters: readonly string[]): Omit<Side, 'runs'> {
  return {
    name: parameters[0] === 'seam' ? 'the seam' : 'the bare client',
    command: () => context.script('gcs.js', ...parameters),
    secondsOf: reportedSeconds,
  };
}
