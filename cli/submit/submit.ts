import type { ApiAccess } from '../../bin/api-access.ts';
import { ApiError, callApi } from '../../bin/data/call-api.ts';
import { type EndedJob, followJob } from '../../bin/jobs/follow-job.ts';
import { type Job, readResult, submitJob } from '../../bin/jobs/job-calls.ts';
import type { Screen } from '../../bin/terminal/screen.ts';
import { asError } from '../../core/std/as-error.ts';
import { CliError } from '../cli-error.ts';
import type { SubmitOptions } from './submit-options.ts';
import { checkFiles, provisionalInputs, type SubmittedInputs, uploadInputs } from './upload-inputs.ts';

/** How `errand submit` shows what it does. */
export interface SubmitOutput {
  readonly screen: Screen;
  /** The job is written as JSON. */
  readonly isJson: boolean;
  /** Writes the result of the job, or the job as JSON; everything else goes to the screen. */
  write(text: string): void;
  /** Ends the command; a submitted job goes on. */
  readonly signal: AbortSignal;
}

/**
 * `errand submit`: uploads the files of the inputs, submits a job and, if requested, waits for its end. Returns the exit status: 1 if the
 * job ended without success.
 */
export async function submit(api: ApiAccess, options: SubmitOptions, output: SubmitOutput): Promise<0 | 1> {
  const { screen, signal, isJson, write } = output;
  checkFiles(options.inputs);
  await validate(api, options);
  const { uploadsFolder } = options;
  const uploads = await uploadInputs(api, options.inputs, { screen, uploadsFolder, signal });
  const job = await submitJob(api, submissionOf(options, uploads.inputs)).catch(explained);
  uploads.forget();
  const hint = followHint(api, job);
  if (options.waitSeconds === undefined) {
    if (isJson) write(JSON.stringify(job));
    else screen.print(`  job ${job.id} was submitted\n${hint}`);
    return 0;
  }
  const ended = await wait(api, job, { ...output, waitSeconds: options.waitSeconds });
  if (ended === undefined) {
    screen.print(`  The job is still running.\n${hint}`);
    return 1;
  }
  await printEnd(api, ended, output);
  return ended.status === 'succeeded' ? 0 : 1;
}

/** How to follow a job that was not waited for. */
function followHint({ url }: ApiAccess, { id }: Job): string {
  return `  Its state: GET ${url}/v1/jobs/${id}\n  Its events: GET ${url}/v1/jobs/${id}/events`;
}

function submissionOf(
  { service, parameters, tags, group, reuseSeconds }: SubmitOptions,
  inputs: SubmittedInputs,
): object {
  return {
    service,
    ...(parameters === undefined ? {} : { parameters }),
    ...(tags.length === 0 ? {} : { tags }),
    ...(group === undefined ? {} : { group }),
    ...(reuseSeconds === undefined ? {} : { reuse: { maxAgeSeconds: reuseSeconds } }),
    ...(Object.keys(inputs).length === 0 ? {} : { inputs }),
  };
}

/** Checks everything that can be checked before files are uploaded, which may take long. */
async function validate(api: ApiAccess, options: SubmitOptions): Promise<void> {
  const { inputs, files } = provisionalInputs(options.inputs);
  if (files.size === 0) return;
  const body = submissionOf(options, inputs);
  try {
    await callApi(api, { method: 'POST', path: '/v1/jobs?validateOnly=true', body });
  } catch (error) {
    if (!(error instanceof ApiError)) throw new CliError(asError(error).message);
    const errors = violationsOf(error).filter(
      ({ pointer = '', keyword }) => keyword !== 'exists' || !files.has(pointer),
    );
    if (error.code !== 'invalid-inputs') explained(error);
    if (errors.length > 0)
      throw new CliError(
        `The job was not submitted:${errors.map(({ pointer, detail }) => `\n  ${pointer}: ${detail}`).join('')}`,
      );
  }
}

interface ShownViolation {
  readonly pointer?: string;
  readonly detail?: string;
  readonly keyword?: string;
}

function violationsOf({ problem }: ApiError): readonly ShownViolation[] {
  return (problem['errors'] ?? []) as readonly ShownViolation[]; // as the contract defines it
}

function explained(error: unknown): never {
  if (error instanceof ApiError) throw new CliError(`The job was not submitted: ${error.reason}`);
  throw new CliError(asError(error).message);
}

/** Returns undefined if the job has not ended in time. */
async function wait(
  api: ApiAccess,
  job: Job,
  { screen, signal, waitSeconds }: SubmitOutput & { readonly waitSeconds: number },
): Promise<EndedJob | undefined> {
  const late = new AbortController();
  const timer = Number.isFinite(waitSeconds)
    ? setTimeout(() => late.abort(), waitSeconds * 1_000)
    : undefined;
  try {
    return await followJob(api, screen, { id: job.id, signal: AbortSignal.any([signal, late.signal]) });
  } catch (error) {
    if (signal.aborted) {
      screen.print(`  The job goes on.\n${followHint(api, job)}`);
      signal.throwIfAborted();
    }
    if (late.signal.aborted) return undefined;
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

async function printEnd(
  api: ApiAccess,
  job: EndedJob,
  { screen, isJson, write }: SubmitOutput,
): Promise<void> {
  const { events: _, ...shown } = job;
  const result = job.status === 'succeeded' ? await readResult(api, job.id) : undefined;
  if (isJson) {
    write(JSON.stringify({ ...shown, ...(result === undefined ? {} : { result }) }));
    return;
  }
  if (job.error !== undefined) screen.print(screen.style('red', `  ${job.error.code}: ${job.error.detail}`));
  for (const [slot, outputs] of Object.entries(job.outputs ?? {}))
    for (const { id, name, mediaType } of outputs)
      screen.print(`  output ${slot}: ${name} (${mediaType})  ${screen.style('dim', `data ${id}`)}`);
  if (result !== undefined) write(JSON.stringify(result, null, 2));
}
