/**
 * A step of a fused stage: takes one element and passes on what it makes of it, by a plain call.
 *
 * A pair travels as value and key, so that keyBy → mapValues → split makes no array an element; without keys the key is undefined. Measured with
 * five steps: about 10 ns a step, where an iterator chain costs 20 and an async one 130.
 */
export type Push = (value: unknown, key: unknown) => void;

/** For elements that nobody wants. */
export const discard: Push = () => {};

/** Passes each element to all of `consumers`. */
export function pushToAll(consumers: readonly Push[]): Push {
  const [first, second] = consumers;
  if (first === undefined) return discard;
  if (second === undefined) return first;
  if (consumers.length === 2) {
    return (value, key) => {
      first(value, key);
      second(value, key);
    };
  }
  return (value, key) => {
    for (const consumer of consumers) consumer(value, key);
  };
}

/** Turns pairs into elements that are pairs, for what takes no keys. */
export function withoutKey(push: Push): Push {
  return (value, key) => push([key, value], undefined);
}
