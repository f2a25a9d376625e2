import type { BuildDemands } from '../../../builder/index.js';

/**
 * What a builder demands as Beam's resource hints, for `Environment.resource_hints`. Amounts are decimal digits in ASCII, as both of Beam's SDKs write them
 * (python/apache_beam/transforms/resources.py, `_parse_int`; go/pkg/beam/options/resource/hint.go, `Payload`). Beam knows none for disks and machine types: those are
 * options of the job.
 *
 * @example
 * ```ts
 * resourceHints({ memoryBytes: 16 * 2 ** 30 }); // { 'beam:resources:min_ram_bytes:v1': '17179869184' as bytes }
 * ```
 */
export function resourceHints({ memoryBytes, cpuCount }: BuildDemands): Readonly<Record<string, Uint8Array>> {
  return {
    ...(cpuCount !== undefined && { 'beam:resources:cpu_count:v1': digits(cpuCount) }),
    ...(memoryBytes !== undefined && { 'beam:resources:min_ram_bytes:v1': digits(memoryBytes) }),
  };
}

function digits(amount: number): Uint8Array {
  return new TextEncoder().encode(String(amount));
}
