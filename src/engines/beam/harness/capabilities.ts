/** What this harness can do, for `Environment.capabilities`: coders that runners may use towards it, and protocols. */
export const harnessCapabilities: readonly string[] = [
  'beam:coder:bytes:v1',
  'beam:coder:kv:v1',
  'beam:coder:length_prefix:v1',
  'beam:coder:iterable:v1',
  'beam:coder:state_backed_iterable:v1',
  'beam:coder:windowed_value:v1',
  'beam:coder:param_windowed_value:v1',
  'beam:coder:global_window:v1',
  'beam:protocol:progress_reporting:v1',
  'beam:protocol:monitoring_info_short_ids:v1',
  'beam:protocol:harness_monitoring_infos:v1',
  'beam:protocol:sdk_consuming_received_data:v1',
  'beam:protocol:control_request_elements_embedding:v1',
  'beam:protocol:named_data_streams:v1',
  // One process a core, in one container: the worker's program runs as many as it is told (worker/serve-worker.ts).
  'beam:protocol:sibling_workers:v1',
];
