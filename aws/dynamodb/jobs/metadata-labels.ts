import { indexedValue } from '../../../core/jobs/model/indexed-metadata.ts';
import type { Job } from '../../../core/jobs/model/job.ts';
import { metadataPrefix } from '../table/metadata-keys.ts';

/** The sort keys of the labels of a job's indexed metadata: one for each indexed member that is present. */
export function metadataLabels(job: Job): readonly string[] {
  return (job.indexedMetadata ?? []).flatMap((name) => {
    const value = indexedValue(job, name);
    return value === undefined ? [] : [metadataPrefix(name, value) + job.id];
  });
}
