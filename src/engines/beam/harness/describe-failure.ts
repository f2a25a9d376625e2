import { inspect } from 'node:util';
import { type BeamValue, isKeyValue } from '../coders/beam-value.js';

/** Longer keys are cut. */
const shownKeyBytes = 100;

/** An error of a DoFn, with the place where it happened. Passed on as it is by the transforms before it, through which it is thrown too. */
export class TransformFailure extends Error {
  override readonly name = 'TransformFailure';
  readonly transformId: string;

  constructor(transformId: string, place: string, cause: unknown) {
    super(place, { cause });
    this.transformId = transformId;
  }
}

/** The text of a failed instruction: place, code and message first, since runners cut it, then stacks, causes and hints. */
export function describeFailure(failure: unknown): string {
  const [place, error] = failure instanceof TransformFailure ? [`${failure.message}: `, failure.cause] : ['', failure];
  const message = error instanceof Error ? `${codeOf(error)}${error.message}` : inspect(error);
  return `${place}${message}\n${inspect(error)}`;
}

function codeOf(error: Error): string {
  return 'code' in error ? `${String(error.code)}: ` : '';
}

/** ` at key "stage2-task17"`, or nothing where an element has none. Keys that are no text are shown in hex. */
export function describeKey(element: BeamValue): string {
  if (!isKeyValue(element) || !(element[0] instanceof Uint8Array)) return '';
  const key = Buffer.from(element[0].subarray(0, shownKeyBytes));
  const text = key.toString('utf8');
  const isText = Buffer.from(text, 'utf8').equals(key) && !/\p{Cc}/u.test(text);
  return ` at key ${isText ? JSON.stringify(text) : `0x${key.toString('hex')}`}`;
}
