import { DatasetsError } from '../../core/errors/index.js';
import { listTags, tags } from './example-layout.js';
import { ProtobufReader } from './protobuf-reader.js';

/** What the values of one key are, over all examples that were looked at. */
export interface SurveyedFeature {
  readonly kind: 'bytes' | 'float' | 'int64';
  /** Examples that have values of it. */
  readonly examples: number;
  /** How many values an example has, among those that have any. */
  readonly fewest: number;
  readonly most: number;
  /** Of bytes: whether every value is UTF-8. */
  readonly isText: boolean;
}

interface Seen {
  kind: SurveyedFeature['kind'];
  examples: number;
  fewest: number;
  most: number;
  isText: boolean;
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Looks at tf.Examples of which no features are known, to tell what their keys hold. It is not made for speed: each example is looked at once, before it is read.
 */
export class ExampleSurvey {
  examples = 0;
  readonly #protobuf = new ProtobufReader();
  readonly #seen = new Map<string, Seen>();

  /** By key, sorted. Keys that never had a value are left out. */
  get features(): ReadonlyMap<string, SurveyedFeature> {
    return new Map([...this.#seen].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  /** @throws DatasetsError `DATA_CORRUPT` for what is no tf.Example, `UNSUPPORTED` for a key that holds values of two types. */
  add(bytes: Uint8Array, from: number, to: number): void {
    this.examples++;
    this.#fields(bytes, from, to, tags.features, (featuresFrom, featuresTo) =>
      this.#fields(bytes, featuresFrom, featuresTo, tags.entry, (entryFrom, entryTo) =>
        this.#entry(bytes, entryFrom, entryTo),
      ),
    );
  }

  #entry(bytes: Uint8Array, from: number, to: number): void {
    let key = '';
    this.#fields(bytes, from, to, tags.key, (keyFrom, keyTo) => {
      key = Buffer.from(bytes.subarray(keyFrom, keyTo)).toString('utf8');
    });
    this.#fields(bytes, from, to, tags.feature, (featureFrom, featureTo) => {
      for (const kind of ['bytes', 'float', 'int64'] as const) {
        this.#fields(bytes, featureFrom, featureTo, listTags[kind], (listFrom, listTo) =>
          this.#list(key, kind, bytes, listFrom, listTo),
        );
      }
    });
  }

  #list(key: string, kind: SurveyedFeature['kind'], bytes: Uint8Array, from: number, to: number): void {
    const { count, isText } = kind === 'bytes' ? this.#texts(bytes, from, to) : this.#numbers(kind, bytes, from, to);
    // A list of none stands for what is missing, in TensorFlow too.
    if (count === 0) return;
    const seen = this.#seen.get(key);
    if (seen === undefined) {
      this.#seen.set(key, { kind, examples: 1, fewest: count, most: count, isText });
      return;
    }
    if (seen.kind !== kind) {
      throw new DatasetsError('UNSUPPORTED', `the key ${JSON.stringify(key)} holds ${seen.kind} and ${kind}`, {
        hint: 'A feature has one type. Write the examples again.',
        at: { field: key },
      });
    }
    seen.examples++;
    seen.fewest = Math.min(seen.fewest, count);
    seen.most = Math.max(seen.most, count);
    seen.isText &&= isText;
  }

  #texts(bytes: Uint8Array, from: number, to: number): { readonly count: number; readonly isText: boolean } {
    let count = 0;
    let isText = true;
    this.#fields(bytes, from, to, tags.values, (valueFrom, valueTo) => {
      count++;
      isText &&= isUtf8(bytes.subarray(valueFrom, valueTo));
    });
    return { count, isText };
  }

  /** Numbers lie packed in one field, or each in a field of its own; parsers take both. */
  #numbers(
    kind: 'float' | 'int64',
    bytes: Uint8Array,
    from: number,
    to: number,
  ): { readonly count: number; readonly isText: boolean } {
    const protobuf = this.#protobuf;
    let count = 0;
    for (let at = from; at < to; ) {
      if (bytes[at] !== tags.values) {
        at = protobuf.skip(bytes, at, to);
        count++;
        continue;
      }
      const end = protobuf.lengthDelimited(bytes, at + 1, to);
      if (kind === 'float') count += (end - protobuf.at) >> 2;
      else for (let i = protobuf.at; i < end; i++) if ((bytes[i] as number) < 128) count++;
      at = end;
    }
    return { count, isText: false };
  }

  /** Calls `use` for each length-delimited field with a tag. */
  #fields(bytes: Uint8Array, from: number, to: number, tag: number, use: (from: number, to: number) => void): void {
    const protobuf = this.#protobuf;
    for (let at = from; at < to; ) {
      if (bytes[at] !== tag) {
        at = protobuf.skip(bytes, at, to);
        continue;
      }
      const end = protobuf.lengthDelimited(bytes, at + 1, to);
      use(protobuf.at, end);
      at = end;
    }
  }
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    utf8.decode(bytes);
    return true;
  } catch {
    // What it isn't, it says by throwing.
    return false;
  }
}
