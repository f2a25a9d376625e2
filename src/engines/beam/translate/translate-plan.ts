import { create } from '@bufbuild/protobuf';
import type { BuilderReference } from '../../../builder/index.js';
import type { Plan } from '../../../pipeline/index.js';
import { feeds, sideInputsBefore, sideInputsFrom, sideInputsOf } from '../../gather/plan-edges.js';
import { taskDoFnUrn } from '../harness/do-fn.js';
import type { WorkerEnvironment } from '../job/submitter.js';
import { type Environment, EnvironmentSchema, type Pipeline } from '../protos/pipeline/v1/beam_runner_api_pb.js';
import { type Collection, PipelineBuilder } from './pipeline-builder.js';
import { encodeStepPayload, type Step, type StepPayload } from './step.js';

export interface TranslationOptions {
  readonly builder: BuilderReference;
  /** Of the submitter's graph. */
  readonly fingerprint: string;
  /** Where workers find the staged job. */
  readonly job: StepPayload['job'];
  /** Where the workers run, as the submitter says it. */
  readonly environment: WorkerEnvironment;
  /** What the harness knows of Beam's model. */
  readonly capabilities: readonly string[];
  /** What the tasks need, by Beam's URNs of resource hints. */
  readonly resourceHints?: Readonly<Record<string, Uint8Array>>;
}

/**
 * A plan as a pipeline that any runner of Beam's model runs. Each stage is a barrier and a deal:
 *
 *     names of the results that it reads ─► GroupByKey ─► Plan, which cuts the stage into tasks ─► GroupByKey ─► Run, which gives the names of results
 *
 * Side inputs and the shards of the data set follow the same way; the last transform lists what was made. What crosses the shuffles are names of files in the
 * work location. The same plan always gives the same bytes.
 *
 * @example
 * ```ts
 * const pipeline = translatePlan(plan, { builder, fingerprint: graph.fingerprint, job, environment, capabilities });
 * ```
 */
export function translatePlan(plan: Plan, options: TranslationOptions): Pipeline {
  return new Translation(plan, options).pipeline();
}

class Translation {
  readonly #plan: Plan;
  readonly #options: TranslationOptions;
  readonly #builder: PipelineBuilder;
  readonly #names: ReadonlySet<string>;
  /** Reaches every barrier, so that one opens also where nothing was made before it. */
  readonly #start: Collection;
  /** Names of results, by stage, and by the node of a side input. */
  readonly #results: Collection[] = [];
  readonly #sideInputs = new Map<number, Collection>();

  constructor(plan: Plan, options: TranslationOptions) {
    this.#plan = plan;
    this.#options = options;
    this.#builder = new PipelineBuilder(environmentOf(options), taskDoFnUrn);
    this.#names = new Set(plan.stages.map(({ name }) => name));
    const start = this.#nameOfOwn('start');
    this.#start = this.#parDo(`${start}/Begin`, this.#builder.impulse(`${start}/Impulse`), { kind: 'start' });
  }

  pipeline(): Pipeline {
    const { stages } = this.#plan;
    for (const [index, stage] of stages.entries()) {
      const inputs = [
        ...stages.slice(0, index).flatMap((earlier, i) => (feeds(earlier, stage) ? this.#resultsOf(i) : [])),
        ...sideInputsBefore(this.#plan, stage).flatMap((node) => this.#sideInputs.get(node) ?? []),
      ];
      const tasks = this.#parDo(`${stage.name}/Plan`, this.#barrier(stage.name, inputs), {
        kind: 'plan',
        stage: index,
      });
      const dealt = this.#builder.groupByKey(`${stage.name}/Deal`, tasks);
      this.#results.push(this.#parDo(`${stage.name}/Run`, dealt, { kind: 'run', stage: index }));
      this.#addSideInputs(index);
    }
    const shards = this.#nameOfOwn('shards');
    const tasks = this.#parDo(`${shards}/Plan`, this.#barrier(shards, this.#results), { kind: 'planShards' });
    const encoded = this.#parDo(`${shards}/Encode`, this.#builder.groupByKey(`${shards}/Deal`, tasks), {
      kind: 'encode',
    });
    const finish = this.#nameOfOwn('finish');
    this.#parDo(`${finish}/List`, this.#barrier(finish, [...this.#results, encoded]), { kind: 'finish' });
    return this.#builder.build();
  }

  /** Those that have all their elements after a stage. */
  #addSideInputs(index: number): void {
    const { stages } = this.#plan;
    for (const node of sideInputsOf({ ...this.#plan, stages: stages.slice(0, index + 1) })) {
      const isFed = stages.slice(index + 1).some((later) => sideInputsFrom(later).includes(node));
      if (isFed || this.#sideInputs.has(node)) continue;
      const feeders = stages.flatMap((stage, i) => (sideInputsFrom(stage).includes(node) ? this.#resultsOf(i) : []));
      const name = this.#nameOfOwn(`sideInput#${node}`);
      this.#sideInputs.set(
        node,
        this.#parDo(`${name}/Write`, this.#barrier(name, feeders), { kind: 'sideInput', node }),
      );
    }
  }

  #resultsOf(stage: number): readonly Collection[] {
    const results = this.#results[stage];
    return results === undefined ? [] : [results];
  }

  /** Waits for all of the inputs. */
  #barrier(name: string, inputs: readonly Collection[]): Collection {
    return this.#builder.groupByKey(
      `${name}/Gather`,
      this.#builder.flatten(`${name}/Results`, [this.#start, ...inputs]),
    );
  }

  #parDo(name: string, input: Collection, step: Step): Collection {
    const { builder, fingerprint, job } = this.#options;
    const { module, name: dataset, config, version } = builder;
    const payload = encodeStepPayload({
      step,
      builder: { module, name: dataset, ...(config !== undefined && { config }), version },
      fingerprint,
      job,
    });
    return this.#builder.parDo(name, input, payload);
  }

  /** Authors may have named a transform just so. */
  #nameOfOwn(name: string): string {
    return this.#names.has(name) ? this.#nameOfOwn(`${name} of the build`) : name;
  }
}

function environmentOf({ environment, capabilities, resourceHints = {} }: TranslationOptions): Environment {
  return create(EnvironmentSchema, {
    urn: environment.urn,
    payload: Uint8Array.from(environment.payload),
    capabilities: [...capabilities],
    resourceHints: Object.fromEntries(
      Object.entries(resourceHints)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([urn, hint]) => [urn, Uint8Array.from(hint)]),
    ),
  });
}
