import assert from 'node:assert/strict';
import { isUnstarted } from '../../../core/contract/job-state.ts';
import { contentKey, type DataObject, type DataTombstone } from '../../../core/data/model/data-object.ts';
import type { Job, JobInputs } from '../../../core/jobs/model/job.ts';
import { asError } from '../../../core/std/as-error.ts';
import type { DataOutcome } from '../data/data-outcome.ts';
import { contentOf } from '../data/simulated-upload.ts';
import type { Outcome } from '../simulate.ts';
import type { Deletion } from '../simulated/simulated-delete.ts';
import { maxSkew } from '../world.ts';

interface Given {
  readonly outcome: Outcome;
  readonly data: DataOutcome;
  /** The jobs that were not deleted. */
  readonly surviving: ReadonlyMap<string, Job>;
  readonly objects: ReadonlyMap<string, DataObject>;
}

/** Throws unless no object that is used or wanted was lost, and nothing stays that nobody can reach. */
export function checkData(outcome: Outcome): void {
  const { data, jobs, deleted } = outcome;
  if (data === undefined) return;
  const surviving = new Map(jobs.filter(({ id }) => !deleted.has(id)).map((job) => [job.id, job]));
  const objects = new Map(data.objects.map((object) => [object.id, object]));
  const given: Given = { outcome, data, surviving, objects };
  for (const job of surviving.values()) about(job.id, () => checkInputs(job, given));
  for (const object of data.objects) about(object.id, () => checkObject(object, given));
  for (const tombstone of data.tombstones) about(tombstone.data.id, () => checkTombstone(tombstone, given));
  for (const upload of data.uploads) about(upload.id, () => checkUpload(upload, given));
  checkContents(given);
  checkLedger(given);
  checkLinks(given);
}

/** The message of the check, with the object or the job. */
function about(id: string, check: () => void): void {
  try {
    check();
  } catch (cause) {
    throw new Error(`${id}: ${asError(cause).message}`, { cause });
  }
}

/** The IDs of the inputs of a job. The lists of the simulation are so short that they are on the record. */
function inputIdsOf({ inputs }: Job): readonly string[] {
  if (inputs?.kind !== 'inline') return [];
  return Object.values(JSON.parse(inputs.json) as JobInputs).flatMap((slot) => slot.map(({ id }) => id)); // we stored JSON text
}

/** A job that was started has all of its inputs. A draft has those that existed when it was submitted. */
function checkInputs(job: Job, { objects, data }: Given): void {
  const wasStarted = job.transitions.some(({ status }) => !isUnstarted(status) && status !== 'aborted');
  for (const id of inputIdsOf(job)) {
    if (!wasStarted) continue;
    assert.equal(objects.get(id)?.status, 'available', `has lost its input ${id}`);
    assert(
      data.links.some(({ anchorId, jobId }) => anchorId === id && jobId === job.id),
      `has no link to its input ${id}`,
    );
  }
}

/** Every upload is available at the end, with its content, and an output has its job, or a job that uses it. */
function checkObject(object: DataObject, { data, surviving }: Given): void {
  assert.equal(object.status, 'available');
  assert.equal(object.deletion, undefined, 'its deletion was not continued');
  assert.equal(data.contents.get(contentKey(object)), Buffer.from(contentOf(object.id)).toString());
  const isUsed = [...surviving.values()].some((job) => inputIdsOf(job).includes(object.id));
  const { origin, expiresAt } = object;
  if (origin.kind === 'job')
    assert(isUsed || surviving.has(origin.jobId), 'has neither its job nor a job that uses it');
  assert(isUsed || expiresAt === undefined, 'has expired, and no job uses it');
}

