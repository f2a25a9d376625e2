import type { Definition } from '../declare/definition.js';
import { framesOf } from './build-encoder.js';
import { FieldSite } from './field-site.js';
import { ImageConversion } from './image-conversion.js';
import { Levels } from './levels.js';

type Prepare = (value: unknown) => Promise<unknown>;

/**
 * What has to happen to a value before it can be encoded at once, or undefined where nothing has. Values that don't fit are passed on as they
 * are: the encoder says what is wrong with them, and where.
 */
export function examplePreparation(
  definition: Definition,
  path: FieldSite = new FieldSite(new Levels()),
): Prepare | undefined {
  switch (definition.kind) {
    case 'image':
      return imagePreparation(new ImageConversion(definition, path), definition.encoding);
    case 'video': {
      const frame = {
        shape: definition.shape.slice(1),
        dtype: definition.dtype,
        encoding: definition.encoding,
        labels: undefined,
      };
      const each = imagePreparation(new ImageConversion(frame, path), definition.encoding);
      return each === undefined ? undefined : (value) => prepareAll(framesOf(value), each);
    }
    case 'sequence':
    case 'dataset': {
      const each = examplePreparation(definition.feature, path);
      return each === undefined ? undefined : (value) => prepareAll(value, each);
    }
    case 'optional': {
      const inner = examplePreparation(definition.feature, path);
      return inner === undefined
        ? undefined
        : async (value) => (value === null || value === undefined ? value : inner(value));
    }
    case 'record':
      return recordPreparation(definition.fields, path);
    default:
      return undefined;
  }
}

function imagePreparation(conversion: ImageConversion, encoding: string | undefined): Prepare | undefined {
  return encoding === 'jpeg' ? (value) => conversion.prepare(value) : undefined;
}

async function prepareAll(values: unknown, each: Prepare): Promise<unknown> {
  if (typeof values !== 'object' || values === null || !(Symbol.iterator in values)) return values;
  const prepared: unknown[] = [];
  for (const value of values as Iterable<unknown>) prepared.push(await each(value));
  return prepared;
}

function recordPreparation(fields: Readonly<Record<string, Definition>>, path: FieldSite): Prepare | undefined {
  const preparations = Object.entries(fields).flatMap(([name, field]) => {
    const prepare = examplePreparation(field, path.field(name, field.documentation));
    return prepare === undefined ? [] : [{ name, prepare }];
  });
  if (preparations.length === 0) return undefined;
  return async (example) => {
    if (typeof example !== 'object' || example === null) return example;
    const prepared: Record<string, unknown> = { ...example };
    for (const { name, prepare } of preparations) {
      if (name in prepared) prepared[name] = await prepare(prepared[name]);
    }
    return prepared;
  };
}
