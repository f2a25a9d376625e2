import { type AnyFeature, type Definition, definitionOf, type FeatureDocumentation } from '../../features/index.js';

/** One line of a schema as people read it: a field, however deep, with what its declaration says. */
export interface SchemaField {
  /** Path in an example: `user/id`; `[]` stands for the elements of a list: `steps[]/reward`. */
  readonly path: string;
  /** What a value is: `int64`, `float32 [80]`, `class of 10: airplane, automobile, …`. */
  readonly type: string;
  readonly description: string | undefined;
  readonly unit: string | undefined;
  readonly range: readonly [number, number] | undefined;
  readonly caveats: string | undefined;
  readonly pii: string | undefined;
  readonly optional: boolean;
}

/**
 * Every field of a schema in the order of declaration: records before their fields, lists before their elements.
 *
 * @throws DatasetsError FEATURE_INVALID when `schema` is no feature.
 */
export function schemaFields(schema: AnyFeature): readonly SchemaField[] {
  const definition = definitionOf(schema);
  return definition.kind === 'record' ? fieldsOf(definition.fields, '') : field(definition, '', false);
}

function fieldsOf(fields: Readonly<Record<string, Definition>>, prefix: string): readonly SchemaField[] {
  return Object.entries(fields).flatMap(([name, definition]) => field(definition, prefix + name, false));
}

function field(definition: Definition, path: string, optional: boolean): readonly SchemaField[] {
  const { documentation } = definition;
  const line = (type: string): SchemaField => ({ path, type, optional, ...documented(documentation) });
  switch (definition.kind) {
    case 'optional':
      return field(definition.feature, path, true);
    case 'dropped':
      return [];
    case 'masked':
    case 'pseudonymised':
      // The author's words stand on what they declared; what is stored tells the type.
      return [{ ...line(typeText(definition.stored)), type: `${typeText(definition.stored)}, ${definition.kind}` }];
    case 'record':
      return [line('record'), ...fieldsOf(definition.fields, `${path}/`)];
    case 'sequence':
    case 'dataset':
      return listLines(line, definition.feature, definition.kind, definition.length, path);
    default:
      return [line(typeText(definition))];
  }
}

function listLines(
  line: (type: string) => SchemaField,
  element: Definition,
  kind: 'sequence' | 'dataset',
  length: number | null,
  path: string,
): readonly SchemaField[] {
  const list = kind === 'dataset' ? 'nested data set' : length === null ? 'list' : `list of ${length}`;
  const inner = element.kind === 'optional' ? element.feature : element;
  if (inner.kind === 'record') return [line(`${list} of records`), ...fieldsOf(inner.fields, `${path}[]/`)];
  const [first, ...rest] = field(element, `${path}[]`, false);
  if (first === undefined) return [];
  const own = line(`${list} of ${first.type}`);
  // A list of plain values is one line, with what either of the two declarations says.
  return [
    {
      ...own,
      description: own.description ?? first.description,
      unit: own.unit ?? first.unit,
      range: own.range ?? first.range,
      caveats: own.caveats ?? first.caveats,
      pii: own.pii ?? first.pii,
    },
    ...rest,
  ];
}

function documented(documentation: FeatureDocumentation): Omit<SchemaField, 'path' | 'type' | 'optional'> {
  const { description, unit, range, caveats, pii } = documentation;
  return { description, unit, range, caveats, pii };
}

/** How many names of a class label are shown: the others are counted. */
const mostNames = 6;

function typeText(definition: Definition): string {
  switch (definition.kind) {
    case 'scalar':
      return definition.dtype;
    case 'tensor':
      return `${definition.dtype} ${shapeText(definition.shape)}`;
    case 'text':
      return 'text';
    case 'class-label':
      return classText(definition);
    case 'image':
      return imageText(definition);
    case 'bounding-box':
      return `box ${definition.format ?? ''}`.trimEnd();
    case 'audio': {
      const rate = definition.sampleRate === undefined ? '' : `, ${definition.sampleRate} Hz`;
      return definition.stored === 'file'
        ? `audio (${definition.fileFormat ?? 'file'}${rate})`
        : `audio ${definition.dtype} ${shapeText(definition.shape)}${rate}`;
    }
    case 'video':
      return `video ${shapeText(definition.shape)}`;
    case 'translation':
      return `text in ${definition.languages.join(', ')}`;
    case 'translation-variable-languages':
      return definition.languages === undefined
        ? 'texts in any languages'
        : `texts in some of ${definition.languages.join(', ')}`;
    case 'record':
    case 'sequence':
    case 'dataset':
    case 'optional':
    case 'dropped':
      return definition.kind;
    case 'masked':
    case 'pseudonymised':
      return typeText(definition.stored);
  }
}

function classText({
  count,
  names,
}: {
  readonly count: number;
  readonly names: readonly string[] | undefined;
}): string {
  if (names === undefined) return `class of ${count}`;
  const shown = names.slice(0, mostNames).join(', ');
  return `class of ${count}: ${shown}${names.length > mostNames ? ', …' : ''}`;
}

function imageText(definition: Extract<Definition, { kind: 'image' }>): string {
  const depth = definition.dtype === 'uint8' ? '' : `${definition.dtype}, `;
  const encoding = definition.encoding ?? 'png or as given';
  const labels = definition.labels === undefined ? '' : `, pixels are a ${classText(definition.labels)}`;
  return `image ${shapeText(definition.shape)} (${depth}${encoding})${labels}`;
}

/** `[28, null, 1]` → `[28, ?, 1]`. */
function shapeText(shape: readonly (number | null)[]): string {
  return `[${shape.map((dimension) => dimension ?? '?').join(', ')}]`;
}
