import type { SplitSelector, SplitSlice } from '../../reader/index.js';

/** A selector as an expression of tfds, for people: what is read is decided by the selector itself. */
export function selectorText(selector: SplitSelector): string {
  if (typeof selector === 'string') return selector;
  if (isList(selector)) return selector.map(selectorText).join('+');
  if ('of' in selector) return `part ${selector.index + 1} of ${selector.count} of ${selectorText(selector.of)}`;
  return sliceText(selector);
}

function sliceText({ split, from, to, unit = 'examples' }: SplitSlice): string {
  if (from === undefined && to === undefined) return split;
  const side = (value: number | undefined) => (value === undefined ? '' : `${value}${unit === 'examples' ? '' : unit}`);
  return `${split}[${side(from)}:${side(to)}]`;
}

function isList(selector: SplitSelector): selector is readonly SplitSelector[] {
  return Array.isArray(selector);
}
