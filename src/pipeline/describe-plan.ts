import type { GraphSignature } from './graph.js';
import type { Consumer, Plan, PlannedStage, StageOutput } from './plan.js';

/**
 * A plan as text, for `build --dry-run`: one paragraph a stage, one line a step, indented below what it reads.
 *
 * @example
 * ```text
 * stage 1 of 2: read#0 (source: csv(item_context.csv))
 *   keyBy#1
 *     → join#4, left side
 * ```
 */
export function describePlan(plan: Plan, graph: GraphSignature): string {
  return plan.stages
    .map((stage, index) => {
      const title = `stage ${index + 1} of ${plan.stages.length}: ${stage.name} (${rootNote(stage, graph)})`;
      return [title, ...consumerLines(stage, stage.consumers, graph, '  ')].join('\n');
    })
    .join('\n\n');
}

function rootNote(stage: PlannedStage, graph: GraphSignature): string {
  const node = graph.nodes[stage.root.node];
  switch (stage.root.kind) {
    case 'source': {
      const options = node?.options as { readonly description?: string } | undefined;
      return options?.description === undefined ? 'source' : `source: ${options.description}`;
    }
    case 'shuffle':
      return `${node?.kind}, gathered by key from all workers`;
    case 'fanOut':
      return 'dealt to all workers in batches';
    case 'relay':
      return 'kept from an earlier stage until a side input was complete';
  }
}

function consumerLines(
  stage: PlannedStage,
  consumers: readonly Consumer[],
  graph: GraphSignature,
  indent: string,
): string[] {
  return consumers.flatMap((consumer) => {
    if (consumer.kind === 'output') {
      const output = stage.outputs[consumer.index];
      return output === undefined ? [] : [`${indent}→ ${outputNote(output, graph)}`];
    }
    const step = stage.steps.find((candidate) => candidate.node === consumer.node);
    if (step === undefined) return [];
    const kind = step.name.startsWith(step.kind) ? '' : ` (${step.kind})`;
    return [`${indent}${step.name}${kind}`, ...consumerLines(stage, step.consumers, graph, `${indent}  `)];
  });
}

function outputNote(output: StageOutput, graph: GraphSignature): string {
  const name = 'node' in output ? (graph.nodes[output.node]?.name ?? '') : '';
  switch (output.kind) {
    case 'split':
      return `split ${output.split}`;
    case 'shuffle': {
      const sides = (graph.nodes[output.node]?.inputs.length ?? 1) > 1;
      return `${name}${sides ? `, ${output.input === 0 ? 'left' : 'right'} side` : ''}${output.combine ? ', combined first' : ''}`;
    }
    case 'sideInput':
      return `side input ${name} (${output.form})`;
    case 'fanOut':
      return `${name}, dealt to all workers`;
    case 'relay':
      return `kept for later stages`;
  }
}
