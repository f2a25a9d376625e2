import { create, toBinary } from '@bufbuild/protobuf';
import { ElementReader } from '../../../../src/engines/beam/coders/element-reader.js';
import {
  type ProcessBundleDescriptor,
  ProcessBundleDescriptorSchema,
  RemoteGrpcPortSchema,
} from '../../../../src/engines/beam/protos/fn_execution/v1/beam_fn_api_pb.js';
import { ParDoPayloadSchema } from '../../../../src/engines/beam/protos/pipeline/v1/beam_runner_api_pb.js';

/** What a fake runner sends for a stage of one ParDo: `source` -> `step` -> `sink`. */
export interface StageShape {
  readonly id: string;
  /** The runner's data and state services. */
  readonly url: string;
  /** The name of the ParDo's DoFn. */
  readonly doFn: string;
  /** The coder of the elements that come in; bytes by default. */
  readonly input?: 'bytes' | 'pair' | 'group' | 'stored group';
  /** A side input of bytes, by its name. */
  readonly sideInput?: string;
}

const inputCoders = { bytes: 'bytes', pair: 'kv', group: 'grouped', 'stored group': 'stored' } as const;

/** The sink takes bytes. */
export function describeStage({ id, url, doFn, input = 'bytes', sideInput }: StageShape): ProcessBundleDescriptor {
  const inputCoder = inputCoders[input];
  const port = (coderId: string): Uint8Array =>
    toBinary(RemoteGrpcPortSchema, create(RemoteGrpcPortSchema, { apiServiceDescriptor: { url }, coderId }));
  const sideInputs =
    sideInput === undefined ? {} : { [sideInput]: { accessPattern: { urn: 'beam:side_input:iterable:v1' } } };
  const parDo = create(ParDoPayloadSchema, {
    doFn: { urn: 'test:dofn:v1', payload: new TextEncoder().encode(doFn) },
    sideInputs,
  });
  return create(ProcessBundleDescriptorSchema, {
    id,
    transforms: {
      sink: { uniqueName: 'sink', spec: { urn: 'beam:runner:sink:v1', payload: port('out') }, inputs: { in: 'made' } },
      step: {
        uniqueName: 'the step',
        spec: { urn: 'beam:transform:pardo:v1', payload: toBinary(ParDoPayloadSchema, parDo) },
        inputs: { ...(sideInput === undefined ? {} : { [sideInput]: 'side' }), main: 'read' },
        outputs: { out: 'made' },
      },
      source: {
        uniqueName: 'source',
        spec: { urn: 'beam:runner:source:v1', payload: port('in') },
        outputs: { o: 'read' },
      },
    },
    pcollections: {
      read: { uniqueName: 'read', coderId: inputCoder },
      made: { uniqueName: 'made', coderId: 'bytes' },
      side: { uniqueName: 'side', coderId: 'bytes' },
    },
    coders: {
      window: { spec: { urn: 'beam:coder:global_window:v1' } },
      bytes: { spec: { urn: 'beam:coder:bytes:v1' } },
      kv: { spec: { urn: 'beam:coder:kv:v1' }, componentCoderIds: ['bytes', 'bytes'] },
      values: { spec: { urn: 'beam:coder:iterable:v1' }, componentCoderIds: ['bytes'] },
      pages: { spec: { urn: 'beam:coder:state_backed_iterable:v1' }, componentCoderIds: ['bytes'] },
      grouped: { spec: { urn: 'beam:coder:kv:v1' }, componentCoderIds: ['bytes', 'values'] },
      stored: { spec: { urn: 'beam:coder:kv:v1' }, componentCoderIds: ['bytes', 'pages'] },
      in: { spec: { urn: 'beam:coder:windowed_value:v1' }, componentCoderIds: [inputCoder, 'window'] },
      out: { spec: { urn: 'beam:coder:windowed_value:v1' }, componentCoderIds: ['bytes', 'window'] },
    },
    stateApiServiceDescriptor: { url },
  });
}

/** Timestamp 0 of the global window, in a pane that says it is the second, and speculative: a header of 15 bytes that workers must carry through. */
export const header = Buffer.from('800000000000000000000001250102', 'hex');

/** An element of bytes as it goes over the data channel. Texts are shorter than 128 bytes. */
export function bytesElement(text: string): Buffer {
  return Buffer.concat([header, lengthPrefixed(text)]);
}

export function lengthPrefixed(text: string): Buffer {
  return Buffer.concat([Buffer.from([Buffer.byteLength(text)]), Buffer.from(text)]);
}

/** The texts of elements that a sink sent, with the header of the sources'. */
export function decodeOutput(bytes: Uint8Array): string[] {
  const reader = new ElementReader(bytes);
  const texts: string[] = [];
  while (!reader.done) {
    if (!reader.startsWith(header)) throw new Error('an element has lost its header');
    reader.skip(header.length);
    texts.push(Buffer.from(reader.bytes(reader.varint())).toString());
  }
  return texts;
}
