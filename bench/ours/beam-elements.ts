/**
 * Sends small elements through the worker: Impulse -> ParDo -> GroupByKey -> ParDo, by 16 keys, each made from an md5 as writers do.
 *
 * `node beam-elements.js ENDPOINT [elements] [bytes of each]`, with a Beam job service at ENDPOINT; the last line is JSON.
 */
import { createHash } from 'node:crypto';
import type { BeamIterable, DoFn } from '../../src/engines/beam/harness/do-fn.js';
import { runPipeline } from '../../test/engines/beam/harness/small-pipeline.js';

const shards = 16;
const [endpoint = '', elements = '1000000', valueBytes = '12'] = process.argv.slice(2);
const count = Number(elements);
const filling = Buffer.alloc(Number(valueBytes), 'x');

const make = (): DoFn => ({
  async process(_impulse, c) {
    for (let i = 0; i < count; i++) {
      const hash = createHash('md5').update(`key${i}`).digest();
      const key = Buffer.alloc(4);
      key.writeUInt32BE(hash.readUInt32BE(0) % shards);
      const value = Buffer.from(filling);
      value.writeUInt32BE(i);
      const full = c.emit('out', [key, value]);
      if (full !== undefined) await full;
      c.counter('made', 1);
    }
  },
});

let sum = 0;
const add = (): DoFn => ({
  async process(element, c) {
    const [, values] = element as [Uint8Array, BeamIterable];
    let seen = 0;
    for await (const run of values.runs()) {
      for (const value of run) {
        const bytes = value as Uint8Array;
        sum += new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
        seen++;
      }
    }
    c.counter('seen', seen);
  },
});

const { state, errors, seconds } = await runPipeline(endpoint, { make, add }, (pipeline, step) => {
  step('add', pipeline.groupByKey('group', step('make', pipeline.impulse('impulse'))));
});
if (state !== 'done' || sum !== (count * (count - 1)) / 2)
  throw new Error(`${state}, sum ${sum}: ${errors.join('\n')}`);
const { user, system } = process.cpuUsage();
const peakBytes = process.resourceUsage().maxRSS * 1024;
console.log(JSON.stringify({ seconds, processorSeconds: (user + system) / 1e6, peakBytes }));
