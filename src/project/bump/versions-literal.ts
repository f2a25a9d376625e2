import type { ParseResult, ParserOptions } from '@babel/parser';
import { DatasetsError } from '../../core/errors/index.js';

/** The object that a class' `static versions` is, as it stands in its module. Offsets are in UTF-16 units. */
export interface VersionsLiteral {
  /** After the opening brace. */
  readonly begin: number;
  /** Of the brace, from 1. */
  readonly line: number;
  /** In the order in which they stand there; at least one. */
  readonly entries: readonly [VersionEntry, ...VersionEntry[]];
  /** Comments of the module. */
  readonly comments: readonly Range[];
}

export interface Range {
  readonly start: number;
  readonly end: number;
}

export interface VersionEntry extends Range {
  readonly version: string;
  readonly key: Range;
  readonly value: Range & { readonly isText: boolean };
}

/** Why a module can't be edited for certain. */
export interface Obstacle {
  /** What stands there: `versions has a spread`. */
  readonly what: string;
  /** From 1. */
  readonly line: number;
}

type Statement = ParseResult['program']['body'][number];
type ClassNode = Extract<Statement, { readonly type: 'ClassDeclaration' }>;
type Member = ClassNode['body']['body'][number];
type Property = Extract<Member, { readonly type: 'ClassProperty' }>;
type Value = NonNullable<Property['value']>;
type ObjectNode = Extract<Value, { readonly type: 'ObjectExpression' }>;

/**
 * Finds the literal by the module's syntax tree.
 *
 * @param file for messages, and for whether it is TypeScript
 * @returns the obstacle where versions are written in a way that nobody can add to for certain
 * @throws DatasetsError BUILDER_INVALID for a module that can't be parsed
 */
export async function findVersions(code: string, file: string, dataset: string): Promise<VersionsLiteral | Obstacle> {
  const tree = await parseModule(code, file, dataset);
  const found = chooseClass(classesOf(tree), dataset);
  if (found === undefined) return { what: `no class in it says that its datasetName is '${dataset}'`, line: 1 };
  const member = found.body.body.find((each) => isStatic(each, 'versions'));
  if (member === undefined) return { what: 'the class has no static versions of its own', line: lineOf(found) };
  if (member.type !== 'ClassProperty' || !member.value)
    return { what: 'versions is no field with a value', line: lineOf(member) };
  const value = unwrapped(member.value);
  if (value.type !== 'ObjectExpression') return { what: `versions is ${inWords(value)}`, line: lineOf(value) };
  return literalOf(value, tree);
}

async function parseModule(code: string, file: string, dataset: string): Promise<ParseResult> {
  const { parse } = await import('@babel/parser');
  const plugins: ParserOptions['plugins'] = ['decorators', 'decoratorAutoAccessors'];
  if (/\.[mc]?ts$/.test(file)) plugins.push('typescript');
  try {
    return parse(code, { sourceType: 'module', attachComment: false, plugins });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new DatasetsError('BUILDER_INVALID', `${dataset}: ${file} can't be parsed: ${reason}`, {
      hint: 'See the place in the message (line:column).',
      cause,
      at: { dataset, file },
    });
  }
}

type AnyClass = Pick<ClassNode, 'body' | 'loc'>;

function classesOf({ program }: ParseResult): readonly AnyClass[] {
  return program.body.flatMap((statement): readonly AnyClass[] => {
    const declared =
      statement.type === 'ExportNamedDeclaration' || statement.type === 'ExportDefaultDeclaration'
        ? statement.declaration
        : statement;
    if (declared?.type === 'ClassDeclaration') return [declared];
    if (declared?.type !== 'VariableDeclaration') return [];
    return declared.declarations.flatMap(({ init }) => (init?.type === 'ClassExpression' ? [init] : []));
  });
}

/** By its name; where no class has that as a text, the only one with versions: whoever edits it compares these with what the class has. */
function chooseClass(classes: readonly AnyClass[], dataset: string): AnyClass | undefined {
  const named = classes.find(({ body }) =>
    body.body.some(
      (member) =>
        isStatic(member, 'datasetName') &&
        member.type === 'ClassProperty' &&
        member.value?.type === 'StringLiteral' &&
        member.value.value === dataset,
    ),
  );
  if (named !== undefined) return named;
  const [first, ...others] = classes.filter(({ body }) => body.body.some((member) => isStatic(member, 'versions')));
  return others.length === 0 ? first : undefined;
}

function isStatic(member: Member, name: string): boolean {
  if (member.type !== 'ClassProperty' && member.type !== 'ClassMethod' && member.type !== 'ClassAccessorProperty')
    return false;
  const { key } = member;
  const isNamed =
    (key.type === 'Identifier' && member.computed !== true && key.name === name) ||
    (key.type === 'StringLiteral' && key.value === name);
  return isNamed && member.static === true;
}

/** Types around a value change nothing of it. */
function unwrapped(value: Value): Value {
  switch (value.type) {
    case 'TSAsExpression':
    case 'TSSatisfiesExpression':
    case 'TSTypeAssertion':
    case 'TSNonNullExpression':
      return unwrapped(value.expression);
    default:
      return value;
  }
}

function inWords(value: Value): string {
  switch (value.type) {
    case 'Identifier':
      return `the constant ${value.name}, which may be used elsewhere as well`;
    case 'CallExpression':
      return 'what a function returns';
    case 'MemberExpression':
      return 'a property of something else';
    default:
      return 'no object literal';
  }
}

function literalOf(object: ObjectNode, tree: ParseResult): VersionsLiteral | Obstacle {
  const entries: VersionEntry[] = [];
  for (const property of object.properties) {
    const line = lineOf(property);
    if (property.type === 'SpreadElement') return { what: 'versions has a spread', line };
    if (property.type !== 'ObjectProperty') return { what: 'versions has a method', line };
    if (property.computed) return { what: 'versions has a computed name', line };
    if (property.key.type !== 'StringLiteral') return { what: 'versions has a name that is no text', line };
    const { key, value } = property;
    entries.push({
      ...rangeOf(property),
      version: key.value,
      key: rangeOf(key),
      value: { ...rangeOf(value), isText: value.type === 'StringLiteral' },
    });
  }
  const [first, ...others] = entries;
  if (first === undefined) return { what: 'versions is empty', line: lineOf(object) };
  return {
    begin: rangeOf(object).start + 1,
    line: lineOf(object),
    entries: [first, ...others],
    comments: (tree.comments ?? []).map(rangeOf),
  };
}

interface Placed {
  readonly start?: number | null;
  readonly end?: number | null;
  readonly loc?: { readonly start: { readonly line: number } } | null;
}

function rangeOf({ start, end }: Placed): Range {
  return { start: start ?? 0, end: end ?? 0 };
}

function lineOf({ loc }: Placed): number {
  return loc?.start.line ?? 1;
}
