import type { Definition } from '../declare/definition.js';

/** Turns what a reader decodes into plain values that the encoder of the same schema takes, so that what is stored stays the same. */
export type InputValue = (value: unknown) => unknown;

/** Made once a schema, used for every example. */
export function inputValue(definition: Definition): InputValue {
  switch (definition.kind) {
    case 'optional': {
      const inner = inputValue(definition.feature);
      return (value) => (value === null || value === undefined ? null : inner(value));
    }
    case 'image':
      return definition.dtype === 'float32' ? pixels : encodedFile;
    case 'audio':
      return definition.stored === 'file' ? encodedFile : same;
    case 'video':
      return (value) => Array.from(value as Iterable<unknown>, encodedFile);
    case 'sequence':
    case 'dataset': {
      const inner = inputValue(definition.feature);
      return inner === same ? same : (value) => Array.from(value as Iterable<unknown>, (item) => inner(item));
    }
    case 'translation-variable-languages':
      return textsByLanguage;
    case 'record':
      return inputRecord(definition.fields);
    default:
      return same;
  }
}

function inputRecord(fields: Readonly<Record<string, Definition>>): InputValue {
  const converters = Object.entries(fields).map(([name, field]) => [name, inputValue(field)] as const);
  return (value) => {
    const input: Record<string, unknown> = {};
    for (const [name, convert] of converters) input[name] = convert(Reflect.get(value as object, name));
    return input;
  };
}

function same(value: unknown): unknown {
  return value;
}

/** The bytes of an image or audio file, which are stored as they come. */
function encodedFile(value: unknown): unknown {
  return (value as { readonly encoded: Uint8Array }).encoded;
}

/** What an image of floats is made from: its file is of a kind of its own. */
function pixels(value: unknown): unknown {
  const { data, shape } = value as { readonly data: Float32Array; readonly shape: readonly number[] };
  return { data, shape };
}

function textsByLanguage(value: unknown): unknown {
  const { language, translation } = value as {
    readonly language: readonly string[];
    readonly translation: readonly string[];
  };
  const texts: Record<string, string[]> = {};
  for (const [index, name] of language.entries()) {
    texts[name] ??= [];
    texts[name].push(translation[index] ?? '');
  }
  return texts;
}
