import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { toItem } from '../../aws/job-item.ts';
import type { Job } from '../../core/jobs/job.ts';
import type { LocalCloud } from '../../local/start-local.ts';
import { operatorClient } from './add-key.ts';

/** Writes a job straight into the table of a local service, for states that nothing leads to yet. */
export async function putJob(cloud: LocalCloud, job: Job): Promise<void> {
  const client = operatorClient(cloud);
  const TableName = cloud.output('Errand', 'TableName');
  await client.send(new PutItemCommand({ TableName, Item: toItem(job) })).finally(() => client.destroy());
}
