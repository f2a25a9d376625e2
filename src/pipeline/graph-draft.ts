import { createHash } from 'node:crypto';
import { DatasetsError } from '../core/errors/index.js';
import type { Json } from '../core/json/index.js';
import type { GraphNode } from './graph.js';
import { functionsOf, type Operation } from './operation.js';

/** Collects nodes while an author's `splits()` runs; refuses any after it has returned. */
export class GraphDraft {
  readonly nodes: GraphNode[] = [];
  readonly operations: Operation[] = [];
  readonly #names = new Set<string>();
  #sealed = false;

  add(operation: Operation, inputs: readonly number[], keyed: boolean, name: string | undefined): GraphNode {
    const id = this.nodes.length;
    if (this.#sealed) {
      throw new DatasetsError('PIPELINE_INVALID', `${operation.kind} is added after splits() has returned`, {
        hint: 'Build the whole pipeline before splits() returns; await what it needs.',
      });
    }
    const node: GraphNode = {
      id,
      kind: operation.kind,
      name: this.#uniqueName(name ?? `${operation.kind}#${id}`, id),
      inputs,
      keyed,
      options: optionsOf(operation),
      code: codeDigest(operation),
    };
    this.nodes.push(node);
    this.operations.push(operation);
    return node;
  }

  seal(): void {
    this.#sealed = true;
  }

  #uniqueName(name: string, id: number): string {
    const unique = this.#names.has(name) ? `${name}#${id}` : name;
    this.#names.add(unique);
    return unique;
  }
}

function optionsOf(operation: Operation): Json {
  switch (operation.kind) {
    case 'read':
      return { source: operation.source.kind, description: operation.source.description };
    case 'mapBatches':
      return { size: operation.size };
    case 'combinePerKey':
      return { exact: operation.combiner.exact === true };
    case 'join':
      return { maxUnmatched: operation.maxUnmatched ?? null, rightUnmatched: operation.rightUnmatched };
    case 'splitBy':
      return { fractions: operation.fractions };
    case 'splitPart':
      return { index: operation.index };
    case 'sideInput':
      return { form: operation.form };
    default:
      return {};
  }
}

function codeDigest(operation: Operation): string {
  const hash = createHash('sha256');
  if (operation.kind === 'create') hash.update(operation.encoded);
  for (const fn of functionsOf(operation)) {
    const text = Function.prototype.toString.call(fn);
    hash.update(`${text.length}\n${text}`);
  }
  return hash.digest('hex');
}
