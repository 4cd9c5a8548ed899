import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { isUnstarted } from '../../../core/contract/job-state.ts';
import type { Job } from '../../../core/jobs/model/job.ts';
import { refusalOf, type WriteCondition } from '../table/conditional-write.ts';
import { deleteIf } from '../table/delete-if.ts';
import type { Table } from '../table/table.ts';
import { labelItemKey, namePrefixKey, tagPrefix } from '../table/table-keys.ts';

/**
 * Writes the items by which jobs are found: one for each tag, and one for a name unless it is the name of a
 * service that cannot be deleted. They are written before the job and removed after it, so that a job never
 * lacks one; superfluous labels are dropped when a list reads the job. `v` is the version of the job that a
 * label was written for: a late removal does not remove a label that a newer version wrote.
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
 * Removes the labels that the job does not have any more, or all labels of a deleted job. Failures are
 * ignored: the job is already written, and a superfluous label only costs lists a read.
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
  const nameLabels = name === '' || isFoundByService(job) ? [] : [`${namePrefixKey(name)}#${id}`];
  return [...nameLabels, ...[...new Set(tags)].map((tag) => tagPrefix(tag) + id)];
}

/**
 * Whether the service that gave the job its name exists at least as long as the job. A draft does not mark
 * its version as used before it is started, so its service may be deleted while it waits, or after it was
 * aborted.
 */
function isFoundByService({ name, service, transitions: [first] }: Job): boolean {
  return name === service?.name && !(first !== undefined && isUnstarted(first.status));
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
  // A label that a newer version wrote is kept.
  await refusalOf(client.send(command));
}

function olderThan(version: number): WriteCondition {
  return {
    ConditionExpression: 'attribute_not_exists(pk) OR v < :version',
    ExpressionAttributeValues: { ':version': { N: String(version) } },
  };
}
