import assert from 'node:assert/strict';
import { DatasetBuilder } from '../../src/builder/index.js';
import {
  audio,
  boundingBox,
  classLabel,
  dataset,
  features,
  type InputOf,
  image,
  labelledImage,
  type OutputOf,
  optional,
  record,
  scalar,
  sequence,
  tensor,
  text,
  translation,
  translationVariableLanguages,
  video,
} from '../../src/features/index.js';
import type { Pipeline } from '../../src/pipeline/index.js';

/** Compiles only where both types are the same. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
function same<_ extends true>(): void {}

const schema = features({
  item: classLabel({ count: 80 }),
  position: classLabel({ names: ['left', 'center', 'right'] }),
  click: scalar('bool'),
  n: scalar('int64'),
  user: record({ segment: text(), id: text({ pii: 'user_id' }) }),
  affinity: tensor({ dtype: 'float32', shape: [80] }),
  tags: sequence(text()),
  photo: optional(image({ shape: [null, null, 3] })),
});
type In = InputOf<typeof schema>;
type Out = OutputOf<typeof schema>;

const example: In = {
  item: 3,
  position: 'left',
  click: true,
  n: 1n,
  user: { segment: 'a', id: 'b' },
  affinity: new Float32Array(80),
  tags: ['x'],
};

// Nothing here has to run: that it compiles is the test, and @ts-expect-error fails where there is no error.
function compileTimeChecks(out: Out): void {
  const segment: string = out.user.segment;
  const big: bigint = out.n;
  const photo: { data: Uint8Array } | null = out.photo;
  // @ts-expect-error a class name that is not one of them
  const wrongName: In = { ...example, position: 'middle' };
  // @ts-expect-error fields are missing
  const missing: In = { item: 3 };
  // @ts-expect-error a field that the schema hasn't
  const surplus: In = { ...example, surplus: 1 };
  // @ts-expect-error outputs are read-only
  out.click = false;
  // @ts-expect-error an int64 is read as a bigint, never as a number
  const rounded: number = out.n;
  assert.ok([segment, big, photo, wrongName, missing, surplus, rounded]);
}

function typesOfKinds(): void {
  same<Same<Out['item'], number>>();
  same<Same<Out['tags'], readonly string[]>>();
  same<Same<In['position'], number | 'left' | 'center' | 'right'>>();
  const kinds = features({
    small: scalar('uint8'),
    bytes: scalar('bytes'),
    counts: sequence(scalar('int64')),
    steps: dataset(record({ reward: scalar('float32'), note: optional(text()) })),
    mask: labelledImage({ labels: ['a', 'b'] }),
    deep: image({ shape: [2, 2, 1], dtype: 'uint16' }),
    box: boundingBox(),
    word: audio({ fileFormat: 'wav' }),
    samples: audio({ dtype: 'int16' }),
    clip: video({ shape: [null, 2, 2, 3] }),
    sentence: translation({ languages: ['en', 'de'] }),
    sentences: translationVariableLanguages({ languages: ['en', 'de'] }),
    names: tensor({ dtype: 'string', shape: [2] }),
  });
  type KindsIn = InputOf<typeof kinds>;
  type KindsOut = OutputOf<typeof kinds>;
  same<Same<KindsOut['small'], number>>();
  same<Same<KindsOut['bytes'], Uint8Array>>();
  same<Same<KindsOut['counts'], readonly bigint[]>>();
  same<Same<KindsIn['counts'], readonly (number | bigint)[] | BigInt64Array>>();
  same<Same<KindsIn['steps'], Iterable<{ reward: number; note?: string | Uint8Array | null | undefined }>>>();
  same<Same<KindsOut['steps'], readonly { readonly reward: number; readonly note: string | null }[]>>();
  same<Same<KindsOut['deep']['data'], Uint16Array>>();
  same<Same<KindsOut['sentence'], { readonly en: string; readonly de: string }>>();
  same<Same<KindsOut['names']['data'], readonly string[]>>();
  const sentences: KindsIn['sentences'] = { en: ['a', 'b'] };
  // @ts-expect-error a language that was not declared
  const french: KindsIn['sentences'] = { fr: 'un' };
  // @ts-expect-error float64 values for a float32 tensor
  const double: InputOf<ReturnType<typeof float32Tensor>> = new Float64Array(2);
  // @ts-expect-error no such dtype
  scalar('int128');
  // @ts-expect-error a feature, not a dtype
  record({ a: 'int64' });
  assert.ok([sentences, french, double]);
}

interface Log {
  id: string;
  item: string;
}
interface Item {
  item: string;
  feature: number;
}

// Builders whose examples fit, made in each of the ways that a pipeline has.
class Joined extends DatasetBuilder<typeof schema> {
  override info() {
    return { description: 'd', features: schema, supervisedKeys: ['affinity', 'click'] as const };
  }
  override splits(p: Pipeline) {
    const items = p.create<Item>([]).keyBy((row) => row.item);
    return p
      .create<Log>([])
      .keyBy((row) => row.item)
      .join(items, { maxUnmatched: 0 })
      .values()
      .keyBy(([log]) => log.id)
      .mapValues(([log, item]) => ({ ...example, item: item.feature, user: { segment: 's', id: log.id } }))
      .splitBy((one) => one.user.id, { train: 0.8, test: 0.2 });
  }
}
class Generated extends DatasetBuilder<typeof schema> {
  override info() {
    return { description: 'd', features: schema };
  }
  override splits(p: Pipeline) {
    return {
      train: p.generate(async function* () {
        yield ['k', example] as const;
      }),
    };
  }
}
class Wrong extends DatasetBuilder<typeof schema> {
  override info() {
    return { description: 'd', features: schema };
  }
  // @ts-expect-error the example lacks fields
  override splits(p: Pipeline) {
    return {
      train: p.generate(function* () {
        yield ['k', { item: 1 }] as const;
      }),
    };
  }
}
class WrongKeys extends DatasetBuilder<typeof schema> {
  // @ts-expect-error there is no such field to supervise with
  override info() {
    return { description: 'd', features: schema, supervisedKeys: ['affinity', 'clicked'] as const };
  }
  override splits() {
    return {};
  }
}

function float32Tensor() {
  return tensor({ dtype: 'float32', shape: [2] });
}

describe('types of features', () => {
  it('are checked by the compiler', () => {
    assert.deepEqual([typeof compileTimeChecks, typeof typesOfKinds], ['function', 'function']);
    assert.equal(example.position, 'left');
    assert.equal(new Set([Joined, Generated, Wrong, WrongKeys]).size, 4);
  });
});
