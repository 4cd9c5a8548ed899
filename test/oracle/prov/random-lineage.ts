import type { DataObject } from '../../../core/data/model/data-object.ts';
import type { Job } from '../../../core/jobs/model/job.ts';
import type { Lineage } from '../../../core/lineage/lineage.ts';
import { lineageWorld } from '../../core/lineage/lineage-world.ts';
import type { SeededRandom } from '../../sim/seeded-random.ts';
import { endedJob, someTime } from '../../support/jobs/jobs.ts';

/** A lineage, and what it must state: pairs of IDs of all jobs and data objects of its tenant. */
export interface RandomLineage {
  readonly lineage: Lineage;
  /** [job, data] */
  readonly uses: ReadonlyArray<readonly [string, string]>;
  /** [data, job, attempt] */
  readonly outputs: ReadonlyArray<readonly [string, string, number]>;
  /** [job, job whose result it has] */
  readonly reuses: ReadonlyArray<readonly [string, string]>;
}

const nodeCount = 25;

/** A lineage of a random node among 25 jobs and data objects with random relations and names; some of them are deleted. */
export async function randomLineage(random: SeededRandom): Promise<RandomLineage> {
  const world = lineageWorld();
  const [jobs, data]: [Job[], DataObject[]] = [[], []];
  const [uses, outputs, reuses]: [[string, string][], [string, string, number][], [string, string][]] = [
    [],
    [],
    [],
  ];
  const pick = <Item>(items: readonly Item[]) => items[random.whole(0, items.length - 1)];
  const sometimes = (probability: number) => (random.happens(probability) ? pick(jobs) : undefined);
  const name = () => pick(['table.csv', 'a/b "c"', 'Größe \u{1F600}', '<script>', 'line\nbreak']) ?? '';

  const addData = async () => {
    const writer = sometimes(0.7);
    const attempt = random.whole(1, 2);
    const object = writer ? await world.addOutput(writer, name(), { attempt }) : await world.addData(name());
    if (writer !== undefined) outputs.push([object.id, writer.id, attempt]);
    data.push(object);
    if (random.happens(0.2)) await world.deleteData(object);
  };
  const addJob = async () => {
    const [input, source, parent, needed] = [pick(data), sometimes(0.2), sometimes(0.3), sometimes(0.3)];
    const failure = { code: 'timeout', detail: 'd', retryable: true, attempt: 1 } as const;
    const job = await world.addJob({
      ...endedJob('succeeded', {
        id: world.newId(),
        name: name(),
        attempt: 2,
        owner: pick(['ann', 'bob smith', 'ç#?']) ?? '',
      }),
      ...{ startedAt: someTime + 30, finishedAt: someTime + 40 },
      endedAttempts: [{ number: 1, startedAt: someTime + 10, finishedAt: someTime + 20, failure }],
      ...(input === undefined ? {} : { uses: { table: [input], again: [input] } }),
      ...(source === undefined ? {} : { reusedFrom: source.id }),
      ...(parent === undefined ? {} : { parentId: parent.id }),
      ...(needed === undefined ? {} : { dependsOn: [needed.id] }),
    });
    if (input !== undefined) uses.push([job.id, input.id]);
    if (source !== undefined) reuses.push([job.id, source.id]);
    jobs.push(job);
  };

  for (let made = 0; made < nodeCount; made += 1) await (random.happens(0.5) ? addData() : addJob());
  for (const job of jobs) if (random.happens(0.2)) await world.deleteJob(job);
  const root = pick(jobs);
  if (root === undefined) return randomLineage(random);
  return { lineage: await world.ofJob(root, { depth: 20 }), uses, outputs, reuses };
}
