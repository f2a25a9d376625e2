import { inspect } from 'node:util';
import { DatasetsError, type ErrorCode, type ErrorLocation } from './datasets-error.js';

/** An error as plain data: structured clone keeps neither its class, nor `code`, `hint` and `at`. */
export type PackedError = PackedException | { readonly kind: 'thrown'; readonly text: string };

interface PackedException {
  readonly kind: 'error';
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
  readonly cause: PackedError | undefined;
  /** Of an AggregateError. */
  readonly errors: readonly PackedError[] | undefined;
  readonly dataset:
    | {
        readonly code: ErrorCode;
        readonly hint: string | undefined;
        readonly at: ErrorLocation;
        readonly details: DatasetsError['details'];
      }
    | undefined;
  /** `code`, `errno`, `syscall`, `path` of a system error. */
  readonly system: Readonly<Record<string, string | number>>;
}

const systemProperties = ['code', 'errno', 'syscall', 'path', 'dest'] as const;
/** A chain of causes may contain itself. */
const maxCauses = 16;

/** Turns whatever was thrown into plain data that crosses threads and processes. */
export function packError(error: unknown, depth = 0): PackedError {
  if (!(error instanceof Error)) return { kind: 'thrown', text: inspect(error, { depth: 3, breakLength: 120 }) };
  const inner = (value: unknown) => packError(value, depth + 1);
  const deeper = depth < maxCauses;
  return {
    kind: 'error',
    name: error.name,
    message: error.message,
    // Reading it here applies the source maps of this thread.
    stack: error.stack,
    cause: deeper && error.cause !== undefined ? inner(error.cause) : undefined,
    errors: deeper && error instanceof AggregateError ? error.errors.map(inner) : undefined,
    dataset: isDatasetsError(error)
      ? { code: error.code, hint: error.hint, at: error.at, details: error.details }
      : undefined,
    system: systemPart(error),
  };
}

/** The error again: a DatasetsError is one, with code, hint and location; every error has its name, stack and cause. */
export function unpackError(packed: PackedError): unknown {
  if (packed.kind === 'thrown') return packed.text;
  const error = makeError(packed);
  Object.defineProperty(error, 'name', { value: packed.name, configurable: true, writable: true });
  if (packed.stack !== undefined) {
    Object.defineProperty(error, 'stack', { value: packed.stack, configurable: true, writable: true });
  }
  return packed.dataset === undefined ? Object.assign(error, packed.system) : error;
}

function makeError({ message, cause, errors, dataset }: PackedException): Error {
  const options = cause === undefined ? {} : { cause: unpackError(cause) };
  if (dataset !== undefined) {
    const { code, hint, at, details } = dataset;
    return new DatasetsError(code, message, {
      ...options,
      at,
      ...(hint !== undefined && { hint }),
      ...(details !== undefined && { details }),
    });
  }
  return errors === undefined
    ? new Error(message, options)
    : new AggregateError(errors.map(unpackError), message, options);
}

/** By shape: a team's project may hold a second copy of this package. */
function isDatasetsError(error: Error): error is DatasetsError {
  return (
    error instanceof DatasetsError ||
    ('at' in error && 'hint' in error && 'code' in error && error.name.endsWith('DatasetsError'))
  );
}

function systemPart(error: Error): Record<string, string | number> {
  const part: Record<string, string | number> = {};
  for (const property of systemProperties) {
    const value: unknown = Reflect.get(error, property);
    if (typeof value === 'string' || typeof value === 'number') part[property] = value;
  }
  return part;
}
