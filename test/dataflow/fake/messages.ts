import { createRequire } from 'node:module';

/** As protobuf.js writes descriptors. */
interface Descriptor {
  readonly fields?: Readonly<Record<string, Field>>;
  readonly values?: Readonly<Record<string, number>>;
  readonly nested?: Readonly<Record<string, Descriptor>>;
}

interface Field {
  readonly type: string;
  readonly rule?: 'repeated';
  readonly keyType?: string;
}

/** The API's own descriptors, from the npm client. */
const root = createRequire(import.meta.url)('@google-cloud/dataflow/build/protos/protos.json') as Descriptor;
const apiPath = ['google', 'dataflow', 'v1beta3'];

/** JSON of these is no object of fields (https://protobuf.dev/programming-guides/json/). */
const wellKnown: Readonly<Record<string, (value: unknown) => boolean>> = {
  'google.protobuf.Struct': (value) => isObject(value),
  'google.protobuf.Value': () => true,
  'google.protobuf.Any': (value) => isObject(value) && typeof Reflect.get(value, '@type') === 'string',
  'google.protobuf.Timestamp': (value) => typeof value === 'string' && !Number.isNaN(Date.parse(value)),
  'google.protobuf.Duration': (value) => typeof value === 'string' && /^\d+(?:\.\d+)?s$/.test(value),
};

const scalars: Readonly<Record<string, (value: unknown) => boolean>> = {
  string: (value) => typeof value === 'string',
  bool: (value) => typeof value === 'boolean',
  int32: (value) => Number.isInteger(value) && Math.abs(Number(value)) < 2 ** 31,
  int64: (value) => Number.isSafeInteger(value) || (typeof value === 'string' && /^-?\d+$/.test(value)),
  double: (value) => typeof value === 'number',
};

/**
 * What is wrong with the JSON of a message of the API, as paths with reasons: fields that the message has not, values of another type, enums without such a value.
 *
 * @param message `Job`
 */
export function problemsOf(message: string, json: unknown, path = ''): readonly string[] {
  const { fields = {}, nested = {} } = typeOf(message, {});
  if (!isObject(json)) return [`${path || message} is no object`];
  return Object.entries(json).flatMap(([name, value]) => {
    const inner = path === '' ? name : `${path}.${name}`;
    const field = fields[name];
    if (field === undefined) return [`${inner} is no field of ${message}`];
    if (field.keyType !== undefined) {
      if (!isObject(value)) return [`${inner} is no map`];
      return Object.entries(value).flatMap(([key, each]) =>
        problemsOfValue(field.type, each, `${inner}.${key}`, nested),
      );
    }
    if (field.rule !== 'repeated') return problemsOfValue(field.type, value, inner, nested);
    if (!Array.isArray(value)) return [`${inner} is no list`];
    return value.flatMap((each, index) => problemsOfValue(field.type, each, `${inner}[${index}]`, nested));
  });
}

function problemsOfValue(type: string, value: unknown, path: string, nested: Nested): readonly string[] {
  const check = scalars[type] ?? wellKnown[type];
  if (check !== undefined) return check(value) ? [] : [`${path} is no ${type}: ${JSON.stringify(value)}`];
  const { values } = typeOf(type, nested);
  if (values === undefined) return problemsOf(type, value, path);
  const known = typeof value === 'number' ? Object.values(values).includes(value) : String(value) in values;
  return known ? [] : [`${path} is no value of ${type}: ${JSON.stringify(value)}`];
}

type Nested = NonNullable<Descriptor['nested']>;

function typeOf(name: string, nested: Nested): Descriptor {
  let scope = root;
  for (const part of apiPath) scope = scope.nested?.[part] ?? {};
  const found = nested[name] ?? scope.nested?.[name];
  if (found === undefined) throw new Error(`the API has no type ${name}`);
  return found;
}

/** The number of an enum's value, as the API answers a client that asks for `enum-encoding=int`. */
export function enumNumber(type: string, value: string): number {
  const number = typeOf(type, {}).values?.[value];
  if (number === undefined) throw new Error(`${type} has no value ${value}`);
  return number;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
