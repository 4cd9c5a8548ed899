import { isUnstarted } from '../../../core/contract/job-state.ts';
import type { Job } from '../../../core/jobs/model/job.ts';
import { deleteLabels, putLabels } from '../table/labels.ts';
import type { Table } from '../table/table.ts';
import { groupPrefix, namePrefixKey, tagPrefix } from '../table/table-keys.ts';

/**
 * Writes the labels of a job: the items by which lists find it. A job has one label for each tag and each
 * indexed member of its metadata, one for its group, and one for its name unless `isFoundByService`. Labels are written before the
 * job and removed after it, so that a job never lacks one; a list ignores a label that its job does not have any
 * more.
 */
export async function addLabels(table: Table, job: Job, before?: Job): Promise<void> {
  const existingLabels = new Set(before === undefined ? [] : await labelsOf(before));
  const { tenant, version } = job;
  const sortKeys = (await labelsOf(job)).filter((label) => !existingLabels.has(label));
  await putLabels(table, { tenant, version, sortKeys });
}

/**
 * Removes the labels that the job does not have any more, or all labels of a deleted job. Failures are
 * ignored: the job is already written, and a superfluous label only costs lists a read.
 */
export async function removeLabels(table: Table, before: Job, after?: Job): Promise<void> {
  const keptLabels = new Set(after === undefined ? [] : await labelsOf(after));
  const version = after?.version ?? before.version + 1;
  const sortKeys = (await labelsOf(before)).filter((label) => !keptLabels.has(label));
  await deleteLabels(table, { tenant: before.tenant, version, sortKeys });
}

/** The sort keys of a job's labels. */
async function labelsOf(job: Job): Promise<readonly string[]> {
  const { id, name, tags, group } = job;
  const nameLabels = name === '' || isFoundByService(job) ? [] : [`${namePrefixKey(name)}#${id}`];
  const groupLabels = group === undefined ? [] : [groupPrefix(group) + id];
  const tagLabels = [...new Set(tags)].map((tag) => tagPrefix(tag) + id);
  const ownLabels = [...nameLabels, ...tagLabels, ...groupLabels];
  if (job.indexedMetadata === undefined) return ownLabels;
  // Few services index metadata, so the code for them is loaded only when it is needed.
  const { metadataLabels } = await import('./metadata-labels.ts');
  return [...ownLabels, ...metadataLabels(job)];
}

/**
 * Whether lists find the job by the name of its service: it has that name, and the service version was marked
 * as used when the job was created, so it cannot be deleted. A job that was created as a draft needs a label,
 * because its version is marked only at its start and may be deleted before.
 */
function isFoundByService({ name, service, transitions: [first] }: Job): boolean {
  return name === service?.name && !(first !== undefined && isUnstarted(first.status));
}
