import { isDeepStrictEqual } from 'node:util';
import { DatasetsError } from '../core/errors/index.js';
import type { GraphNode, GraphSignature } from './graph.js';

/**
 * Checks that a worker made the graph that the submitter made.
 *
 * @throws DatasetsError GRAPH_MISMATCH naming the first node that differs, and in what.
 */
export function checkSameGraph(submitter: GraphSignature, worker: GraphSignature): void {
  if (submitter.fingerprint === worker.fingerprint) return;
  const length = Math.max(submitter.nodes.length, worker.nodes.length);
  for (let id = 0; id < length; id++) {
    const difference = differenceOf(submitter.nodes[id], worker.nodes[id]);
    if (difference !== undefined) {
      throw mismatch(difference, submitter.nodes[id]?.name ?? worker.nodes[id]?.name);
    }
  }
  const names = (graph: GraphSignature) => graph.splits.map((split) => split.name).join(', ');
  throw mismatch(
    `the splits are ${names(submitter)} in the submitter, ${names(worker)} in the worker, or end elsewhere`,
    undefined,
  );
}

function differenceOf(submitter: GraphNode | undefined, worker: GraphNode | undefined): string | undefined {
  if (submitter === undefined) return `the worker has ${worker?.name}, which the submitter has not`;
  if (worker === undefined) return `the submitter has ${submitter.name}, which the worker has not`;
  if (submitter.kind !== worker.kind || submitter.name !== worker.name) {
    return `step ${submitter.id} is ${submitter.name} in the submitter and ${worker.name} in the worker`;
  }
  const { name } = submitter;
  if (submitter.inputs.join() !== worker.inputs.join() || submitter.keyed !== worker.keyed)
    return `${name} reads other collections`;
  // In whatever order their fields are: a signature may have been written and read.
  if (!isDeepStrictEqual(submitter.options, worker.options)) {
    const [mine, theirs] = [JSON.stringify(submitter.options), JSON.stringify(worker.options)];
    return `${name} has the options ${mine} in the submitter and ${theirs} in the worker`;
  }
  return submitter.code === worker.code ? undefined : `the function of ${name} has another text`;
}

function mismatch(difference: string, transform: string | undefined): DatasetsError {
  return new DatasetsError('GRAPH_MISMATCH', `splits() made another pipeline in a worker: ${difference}`, {
    hint: 'splits() runs again in every worker and must do the same there. Ask the clock, the environment or a service only through p.snapshotTime and p.once().',
    at: transform === undefined ? {} : { transform },
  });
}
