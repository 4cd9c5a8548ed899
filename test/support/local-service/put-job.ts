import { dynamoJobStore } from '../../../aws/dynamodb/jobs/dynamo-job-store.ts';
import type { Job } from '../../../core/jobs/model/job.ts';
import { operatorClient } from './add-key.ts';
import type { TestErrand } from './local-errand.ts';

/** Writes a job of the file's tenant directly to the table of a local service, for states that no call produces. */
export async function putJob({ cloud, tenant }: TestErrand, job: Job): Promise<void> {
  const client = operatorClient(cloud);
  const table = { client, tableName: cloud.output('Errand', 'TableName') };
  const response = await dynamoJobStore(table)
    .insert({ ...job, tenant })
    .finally(() => client.destroy());
  if (response !== 'inserted') throw new Error(`There is a job ${job.id} already`);
}