/** An object is deleted on request, with a job, when it expires, or when its upload was not completed. */
function checkTombstone({ by, deletedAt, data: object }: DataTombstone, { data, outcome }: Given): void {
  assert.equal(data.responses.get(object.id), 'data-deleted');
  const { status, expiresAt, origin } = object;
  if (by === 'expiry') {
    assert(status === 'failed' || (expiresAt ?? Number.POSITIVE_INFINITY) <= deletedAt + maxSkew, 'expired');
    return;
  }
  const isWanted = data.ledger.deletions.some(
    ({ dataId, result }) => dataId === object.id && result !== 'refused',
  );
  // Nobody knew it.
  if (isWanted || by === 'errand') return;
  const wasOutput =
    origin.kind === 'job' && isDeletedWith(origin.jobId, outcome, ({ withOutputs }) => withOutputs);
  const wasInput = outcome.jobs.some(
    (job) =>
      inputIdsOf(job).includes(object.id) && isDeletedWith(job.id, outcome, ({ withInputs }) => withInputs),
  );
  assert(wasOutput || wasInput, `was deleted by ${by}, though nobody asked for it`);
}

/** Whether a job was deleted on a request with that scope. */
function isDeletedWith(
  jobId: string,
  { deletions, deleted, jobs }: Outcome,
  hasScope: (deletion: Deletion) => boolean,
): boolean {
  if (!deleted.has(jobId)) return false;
  const isAsked = (id: string, isBelow: boolean): boolean => {
    const asked = deletions.filter((one) => one.jobId === id && one.result !== 'refused');
    if (asked.some((one) => hasScope(one) && (one.withChildren || !isBelow))) return true;
    const parentId = jobs.find((job) => job.id === id)?.parentId;
    return parentId !== undefined && isAsked(parentId, true);
  };
  return isAsked(jobId, false);
}

/** The bucket discards the parts of an upload that was not completed in time; a deletion discards all others. */
function checkUpload({ id }: DataObject, { data }: Given): void {
  const last = data.tombstones.find((tombstone) => tombstone.data.id === id);
  assert.equal(last?.data.status, 'failed', 'the parts of its upload are still stored');
}

function checkContents({ data, objects }: Given): void {
  for (const key of data.contents.keys()) {
    const id = key.split('/').at(-1) ?? '';
    assert(objects.has(id), `${id}: its content is still stored`);
  }
}

/** The responses to callers are true: a created object can be requested, a key creates one object, a deletion is complete. */
function checkLedger({ data, objects }: Given): void {
  const { created, completed, keyed, deletions } = data.ledger;
  for (const id of created) {
    const response = data.responses.get(id) ?? 'nothing';
    assert(['found', 'data-deleted'].includes(response), `${id}: was created, and is ${response}`);
  }
  const all = [...data.objects, ...data.tombstones.map((tombstone) => tombstone.data)];
  for (const name of keyed) {
    const ids = all.filter((object) => object.name === name).map(({ id }) => id);
    assert(ids.length <= 1, `${ids[0]}: one key created ${ids.join(', ')}`);
  }
  for (const id of completed) {
    const last = all.find((object) => object.id === id);
    assert.equal(last?.status, 'available', `${id}: its upload was complete`);
  }
  for (const { dataId, result } of deletions)
    assert(result !== 'deleted' || !objects.has(dataId), `${dataId}: was said to be deleted`);
}

/** A link leads to a job that has the input, unless a process died or a call failed before the link was removed. */
function checkLinks({ data, outcome, surviving }: Given): void {
  for (const { anchorId, jobId, madeAt } of data.links) {
    const job = surviving.get(jobId);
    if (job !== undefined) {
      assert(
        inputIdsOf(job).includes(anchorId),
        `${anchorId}: has a link to ${jobId}, which does not use it`,
      );
      continue;
    }
    const wasInterrupted =
      outcome.hadFaults ||
      outcome.deletions.some(({ result }) => result === 'unknown') ||
      outcome.clients.some(({ results }) => results.length === 0);
    assert(
      madeAt === 0 || wasInterrupted,
      `${anchorId}: has a link to ${jobId}, which was deleted or never created`,
    );
  }
}
