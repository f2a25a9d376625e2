import type { ArrowNode, Leaf } from '../../src/features/index.js';
import type { ArrowSchema } from '../../src/formats/index.js';

/** A table whose fields are the leaves themselves, in lists for their sequences. */
export function schemaOf(leaves: readonly Leaf[], metadata: Record<string, string> = {}): ArrowSchema {
  const fields = leaves.map((leaf, index) => {
    const values: ArrowNode = { kind: 'values', leaf: index };
    const node = leaf.sequences.reduceRight<ArrowNode>(
      (item, length, level) => ({ kind: 'list', length, level, item }),
      values,
    );
    return { name: leaf.key, node };
  });
  return { root: { kind: 'struct', fields }, leaves, metadata };
}
