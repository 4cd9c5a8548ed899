import type { DataObject } from '../../data/model/data-object.ts';
import { inParallel } from '../../std/in-parallel.ts';
import { usersOf } from '../inputs/users-of.ts';
import type { Job } from '../model/job.ts';
import { writtenData } from '../outputs/current-outputs.ts';
import { type Blocked, maxListed } from './deletion.ts';
import { inputIdsOf, isWithoutSurvivor } from './input-data.ts';
import type { PlanDeps, PlanScope } from './plan-deletion.ts';

export interface DataPlan {
  readonly dataIds: readonly string[];
  readonly complete: boolean;
}

const parallel = 10;

/** Page size of one read of several data objects. */
const pageSize = 100;

/**
 * The data objects that the deletion of these jobs would delete, or the jobs beside them that use their outputs. Inputs that other
 * jobs use are not in the plan, because they are kept.
 */
export async function planData(
  deps: PlanDeps,
  jobs: readonly Job[],
  scope: PlanScope,
): Promise<DataPlan | Blocked> {
  const inTree = new Set(jobs.map(({ id }) => id));
  const outputs = scope.withOutputs === true ? await outputsOf(deps, jobs) : [];
  const usersOfOutputs = await inParallel(outputs, parallel, (data) => usersBeside(deps, data, inTree));
  const users = new Set(usersOfOutputs.flat());
  if (users.size > 0) {
    const used = outputs.filter((_, index) => (usersOfOutputs[index]?.length ?? 0) > 0);
    const jobIds = [...users].slice(0, maxListed);
    return { blocked: 'users', jobIds, dataIds: used.slice(0, maxListed).map(({ id }) => id) };
  }
  const inputs = await inputsOf(deps, jobs, { scope, inTree });
  const dataIds = [...new Set([...outputs, ...inputs].map(({ id }) => id))];
  return { dataIds: dataIds.slice(0, maxListed), complete: dataIds.length <= maxListed };
}

/** The data objects that the jobs wrote, one more than are listed at most. */
async function outputsOf(deps: PlanDeps, jobs: readonly Job[]): Promise<readonly DataObject[]> {
  const outputs: DataObject[] = [];
  for (const job of jobs) {
    for await (const written of writtenData(deps, job)) outputs.push(...written);
    if (outputs.length > maxListed) break;
  }
  return outputs.slice(0, maxListed + 1);
}

async function usersBeside(
  deps: PlanDeps,
  data: DataObject,
  inTree: ReadonlySet<string>,
): Promise<readonly string[]> {
  const users: string[] = [];
  for await (const page of usersOf(deps, data)) {
    users.push(...page.filter((jobId) => !inTree.has(jobId)));
    if (users.length >= maxListed) break;
  }
  return users;
}

/** The inputs that would be deleted: no other job uses them, and no surviving job wrote them. */
async function inputsOf(
  deps: PlanDeps,
  jobs: readonly Job[],
  { scope, inTree }: { readonly scope: PlanScope; readonly inTree: ReadonlySet<string> },
): Promise<readonly DataObject[]> {
  const ids = new Set<string>();
  for (const job of jobs) for (const id of await inputIdsOf(deps, job)) ids.add(id);
  const listed = [...ids];
  const found: DataObject[] = [];
  for (let from = 0; from < listed.length; from += pageSize)
    found.push(...(await deps.data.getMany(jobs[0]?.tenant ?? '', listed.slice(from, from + pageSize))));
  const areDeleted = await inParallel(found, parallel, async (data) => {
    if (!(await isWithoutSurvivor(deps, data, { scope, inTree }))) return false;
    return (await usersBeside(deps, data, inTree)).length === 0;
  });
  return found.filter((_, index) => areDeleted[index]);
}
