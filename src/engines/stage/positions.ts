/** Something whose elements know where they came from: a batch of a source, or a stand-in for one. */
export interface Positioned {
  position(index: number): string;
}

/** Where an element came from; turned into text only when something is wrong with it. */
export interface Position {
  readonly source: Positioned | undefined;
  readonly index: number;
}

export function positionText({ source, index }: Position): string | undefined {
  return source?.position(index);
}
