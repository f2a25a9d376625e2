import { DatasetsError } from '../../../core/errors/index.js';

/** The optional packages that Beam's services take, as `npm install` names them. */
const packages = ['@grpc/grpc-js', '@bufbuild/protobuf'] as const;

/**
 * Imports a module of this folder that needs gRPC and protocol buffers. Modules within import those packages statically; what lies outside comes
 * in through here, so that only who builds on Beam needs them.
 *
 * @throws DatasetsError PEER_MISSING
 * @example
 * const { connect } = await loadBeam(() => import('./channel.js'));
 */
export async function loadBeam<Module>(load: () => Promise<Module>): Promise<Module> {
  return await load().catch((cause: unknown) => {
    const missing = missingPackage(cause);
    if (missing === undefined) throw cause;
    throw new DatasetsError('PEER_MISSING', `Apache Beam's services need the package ${missing}`, {
      hint: `Run: npm install ${packages.join(' ')}`,
      cause,
    });
  });
}

function missingPackage(cause: unknown): string | undefined {
  if (!(cause instanceof Error) || !('code' in cause) || cause.code !== 'ERR_MODULE_NOT_FOUND') return undefined;
  return packages.find((name) => cause.message.includes(`'${name}'`));
}
