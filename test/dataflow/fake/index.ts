export { type FakeDataflow, type FakeOptions, startFakeDataflow } from './fake-dataflow.js';
export type { FakeJob } from './fake-job.js';
export { denied, type Fault, tooMany, unavailable } from './faults.js';
export { problemsOf } from './messages.js';
export { doneAtOnce, type Service, untilCancelled } from './service.js';
