import { create, type MessageInitShape } from '@bufbuild/protobuf';
import { internalError } from '../../../core/errors/index.js';
import {
  type InstructionRequest,
  type InstructionResponse,
  InstructionResponseSchema,
} from '../protos/fn_execution/v1/beam_fn_api_pb.js';
import type { Bundles } from './bundles.js';
import { describeFailure, TransformFailure } from './describe-failure.js';
import type { LogStream } from './log-stream.js';
import { MonitoringIds } from './monitoring.js';

type Response = NonNullable<MessageInitShape<typeof InstructionResponseSchema>['response']>;

/** Answers a runner's instructions; many are under way at once. */
export class Instructions {
  readonly #bundles: Bundles;
  readonly #log: LogStream;
  readonly #monitoring = new MonitoringIds();

  constructor(bundles: Bundles, log: LogStream) {
    this.#bundles = bundles;
    this.#log = log;
  }

  /** Never rejects: what fails is in the answer. */
  async answer(request: InstructionRequest): Promise<InstructionResponse> {
    const { instructionId } = request;
    try {
      return create(InstructionResponseSchema, { instructionId, response: await this.#respond(request) });
    } catch (failure) {
      const error = describeFailure(failure);
      const transformId = failure instanceof TransformFailure ? failure.transformId : '';
      this.#log.log('error', error, { bundleId: instructionId, transformId });
      return create(InstructionResponseSchema, { instructionId, error });
    }
  }

  async #respond({ instructionId, request }: InstructionRequest): Promise<Response> {
    switch (request.case) {
      case 'processBundle':
        return await this.#bundles.process(instructionId, request.value, (processor, requiresFinalization) => {
          const value = { ...this.#monitoring.answer(processor.measures()), requiresFinalization };
          return { case: 'processBundle', value };
        });
      case 'processBundleProgress': {
        // A bundle that has not begun, or is over, has nothing to tell.
        const processor = this.#bundles.active(request.value.instructionId);
        if (processor === undefined) return { case: 'processBundleProgress', value: {} };
        const value = { ...this.#monitoring.answer(processor.measures()), consumingReceivedData: processor.consuming };
        return { case: 'processBundleProgress', value };
      }
      case 'processBundleSplit': {
        const processor = this.#bundles.active(request.value.instructionId);
        const channelSplits = processor?.split(request.value.desiredSplits).map(({ transformId, firstResidual }) => ({
          transformId,
          lastPrimaryElement: BigInt(firstResidual - 1),
          firstResidualElement: BigInt(firstResidual),
        }));
        return { case: 'processBundleSplit', value: { channelSplits: channelSplits ?? [] } };
      }
      case 'finalizeBundle':
        await this.#bundles.finalise(request.value.instructionId);
        return { case: 'finalizeBundle', value: {} };
      case 'monitoringInfos':
        return {
          case: 'monitoringInfos',
          value: { monitoringInfo: this.#monitoring.describe(request.value.monitoringInfoId) },
        };
      case 'harnessMonitoringInfos':
        // Nothing is measured that belongs to no bundle.
        return { case: 'harnessMonitoringInfos', value: {} };
      case 'register':
        this.#bundles.register(request.value.processBundleDescriptor);
        return { case: 'register', value: {} };
      default:
        throw internalError(`the runner asks for what this worker does not know: ${request.case ?? 'nothing'}`);
    }
  }
}
