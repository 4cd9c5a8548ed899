import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { isStartable } from '../../../core/contract/job-state.ts';
import type { Job } from '../../../core/jobs/model/job.ts';
import { refusalOf, type WriteCondition } from '../table/conditional-write.ts';
import { deleteIf } from '../table/delete-if.ts';
import type { Table } from '../table/table.ts';
import { labelItemKey, namePrefixKey, tagPrefix } from '../table/table-keys.ts';

/**
 * Items by which jobs are found: one for each tag, and one for a name that is not the service's, or is that of a service
 * which may be deleted. They are written
 * before the job and removed after it, so that a job never lacks one; what is too many is dropped when a list reads the
 * job. `v` is the version of the job that a label was written for: a removal that comes late leaves one alone that a
 * newer version wrote.
 */
export async function addLabels(table: Table, job: Job, before?: Job): Promise<void> {
  const known = new Set(before === undefined ? [] : labelsOf(before));
  await Promise.all(
    labelsOf(job)
      .filter((label) => !known.has(label))
      .map((label) => putLabel(table, job, label)),
  );
}

/**
 * Removes what the job does not have any more; all that it had when it is gone. Answers nothing of what could not be
 * removed: the job is written by now, and a label too many only costs the lists that meet it a read.
 */
export async function removeLabels(table: Table, before: Job, now?: Job): Promise<void> {
  const kept = new Set(now === undefined ? [] : labelsOf(now));
  const version = now?.version ?? before.version + 1;
  await Promise.allSettled(
    labelsOf(before)
      .filter((label) => !kept.has(label))
      .map((label) => deleteIf(table, labelItemKey(before.tenant, label), olderThan(version))),
  );
}

/** The sort keys of a job's labels. */
function labelsOf(job: Job): readonly string[] {
  const { id, name, tags } = job;
  const named = name === '' || isFoundByService(job) ? [] : [`${namePrefixKey(name)}#${id}`];
  return [...named, ...[...new Set(tags)].map((tag) => tagPrefix(tag) + id)];
}

/**
 * Whether the service that gave the job its name stays for as long as the job does. A draft marks no version as used before
 * it is started, so its service may be deleted while it waits, or after it was aborted.
 */
function isFoundByService({ name, service, transitions: [first] }: Job): boolean {
  return name === service?.name && !(first !== undefined && isStartable(first.status));
}

async function putLabel(
  { client, tableName }: Table,
  { tenant, version }: Job,
  label: string,
): Promise<void> {
  const command = new PutItemCommand({
    TableName: tableName,
    Item: { ...labelItemKey(tenant, label), v: { N: String(version) } },
    ...olderThan(version),
  });
  // One that a newer version wrote is left alone.
  await refusalOf(client.send(command));
}

function olderThan(version: number): WriteCondition {
  return {
    ConditionExpression: 'attribute_not_exists(pk) OR v < :version',
    ExpressionAttributeValues: { ':version': { N: String(version) } },
  };
}
