import { type ClientDuplexStream, type ServiceError, status } from '@grpc/grpc-js';
import type { InstructionRequest, InstructionResponse } from '../protos/fn_execution/v1/beam_fn_api_pb.js';
import { streamEnder } from './end-stream.js';
import { brokenOff } from './runner-errors.js';

type Answer = (request: InstructionRequest) => Promise<InstructionResponse>;

/** The stream of a runner's instructions. They are answered in the order in which they are done with. */
export class ControlStream {
  readonly #call: ClientDuplexStream<InstructionResponse, InstructionRequest>;
  readonly #url: string;
  readonly end: () => Promise<void>;
  readonly #underWay = new Set<Promise<void>>();
  #over = false;

  constructor(call: ClientDuplexStream<InstructionResponse, InstructionRequest>, url: string) {
    this.#call = call;
    this.#url = url;
    this.end = streamEnder(call);
  }

  /**
   * Has instructions answered until the runner ends the stream, or is gone, or the signal is aborted. Answers may be under way still.
   *
   * @throws DatasetsError JOB_SERVICE_UNREACHABLE
   */
  async answerWith(answer: Answer, signal: AbortSignal | undefined): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#call.on('data', (request: InstructionRequest) => this.#follow(answer(request)));
      this.#call.on('end', resolve);
      this.#call.on('error', (error: ServiceError) => {
        if (isRunnersEnd(error)) resolve();
        else reject(brokenOff('control', this.#url, error));
      });
      signal?.addEventListener('abort', () => resolve(), { once: true });
    }).finally(() => {
      this.#over = true;
    });
  }

  /** Waits for what is under way, but not for ever; nobody hears the answers. */
  async settle(milliseconds: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, milliseconds);
    });
    await Promise.race([Promise.all(this.#underWay), late]);
    clearTimeout(timer);
  }

  #follow(answering: Promise<InstructionResponse>): void {
    const following = answering.then((response) => {
      if (!this.#over) this.#call.write(response);
      this.#underWay.delete(following);
    });
    this.#underWay.add(following);
  }
}

/** Runners end with their job: by ending the stream, by cancelling it, or by ending their process. */
function isRunnersEnd({ code }: ServiceError): boolean {
  return code === status.CANCELLED || code === status.UNAVAILABLE;
}
