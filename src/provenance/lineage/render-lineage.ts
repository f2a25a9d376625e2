import type { Lineage, LineageNode } from './lineage-of.js';

/**
 * A lineage as a tree of lines. What is come to by two ways is shown with its own once, and by its name after that.
 */
export function lineageTree({ version, direction, nodes, edges }: Lineage): string {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const shown = new Set<string>();
  const below = (id: string) =>
    edges
      .filter(({ from, to }) => id === (direction === 'up' ? to : from))
      .map(({ from, to, split }) => ({ id: direction === 'up' ? from : to, split }));
  const lines: string[] = [];
  const draw = (id: string, split: string | undefined, first: string, rest: string): void => {
    const isAgain = shown.has(id) && below(id).length > 0;
    const what = split === undefined || split === 'all' ? '' : ` (${split})`;
    lines.push(`${first}${id}${what}${remark(byId.get(id))}${isAgain ? ' …' : ''}`);
    if (isAgain) return;
    shown.add(id);
    const children = below(id);
    for (const [index, child] of children.entries()) {
      const isLast = index === children.length - 1;
      draw(child.id, child.split, `${rest}${isLast ? '└─ ' : '├─ '}`, `${rest}${isLast ? '   ' : '│  '}`);
    }
  };
  draw(version, undefined, '', '');
  return lines.join('\n');
}

/** A lineage as a flowchart of [Mermaid](https://mermaid.js.org), from sources to what is made from them. */
export function lineageMermaid({ nodes, edges }: Lineage): string {
  const names = new Map(nodes.map(({ id }, index) => [id, `n${index}`]));
  return [
    'flowchart LR',
    ...nodes.map((node) => {
      const label = quoted(`${node.id}${remark(node)}`);
      return `  ${names.get(node.id)}${node.kind === 'version' ? `[${label}]` : `[(${label})]`}`;
    }),
    ...edges.map(({ from, to, split }) => {
      const label = split === undefined || split === 'all' ? '' : `|${quoted(split)}|`;
      return `  ${names.get(from)} -->${label} ${names.get(to)}`;
    }),
  ].join('\n');
}

function remark(node: LineageNode | undefined): string {
  if (node?.yanked !== undefined) return ` [yanked: ${node.yanked}]`;
  return node?.isGone === true ? ' [not in this registry]' : '';
}

/** Mermaid ends a label at a quotation mark and has entities with `#` in place of `&`. */
function quoted(text: string): string {
  return `"${text.replace(/[#"<>\n\r]/g, (character) => `#${character.charCodeAt(0)};`)}"`;
}
