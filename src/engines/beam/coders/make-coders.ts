import { DatasetsError, internalError } from '../../../core/errors/index.js';
import type { Coder as CoderProto } from '../protos/pipeline/v1/beam_runner_api_pb.js';
import { bytesCoder, type Coder, keyValueCoder, lengthPrefixCoder } from './coder.js';
import { iterableCoder, type StateSource } from './iterable-coder.js';
import { WindowedCoder } from './windowed-coder.js';

/** Makes the coders that a bundle descriptor names by their ids. */
export class Coders {
  readonly #protos: Readonly<Record<string, CoderProto>>;
  readonly #state: StateSource;

  constructor(protos: Readonly<Record<string, CoderProto>>, state: StateSource) {
    this.#protos = protos;
    this.#state = state;
  }

  /**
   * The coder of a data channel.
   *
   * @throws DatasetsError UNSUPPORTED
   */
  windowed(id: string): WindowedCoder {
    const { urn, payload, components } = this.#look(id);
    const [element = '', window = ''] = components;
    if (urn !== 'beam:coder:windowed_value:v1' && urn !== 'beam:coder:param_windowed_value:v1')
      throw unknownCoder(id, urn);
    const windows = this.#look(window).urn;
    if (windows !== 'beam:coder:global_window:v1') throw unknownCoder(window, windows);
    return new WindowedCoder(this.element(element), urn === 'beam:coder:windowed_value:v1' ? undefined : payload);
  }

  /** @throws DatasetsError UNSUPPORTED */
  element(id: string): Coder {
    const { urn, components } = this.#look(id);
    const [first = '', second = ''] = components;
    switch (urn) {
      case 'beam:coder:bytes:v1':
        return bytesCoder;
      case 'beam:coder:kv:v1':
        return keyValueCoder(this.element(first), this.element(second));
      case 'beam:coder:length_prefix:v1':
        return lengthPrefixCoder(this.element(first));
      case 'beam:coder:iterable:v1':
      case 'beam:coder:state_backed_iterable:v1':
        return iterableCoder(this.element(first), this.#state);
      default:
        throw unknownCoder(id, urn);
    }
  }

  #look(id: string): { readonly urn: string; readonly payload: Uint8Array; readonly components: readonly string[] } {
    const proto = this.#protos[id];
    if (proto === undefined) throw internalError(`the runner names a coder that it does not describe: ${id}`);
    return {
      urn: proto.spec?.urn ?? '',
      payload: proto.spec?.payload ?? new Uint8Array(),
      components: proto.componentCoderIds,
    };
  }
}

function unknownCoder(id: string, urn: string): DatasetsError {
  return new DatasetsError(
    'UNSUPPORTED',
    `the runner sends elements by the coder ${id}, ${urn}, which this worker does not know`,
    {
      hint: 'A runner may use the coders that the environment lists as its capabilities: see that this worker serves its own pipeline.',
    },
  );
}
