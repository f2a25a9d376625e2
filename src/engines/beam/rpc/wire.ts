import { type DescMessage, type DescMethod, fromBinary, type MessageShape, toBinary } from '@bufbuild/protobuf';

/** `/org.apache.beam.model.fn_execution.v1.BeamFnControl/Control` */
export function methodPath(method: Pick<DescMethod, 'name' | 'parent'>): string {
  return `/${method.parent.typeName}/${method.name}`;
}

export function serializer<Schema extends DescMessage>(schema: Schema): (message: MessageShape<Schema>) => Buffer {
  return (message) => {
    const bytes = toBinary(schema, message);
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  };
}

/** Fields of type `bytes` are views of what arrived. */
export function deserializer<Schema extends DescMessage>(schema: Schema): (bytes: Buffer) => MessageShape<Schema> {
  return (bytes) => fromBinary(schema, bytes);
}
