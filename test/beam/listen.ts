import { promisify } from 'node:util';
import { type Server, ServerCredentials } from '@grpc/grpc-js';

/** Has a server listen on a free port of this machine, and returns the port. */
export function listen(server: Server, host = 'localhost'): Promise<number> {
  return promisify(server.bindAsync.bind(server))(`${host}:0`, ServerCredentials.createInsecure());
}
