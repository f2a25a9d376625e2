/**
 * What the pool loads in a thread. It calls `require`, by which Node 20 loads a graph of ES modules at once, and dies now and then when the builder's module, which
 * shares most of them, is imported meanwhile ("Unexpected status of a module that is imported again after being required"). Of a CommonJS module it gets
 * no more than this file.
 */
const loading = import('./worker.js');
// The first task reports it.
loading.catch(() => {});

type Worker = Awaited<typeof loading>;

module.exports = {
  runTask: async (message: Parameters<Worker['runTask']>[0]) => (await loading).runTask(message),
  teardown: async (message: Parameters<Worker['teardown']>[0]) => (await loading).teardown(message),
};
