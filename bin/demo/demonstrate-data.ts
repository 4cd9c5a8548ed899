import { mkdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { LineageGraph } from '../../core/contract/schemas/lineage-schemas.ts';
import type { ApiAccess } from '../api-access.ts';
import { ApiError, type ApiResponse, callApi } from '../data/call-api.ts';
import { downloadTo } from '../data/download-to.ts';
import { uploadFile } from '../data/upload-file.ts';
import { type EndedJob, followJob } from '../jobs/follow-job.ts';
import { readResult, submitJob } from '../jobs/job-calls.ts';
import { settings } from '../settings.ts';
import { wrap } from '../terminal/layout.ts';
import type { Screen } from '../terminal/screen.ts';
import { lineageTree } from './lineage-tree.ts';
import { type ColumnSummary, summaryTables } from './print-summary.ts';

/** Uploads a table, profiles it, and saves the picture, shows its lineage and why the table cannot be deleted, and deletes everything. */
export async function demonstrateData(api: ApiAccess, screen: Screen, table: string): Promise<void> {
  const title = (text: string) => screen.print(`\n${screen.style('bold', text)}`);
  const file = table.split(/[/\\]/).slice(-3).join('/');
  title(`A file of ${(statSync(table).size / 1_000).toFixed(0)} kB becomes a data object: ${file}`);
  const dataId = await uploadFile(api, { path: table });
  screen.print(screen.style('dim', `  data ${dataId}`));

  title('A job that reads the data object, and profiles the table while it streams');
  const submission = { service: 'csv-profile@2.0.0', name: 'demo', inputs: { table: [dataId] } };
  const job = await followJob(api, screen, await submitJob(api, submission));
  requireStatus(job, 'succeeded');
  const { columns } = (await readResult(api, job.id)) as { columns: readonly ColumnSummary[] }; // as the service defines it
  for (const [headings = '', ...lines] of summaryTables(columns)) {
    screen.print(`\n${screen.style('bold', headings)}`);
    for (const line of lines) screen.print(line);
  }

  title('The outputs of this job');
  for (const [slot, outputs] of Object.entries(job.outputs ?? {}))
    for (const { name, mediaType } of outputs) screen.print(`  ${slot.padEnd(10)}  ${name} (${mediaType})`);
  await savePicture(api, screen, job);

  title('The events of this job, as its subscribers receive them');
  for (const { id, type, time } of job.events) screen.print(`  ${id}  ${type.padEnd(20)}  ${time.slice(11)}`);

  title('The lineage of the picture: what it was made from, and by what');
  const picture = pictureOf(job).id;
  const lineage = await callApi(api, { method: 'GET', path: `/v1/data/${picture}/lineage?direction=up` });
  screen.print(lineageTree(lineage.body as LineageGraph)); // as the contract defines it

  title('The table cannot be deleted while a job uses it');
  await showRefusal(screen, callApi(api, { method: 'DELETE', path: `/v1/data/${dataId}` }));

  title('The job is deleted together with its outputs and inputs');
  await deleteWithData(api, screen, job.id);
}

/** Throws an error with the reason if a job has not ended as expected. */
export function requireStatus({ id, status, error }: EndedJob, expected: string): void {
  if (status === expected) return;
  throw new Error(
    `Job ${id} ended as ${status}, but this demo expects ${expected}: ${error?.code}: ${error?.detail}`,
  );
}

function pictureOf({ id, outputs }: EndedJob): { readonly id: string; readonly name: string } {
  const picture = outputs?.['histograms']?.[0];
  if (picture === undefined) throw new Error(`Job ${id} has no output in the slot histograms`);
  return picture;
}

async function savePicture(api: ApiAccess, screen: Screen, job: EndedJob): Promise<void> {
  const { id, name } = pictureOf(job);
  const path = join(settings().dataDirectory, 'demo', name);
  mkdirSync(dirname(path), { recursive: true });
  await downloadTo(api, { id, path });
  screen.print('  The picture is saved; open it in a browser:');
  screen.print(`  ${screen.style('cyan', pathToFileURL(path).href)}`);
}

async function showRefusal(screen: Screen, call: Promise<ApiResponse>): Promise<void> {
  const refusal: unknown = await call.catch((error: unknown) => error);
  if (!(refusal instanceof ApiError) || refusal.status !== 409)
    throw new Error('The deletion was not refused, but this demo expects it', { cause: refusal });
  for (const line of wrap(`${refusal.status} ${refusal.code}: ${refusal.reason}`, 2)) screen.print(line);
}

async function deleteWithData(api: ApiAccess, screen: Screen, jobId: string): Promise<void> {
  const path = `/v1/jobs/${jobId}?cascade=outputs,inputs`;
  const planned = await callApi(api, { method: 'DELETE', path: `${path}&dryRun=true` });
  const { jobIds, dataIds } = planned.body as { jobIds: readonly string[]; dataIds: readonly string[] }; // as the contract defines it
  const counts = `${countOf(jobIds.length, 'job')} and ${countOf(dataIds.length, 'data object')}`;
  screen.print(`  A dry run lists ${counts}`);
  const { status } = await callApi(api, { method: 'DELETE', path });
  screen.print(status === 204 ? `  ${counts} were deleted` : `  ${counts} are being deleted`);
}

function countOf(count: number, thing: string): string {
  return `${count} ${thing}${count === 1 ? '' : 's'}`;
}
