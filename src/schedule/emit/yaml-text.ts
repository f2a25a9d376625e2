import type { Json } from '../../core/json/index.js';

/**
 * YAML of a value, with comments before some of its keys. Keys keep their order, so that the same value gives the same bytes.
 *
 * @param comments by the path of a key, with dots: `spec.schedule`
 * @param remarks by a text, wherever it is a value: behind it on its line
 */
export async function yamlText(
  value: Json,
  comments: Readonly<Record<string, string>> = {},
  remarks: Readonly<Record<string, string>> = {},
): Promise<string> {
  const { Document, isMap, isScalar, visit } = await import('yaml');
  // Kubernetes and others read YAML 1.1, in which a data set named `on` is true.
  const document = new Document(value, { aliasDuplicateObjects: false, compat: 'yaml-1.1' });
  for (const [path, comment] of Object.entries(comments)) {
    const keys = path.split('.');
    const parent = keys.length === 1 ? document.contents : document.getIn(keys.slice(0, -1));
    const pair = isMap(parent) ? parent.items.find(({ key }) => isScalar(key) && key.value === keys.at(-1)) : undefined;
    if (pair !== undefined && isScalar(pair.key)) pair.key.commentBefore = comment.replace(/^/gm, ' ');
  }
  visit(document, {
    Scalar: (_, node) => {
      const remark = typeof node.value === 'string' ? remarks[node.value] : undefined;
      if (remark !== undefined) node.comment = ` ${remark}`;
    },
  });
  return document.toString({ lineWidth: 0, nullStr: '' });
}
