import type { SlotDefinitions } from '../../../../core/contract/schemas/slot-schemas.ts';
import { completeUpload } from '../../../../core/data/complete-upload.ts';
import { insertData } from '../../../../core/data/insert-data.ts';
import { contentKey, type DataObject } from '../../../../core/data/model/data-object.ts';
import { deleteData } from '../../../../core/jobs/deletion/delete-data.ts';
import { firstUsersOf } from '../../../../core/jobs/inputs/users-of.ts';
import type { Job, JobInputs } from '../../../../core/jobs/model/job.ts';
import { readInputs } from '../../../../core/jobs/records/job-inputs.ts';
import { editJob } from '../../../../core/jobs/submission/edit-job.ts';
import { type SubmitJobInput, submitJob } from '../../../../core/jobs/submission/submit-job.ts';
import { aService, testDeps } from '../../../support/jobs/test-deps.ts';

const slots: SlotDefinitions = {
  table: { mediaTypes: ['text/csv', 'image/*'] },
  extras: { required: false, collection: true },
};

const bytes = Buffer.from('a,b\n1,2\n');

/** The service `profile` with input slots, `echo` without, and callers that upload, submit, edit and delete. */
export async function inputWorld() {
  const deps = testDeps();
  await deps.services.insert(aService({ inputs: slots }, { name: 'profile' }));
  await deps.services.insert(aService());
  const uploading = (mediaType = 'text/csv', tenant = 'local') =>
    insertData(deps, {
      tenant,
      origin: { kind: 'upload', by: 'tester' },
      description: { name: 'table.csv', mediaType, sizeBytes: bytes.length },
    });
  const complete = async (data: DataObject) => {
    deps.contents.putBytes(contentKey(data), bytes);
    const key = { tenant: data.tenant, dataId: data.id };
    return (await completeUpload(deps, { key, completion: {} })).data;
  };
  const uploaded = async (mediaType?: string, tenant?: string) =>
    complete(await uploading(mediaType, tenant));
  const submit = (submission: SubmitJobInput['submission'], ports = deps) =>
    submitJob(ports, {
      tenant: 'local',
      owner: 'key-1',
      submission: { service: 'profile', ...submission },
    }).then(({ job }) => job);
  const edit = (job: Job, inputs: Parameters<typeof editJob>[1]['edit']['inputs'], ports = deps) =>
    editJob(ports, { key: keyOf(job), edit: { inputs }, meetsPrecondition: () => true });
  const remove = (data: DataObject, ports = deps) =>
    deleteData(ports, { key: { tenant: data.tenant, dataId: data.id }, by: 'tester' });
  const stored = async (job: Job) => deps.jobs.get(keyOf(job));
  const inputsOf = async (job: Job): Promise<JobInputs> => readInputs(deps, (await stored(job)) ?? job);
  const usersOf = (data: DataObject) => firstUsersOf(deps, data, 100);
  const exists = async ({ tenant, id }: DataObject) =>
    (await deps.data.get({ tenant, dataId: id })) !== undefined;
  return { deps, uploading, complete, uploaded, submit, edit, remove, stored, inputsOf, usersOf, exists };
}

export type InputWorld = Awaited<ReturnType<typeof inputWorld>>;

export function keyOf({ tenant, id: jobId }: Job) {
  return { tenant, jobId };
}

/** The violations of a refused call, as `<pointer> <keyword>`; throws if the call succeeds. */
export async function violationsOf(call: Promise<unknown>): Promise<readonly string[]> {
  const error = await call.then(
    () => {
      throw new Error('The call was not refused');
    },
    (refusal: { slug?: string; extension?: { errors?: readonly { pointer: string; keyword: string }[] } }) =>
      refusal,
  );
  if (error.slug !== 'invalid-inputs') throw new Error('Refused for another reason', { cause: error });
  return (error.extension?.errors ?? []).map(({ pointer, keyword }) => `${pointer} ${keyword}`);
}
