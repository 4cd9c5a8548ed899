import { aService } from '../../support/jobs/test-deps.ts';

/** A Lambda service, one whose function talks to the worker routes and must be heard of, and one on AWS Batch. */
export const simulatedServices = [
  aService(),
  aService({ heartbeatSeconds: 20 }, { name: 'patient' }),
  aService(
    { dispatcher: { kind: 'batch', jobDefinition: 'errand-job-box' }, heartbeatSeconds: 60 },
    { name: 'box' },
  ),
];
