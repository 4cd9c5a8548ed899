/**
 * Called by a rule for each event of a job that failed. EventBridge may deliver an event more than once, always with the
 * same ID: whoever reads the reports drops those with an ID that they already know.
 * @param {{ readonly detail: import('errand/contract').JobEvent }} event
 */
export const handler = async ({ detail }) => {
  const { id, time, tenant, data } = detail;
  const { name, service, error } = data;
  console.log(
    JSON.stringify({
      report: `${service.name}@${service.version} failed: ${error.detail}`,
      event: id,
      job: data.jobId,
      time,
      tenant,
      name,
      code: error.code,
    }),
  );
};
