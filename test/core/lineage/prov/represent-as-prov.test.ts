import { expect, test } from 'vitest';
import { provGraph } from '../../../../core/contract/schemas/lineage-schemas.ts';
import type { Lineage } from '../../../../core/lineage/lineage.ts';
import { provContext } from '../../../../core/lineage/prov/prov-context.ts';
import { representAsProv } from '../../../../core/lineage/prov/represent-as-prov.ts';
import { endedJob, someTime } from '../../../support/jobs/jobs.ts';
import { lineageWorld } from '../lineage-world.ts';

const baseUrl = 'https://errand.invalid';

function resourcesOf(lineage: Lineage) {
  const document = provGraph.parse(representAsProv(lineage, baseUrl));
  const byId = new Map(document['@graph'].map((resource) => [resource['id'], resource]));
  expect(byId.size).toBe(document['@graph'].length);
  return byId;
}

/** A job that succeeded in its second attempt, with an input and an output. */
async function twoAttempts() {
  const world = lineageWorld();
  const table = await world.addData('table.csv');
  const failure = { code: 'timeout', detail: 'd', retryable: true, attempt: 1 } as const;
  const job = await world.addJob({
    ...endedJob('succeeded', { id: world.newId(), name: 'profile', attempt: 2, owner: 'bob smith' }),
    startedAt: someTime + 30,
    finishedAt: someTime + 40,
    endedAttempts: [{ number: 1, startedAt: someTime + 10, finishedAt: someTime + 20, failure }],
    uses: { table: [table] },
  });
  const output = await world.addOutput(job, 'profile.json', { attempt: 2, slot: 'profile' });
  return { world, table, job, output };
}

const at = (offset: number) => new Date(someTime + offset).toISOString();

test('a data object is an entity, which the attempt of a job generated or a principal uploaded', async () => {
  const { world, table, job, output } = await twoAttempts();
  const resources = resourcesOf(await world.ofData(output));
  expect(resources.get(`urn:errand:data:${output.id}`)).toEqual({
    id: `urn:errand:data:${output.id}`,
    type: 'prov:Entity',
    label: 'profile.json',
    seeAlso: `${baseUrl}/v1/data/${output.id}`,
    format: 'text/csv',
    status: 'available',
    created: expect.any(String),
    sizeBytes: 12,
    wasGeneratedBy: [`urn:errand:job:${job.id}`, `urn:errand:job:${job.id}#attempt-2`],
    qualifiedGeneration: [
      {
        type: 'prov:Generation',
        activity: `urn:errand:job:${job.id}#attempt-2`,
        hadRole: 'urn:errand:slot:profile',
      },
    ],
  });
  expect(resources.get(`urn:errand:data:${table.id}`)).toMatchObject({
    wasAttributedTo: 'urn:errand:principal:ann',
  });
  expect(resources.get('urn:errand:principal:ann')).toEqual({
    id: 'urn:errand:principal:ann',
    type: 'prov:Agent',
    label: 'ann',
  });
});

test('a job is an activity with its attempts, parameters, owner, service and plan', async () => {
  const { world, table, job } = await twoAttempts();
  const resources = resourcesOf(await world.ofJob(job));
  const urn = `urn:errand:job:${job.id}`;
  const parameters = `${baseUrl}/v1/jobs/${job.id}/request`;
  expect(resources.get(urn)).toEqual({
    id: urn,
    type: 'prov:Activity',
    label: 'profile',
    seeAlso: `${baseUrl}/v1/jobs/${job.id}`,
    status: 'succeeded',
    created: expect.any(String),
    startedAtTime: at(30),
    endedAtTime: at(40),
    used: [`urn:errand:data:${table.id}`, parameters],
    qualifiedUsage: [
      {
        type: 'prov:Usage',
        entity: `urn:errand:data:${table.id}`,
        hadRole: 'urn:errand:slot:table',
      },
    ],
    wasAssociatedWith: ['urn:errand:principal:bob%20smith', 'urn:errand:service:echo'],
    qualifiedAssociation: [
      { type: 'prov:Association', agent: 'urn:errand:principal:bob%20smith' },
      {
        type: 'prov:Association',
        agent: 'urn:errand:service:echo',
        hadPlan: 'urn:errand:service:echo:1.0.0',
      },
    ],
    hasPart: [`${urn}#attempt-1`, `${urn}#attempt-2`],
  });
  expect(resources.get(`${urn}#attempt-1`)).toMatchObject({
    type: 'prov:Activity',
    attempt: 1,
    startedAtTime: at(10),
    endedAtTime: at(20),
    wasAssociatedWith: 'urn:errand:service:echo',
  });
  expect(resources.get(`${urn}#attempt-2`)).toMatchObject({ startedAtTime: at(30), endedAtTime: at(40) });
  expect(resources.get(parameters)).toMatchObject({ type: 'prov:Entity' });
  expect(resources.get('urn:errand:service:echo:1.0.0')).toEqual({
    id: 'urn:errand:service:echo:1.0.0',
    type: ['prov:Plan', 'prov:Entity'],
    label: 'echo 1.0.0',
    seeAlso: `${baseUrl}/v1/services/echo/versions/1.0.0`,
  });
});

