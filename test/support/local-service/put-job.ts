import { dynamoJobStore } from '../../../aws/dynamodb/jobs/dynamo-job-store.ts';
import type { Job } from '../../../core/jobs/model/job.ts';
import type { LocalCloud } from '../../../local/start-local.ts';
import { operatorClient } from './add-key.ts';

/** Writes a job directly to the table of a local service, for states that no call produces yet. */
export async function putJob(cloud: LocalCloud, job: Job): Promise<void> {
  const client = operatorClient(cloud);
  const table = { client, tableName: cloud.output('Errand', 'TableName') };
  const response = await dynamoJobStore(table)
    .insert(job)
    .finally(() => client.destroy());
  if (response !== 'inserted') throw new Error(`There is a job ${job.id} already`);
}
