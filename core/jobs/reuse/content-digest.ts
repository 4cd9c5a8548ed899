import type { JsonValue } from '../../contract/json.ts';
import type { DataObject } from '../../data/model/data-object.ts';
import { canonicalJson } from '../../json-schema/schema/canonical-json.ts';
import { digestMember } from '../../services/model/definition-digest.ts';
import type { Service } from '../../services/model/service.ts';
import { digest } from '../../std/digest.ts';
import { omitUndefined } from '../../std/omit-undefined.ts';
import type { Job, JobInputs } from '../model/job.ts';
import { mapSlots } from '../records/job-inputs.ts';

/** What a job of a deterministic service depends on. */
export interface JobContent {
  /** JSON text, with the defaults of the schema. */
  readonly parameters: string;
  readonly inputs: JobInputs;
  /** The data objects in the input slots, by their IDs. */
  readonly found: ReadonlyMap<string, DataObject>;
}

/**
 * The member `contentDigest` of a job: equal for jobs with the same service version, the same parameters and inputs with the same
 * content in the same slots and order, whatever the order of the parameters' members and the names of the data objects. Absent
 * unless the service is deterministic, and if the content of an input cannot be compared, because it has no checksum.
 */
export function contentMember(
  service: Service | undefined,
  { parameters, inputs, found }: JobContent,
): Pick<Job, 'contentDigest'> {
  if (service?.definition.deterministic !== true) return {};
  const contents = mapSlots(inputs, (slot) => slot.map(({ id }) => contentOf(found.get(id))));
  if (Object.values(contents).flat().includes(undefined)) return {};
  const content = {
    name: service.name,
    version: service.version,
    ...digestMember(service),
    parameters: JSON.parse(parameters) as JsonValue, // we serialized the JSON text
    inputs: contents as Readonly<Record<string, string[]>>, // none is undefined
  };
  return { contentDigest: digest(canonicalJson(content)) };
}

/** Identifies the content of a data object by its size and its checksums. */
function contentOf(data: DataObject | undefined): string | undefined {
  const { checksum, sizeBytes } = data ?? {};
  if (sizeBytes === undefined || checksum === undefined) return undefined;
  const { crc64nvme, sha256 } = checksum;
  if (crc64nvme === undefined && sha256 === undefined) return undefined;
  return canonicalJson({ sizeBytes, ...omitUndefined({ crc64nvme, sha256 }) });
}
