import assert from 'node:assert/strict';
import { resourceHints } from '../../../../src/engines/beam/translate/resource-hints.js';

describe("a builder's demands", () => {
  it("are the hints that Beam's Python SDK writes for the same", () => {
    // parse_resource_hints({'min_ram': '16GiB', 'cpu_count': '4'}) of apache_beam.transforms.resources 2.77.0:
    // {'beam:resources:min_ram_bytes:v1': b'17179869184', 'beam:resources:cpu_count:v1': b'4'}
    const hints = resourceHints({ memoryBytes: 16 * 2 ** 30, cpuCount: 4, diskBytes: 2 ** 40, machineType: 'n2' });
    assert.deepEqual(
      Object.entries(hints).map(([urn, payload]) => [urn, Buffer.from(payload).toString('latin1')]),
      [
        ['beam:resources:cpu_count:v1', '4'],
        ['beam:resources:min_ram_bytes:v1', '17179869184'],
      ],
    );
  });

  it('are no hints where nothing is demanded', () => {
    assert.deepEqual(resourceHints({}), {});
  });
});
