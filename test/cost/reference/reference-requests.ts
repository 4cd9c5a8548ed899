import { copyService } from './reference-copy.ts';

/** A call that creates jobs. */
export interface Request {
  readonly path: string;
  readonly body: object;
  readonly jobs: number;
  readonly dispatcher: 'lambda' | 'batch';
}

/** The parameters and, through the service, the result: 300 bytes of JSON. */
const parameters = { text: 'a'.repeat(289) };

/** Its name is as long as that of the Lambda service, so that both kinds have items of the same size. */
export const batchService = { name: 'ohce', version: '1.0.0' } as const;

const submission = { service: 'echo@1.0.0', parameters };

export const single: Request = { path: '/v1/jobs', body: submission, jobs: 1, dispatcher: 'lambda' };

/** A job of a group. */
export const grouped: Request = { ...single, body: { ...submission, group: 'nightly' } };

export const bulk: Request = {
  path: '/v1/jobs/batch',
  body: { jobs: Array.from({ length: 100 }, () => submission) },
  jobs: 100,
  dispatcher: 'lambda',
};

export const batch: Request = {
  path: '/v1/jobs',
  body: { service: `${batchService.name}@${batchService.version}`, parameters },
  jobs: 1,
  dispatcher: 'batch',
};

/** A rerun of a job of `single`. */
export function rerunOf(jobId: string): Request {
  return { path: `/v1/jobs/${jobId}/rerun`, body: {}, jobs: 1, dispatcher: 'lambda' };
}

/** A job that copies a data object of 300 bytes to its output. */
export function withData(dataId: string): Request {
  const body = {
    service: `${copyService.name}@${copyService.version}`,
    parameters,
    inputs: { source: [dataId] },
  };
  return { path: '/v1/jobs', body, jobs: 1, dispatcher: 'lambda' };
}