test('a job is informed by the jobs whose outputs or result it used, and by no other', async () => {
  const { world, job, output } = await twoAttempts();
  const unrelated = await world.addJob({ name: 'unrelated' });
  const user = await world.addJob({ uses: { in: [output] }, dependsOn: [job.id, unrelated.id] });
  const reuse = await world.addJob({ reusedFrom: user.id, rerunOf: unrelated.id });
  const resources = resourcesOf(await world.ofJob(reuse));
  expect(resources.get(`urn:errand:job:${user.id}`)).toMatchObject({
    wasInformedBy: [`urn:errand:job:${job.id}`],
    dependsOn: [`urn:errand:job:${job.id}`, `urn:errand:job:${unrelated.id}`],
  });
  expect(resources.get(`urn:errand:job:${reuse.id}`)).toMatchObject({
    wasInformedBy: [`urn:errand:job:${user.id}`],
    reusedFrom: [`urn:errand:job:${user.id}`],
    rerunOf: [`urn:errand:job:${unrelated.id}`],
  });
});

test('deleted data and the parameters of a deleted job are invalidated entities', async () => {
  const { world, job, output } = await twoAttempts();
  await world.deleteJob(job);
  await world.deleteData(output);
  const resources = resourcesOf(await world.ofData(output));
  for (const id of [`urn:errand:data:${output.id}`, `${baseUrl}/v1/jobs/${job.id}/request`])
    expect(resources.get(id)).toMatchObject({ invalidatedAtTime: at(99) });
});

test('the root of a truncated lineage shows this', async () => {
  const { world, output } = await twoAttempts();
  const lineage = await world.ofData(output);
  const rootOf = (one: Lineage) => representAsProv(one, baseUrl)['@graph'][0];
  expect(rootOf(lineage)).not.toHaveProperty('truncated');
  expect(rootOf({ ...lineage, truncated: true })).toEqual({ ...rootOf(lineage), truncated: true });
});

test('a draft without a service and without an attempt is an activity of its owner', async () => {
  const world = lineageWorld();
  const { service: _, ...draft } = await world.addJob({ status: 'draft' });
  const lineage = await world.ofJob(draft);
  const root = { kind: 'job', id: draft.id, job: draft, inputIds: {} } as const;
  const resources = resourcesOf({ ...lineage, root, nodes: [root] });
  expect([...resources.keys()]).toEqual([
    `urn:errand:job:${draft.id}`,
    `${baseUrl}/v1/jobs/${draft.id}/request`,
    'urn:errand:principal:local',
  ]);
  expect(resources.get(`urn:errand:job:${draft.id}`)).not.toHaveProperty('hasPart');
});

test('every term of a document is defined by its context', async () => {
  const { world, output } = await twoAttempts();
  const terms = new Set<string>();
  JSON.stringify(representAsProv(await world.ofData(output), baseUrl)['@graph'], (key, value: unknown) => {
    if (/^[a-z]/i.test(key)) terms.add(key);
    return value;
  });
  expect([...terms].filter((term) => !Object.hasOwn(provContext, term))).toEqual([]);
});
