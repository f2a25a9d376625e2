import { DatasetsError } from '../../core/errors/index.js';

/** Reads protobuf's wire format (protobuf.dev/programming-guides/encoding); results are left in fields, so that nothing is allocated. */
export class ProtobufReader {
  /** Where the varint ends that was read last. */
  at = 0;
  /** The halves of the varint that was read last. */
  low = 0;
  high = 0;

  /** Reads a varint that must end by `to` into `low`, `high` and `at`. */
  varint(bytes: Uint8Array, from: number, to: number): void {
    let at = from;
    let byte = bytes[at++] as number;
    let low = byte & 127;
    let high = 0;
    for (let shift = 7; byte > 127 && shift < 28; shift += 7) {
      byte = bytes[at++] as number;
      low |= (byte & 127) << shift;
    }
    if (byte > 127) {
      byte = bytes[at++] as number;
      low |= byte << 28;
      high = (byte & 127) >>> 4;
      for (let shift = 3; byte > 127 && shift < 32; shift += 7) {
        byte = bytes[at++] as number;
        high |= (byte & 127) << shift;
      }
    }
    if (!(byte < 128 && at <= to)) throw malformed(from, 'a number without end');
    this.low = low;
    this.high = high;
    this.at = at;
  }

  /** Reads the length of a field, which must lie before `to`, and returns where it ends; it starts at `at`. */
  lengthDelimited(bytes: Uint8Array, from: number, to: number): number {
    const first = bytes[from] as number;
    let end: number;
    if (first < 128) {
      this.at = from + 1;
      end = from + 1 + first;
    } else {
      this.varint(bytes, from, to);
      end = this.high === 0 && this.low >= 0 ? this.at + this.low : Number.POSITIVE_INFINITY;
    }
    if (!(end <= to)) throw malformed(from, 'a field that is longer than its message');
    return end;
  }

  /** Returns where the field ends whose tag starts at `from`. Groups, which proto3 has not, are refused. */
  skip(bytes: Uint8Array, from: number, to: number): number {
    this.varint(bytes, from, to);
    const content = this.at;
    const end = this.#fieldEnd(bytes, this.low & 7, content, to);
    if (!(end <= to)) throw malformed(from, 'a field that is longer than its message');
    return end;
  }

  #fieldEnd(bytes: Uint8Array, wireType: number, content: number, to: number): number {
    switch (wireType) {
      case 0:
        this.varint(bytes, content, to);
        return this.at;
      case 1:
        return content + 8;
      case 2:
        return this.lengthDelimited(bytes, content, to);
      case 5:
        return content + 4;
      default:
        throw malformed(content, `a field of the unknown wire type ${wireType}`);
    }
  }
}

/** `at` is meant for whoever debugs: a position in the buffer, not in the file. */
function malformed(at: number, what: string): DatasetsError {
  return new DatasetsError('DATA_CORRUPT', `not a tf.Example: ${what} (at byte ${at} of the buffer)`, {
    hint: 'The file is damaged, or holds records of another kind.',
  });
}
