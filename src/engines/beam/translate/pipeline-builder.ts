import { create, toBinary } from '@bufbuild/protobuf';
import {
  AccumulationMode_Enum,
  ClosingBehavior_Enum,
  type Coder,
  CoderSchema,
  ComponentsSchema,
  type Environment,
  IsBounded_Enum,
  MergeStatus_Enum,
  OnTimeBehavior_Enum,
  OutputTime_Enum,
  ParDoPayloadSchema,
  type PCollection,
  PCollectionSchema,
  type Pipeline,
  PipelineSchema,
  type PTransform,
  PTransformSchema,
  type WindowingStrategy,
  WindowingStrategySchema,
} from '../protos/pipeline/v1/beam_runner_api_pb.js';

/** The one output of a transform, by its id in the pipeline. */
export type Collection = string;

/** Names in Beam's model: https://github.com/apache/beam/blob/v2.77.0/model/pipeline/src/main/proto/org/apache/beam/model/pipeline/v1/beam_runner_api.proto */
const urns = {
  impulse: 'beam:transform:impulse:v1',
  flatten: 'beam:transform:flatten:v1',
  groupByKey: 'beam:transform:group_by_key:v1',
  parDo: 'beam:transform:pardo:v1',
} as const;

const environmentId = 'node';
const windowingId = 'global';
const bytes = 'bytes';
const pair = 'kv<bytes,bytes>';
const values = 'iterable<bytes>';
const group = 'kv<bytes,iterable<bytes>>';
const globalWindow = 'global_window';

/**
 * Puts a portable pipeline together from the four transforms that we need: impulse, flatten, GroupByKey, ParDo. Elements are pairs of bytes.
 *
 * A transform's id is its unique name. Transforms are listed in the order in which they were added, inputs first; maps by name, so that the same pipeline always
 * has the same bytes.
 */
export class PipelineBuilder {
  readonly #environment: Environment;
  readonly #doFnUrn: string;
  readonly #transforms = new Map<string, PTransform>();
  readonly #collections = new Map<string, PCollection>();

  constructor(environment: Environment, doFnUrn: string) {
    this.#environment = environment;
    this.#doFnUrn = doFnUrn;
  }

  impulse(name: string): Collection {
    return this.#add(name, { urn: urns.impulse }, [], bytes);
  }

  /** What several transforms gave, in no order. One collection stays what it is. */
  flatten(name: string, inputs: readonly Collection[]): Collection {
    const [only] = inputs;
    return inputs.length === 1 && only !== undefined ? only : this.#add(name, { urn: urns.flatten }, inputs, pair);
  }

  groupByKey(name: string, input: Collection): Collection {
    return this.#add(name, { urn: urns.groupByKey }, [input], group);
  }

  parDo(name: string, input: Collection, payload: Uint8Array<ArrayBuffer>): Collection {
    const doFn = { urn: this.#doFnUrn, payload };
    const spec = {
      urn: urns.parDo,
      payload: toBinary(ParDoPayloadSchema, create(ParDoPayloadSchema, { doFn })),
    };
    return this.#add(name, spec, [input], pair, environmentId);
  }

  build(): Pipeline {
    return create(PipelineSchema, {
      components: create(ComponentsSchema, {
        transforms: byName(this.#transforms),
        pcollections: byName(this.#collections),
        windowingStrategies: { [windowingId]: globalWindows() },
        coders: byName(coders()),
        environments: { [environmentId]: this.#environment },
      }),
      rootTransformIds: [...this.#transforms.keys()],
    });
  }

  #add(
    name: string,
    spec: { readonly urn: string; readonly payload?: Uint8Array<ArrayBuffer> },
    inputs: readonly Collection[],
    coderId: string,
    environment = '',
  ): Collection {
    const output = `${name}.out`;
    this.#transforms.set(
      name,
      create(PTransformSchema, {
        uniqueName: name,
        spec,
        inputs: inputs.length === 1 ? { in: inputs[0] ?? '' } : numbered(inputs),
        outputs: { out: output },
        environmentId: environment,
      }),
    );
    this.#collections.set(
      output,
      create(PCollectionSchema, {
        uniqueName: output,
        coderId,
        isBounded: IsBounded_Enum.BOUNDED,
        windowingStrategyId: windowingId,
      }),
    );
    return output;
  }
}

function numbered(inputs: readonly Collection[]): Record<string, Collection> {
  const digits = String(inputs.length).length;
  return Object.fromEntries(inputs.map((input, index) => [`in${String(index).padStart(digits, '0')}`, input]));
}

/** Protobuf writes maps in the order of the object's keys. */
function byName<T>(map: ReadonlyMap<string, T>): Record<string, T> {
  return Object.fromEntries([...map].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function coders(): ReadonlyMap<string, Coder> {
  const coder = (urn: string, ...componentCoderIds: string[]) =>
    create(CoderSchema, { spec: { urn }, componentCoderIds });
  return new Map([
    [bytes, coder('beam:coder:bytes:v1')],
    [pair, coder('beam:coder:kv:v1', bytes, bytes)],
    [values, coder('beam:coder:iterable:v1', bytes)],
    [group, coder('beam:coder:kv:v1', bytes, values)],
    [globalWindow, coder('beam:coder:global_window:v1')],
  ]);
}

/** What both SDKs of Beam send for a pipeline without windows. */
function globalWindows(): WindowingStrategy {
  return create(WindowingStrategySchema, {
    windowFn: { urn: 'beam:window_fn:global_windows:v1' },
    windowCoderId: globalWindow,
    mergeStatus: MergeStatus_Enum.NON_MERGING,
    trigger: { trigger: { case: 'default', value: {} } },
    accumulationMode: AccumulationMode_Enum.DISCARDING,
    outputTime: OutputTime_Enum.END_OF_WINDOW,
    closingBehavior: ClosingBehavior_Enum.EMIT_IF_NONEMPTY,
    onTimeBehavior: OnTimeBehavior_Enum.FIRE_ALWAYS,
    environmentId,
  });
}
