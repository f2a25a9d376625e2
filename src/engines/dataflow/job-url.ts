/** The page of a job, as Go's and Python's SDKs print it. */
export function jobUrl(id: string, { project, region }: { readonly project: string; readonly region: string }): string {
  return `https://console.cloud.google.com/dataflow/jobs/${region}/${id}?project=${encodeURIComponent(project)}`;
}
