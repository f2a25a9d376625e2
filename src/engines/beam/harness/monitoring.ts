import { create } from '@bufbuild/protobuf';
import { BinaryWriter } from '@bufbuild/protobuf/wire';
import { type MonitoringInfo, MonitoringInfoSchema } from '../protos/pipeline/v1/metrics_pb.js';

/** Our counters' namespace. */
export const counterNamespace = 'ailab-datasets';

/** What was counted of a bundle, by what and where. */
export interface Measure {
  readonly urn: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** How many elements a PCollection got. */
export function elementCount(pcollection: string, value: number): Measure {
  return { urn: 'beam:metric:element_count:v1', labels: { PCOLLECTION: pcollection }, value };
}

/** Which element of a source is being worked on. */
export function readIndex(transform: string, value: number): Measure {
  return { urn: 'beam:metric:data_channel:read_index:v1', labels: { PTRANSFORM: transform }, value };
}

/** A counter of a DoFn. */
export function userCounter(transform: string, name: string, value: number): Measure {
  const labels = { PTRANSFORM: transform, NAMESPACE: counterNamespace, NAME: name };
  return { urn: 'beam:metric:user:sum_int64:v1', labels, value };
}

/** Measures for the runner: with all that they are, for those that don't know short ids, and by short id, which others ask about once. */
export interface MonitoringAnswer {
  readonly monitoringInfos: MonitoringInfo[];
  readonly monitoringData: Record<string, Uint8Array>;
}

/** Gives each thing that a worker measures a short name (beam_fn_api.proto, MonitoringInfosMetadataRequest). */
export class MonitoringIds {
  readonly #ids = new Map<string, string>();
  readonly #described = new Map<string, MonitoringInfo>();

  answer(measures: readonly Measure[]): MonitoringAnswer {
    const monitoringInfos: MonitoringInfo[] = [];
    const monitoringData: Record<string, Uint8Array> = {};
    for (const measure of measures) {
      const info = describe(measure, encodeCount(measure.value));
      monitoringInfos.push(info);
      monitoringData[this.#idOf(measure)] = info.payload;
    }
    return { monitoringInfos, monitoringData };
  }

  /** What short ids mean. */
  describe(ids: readonly string[]): Record<string, MonitoringInfo> {
    return Object.fromEntries(
      ids.flatMap((id) => {
        const info = this.#described.get(id);
        return info === undefined ? [] : [[id, info]];
      }),
    );
  }

  #idOf(measure: Measure): string {
    const key = JSON.stringify([measure.urn, measure.labels]);
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    const id = this.#ids.size.toString(36);
    this.#ids.set(key, id);
    this.#described.set(id, describe(measure, new Uint8Array()));
    return id;
  }
}

function describe({ urn, labels }: Measure, payload: Uint8Array): MonitoringInfo {
  return create(MonitoringInfoSchema, { urn, type: 'beam:metrics:sum_int64:v1', labels, payload });
}

/** A varint64; below zero in its ten bytes. */
function encodeCount(value: number): Uint8Array {
  return new BinaryWriter().int64(value).finish();
}
