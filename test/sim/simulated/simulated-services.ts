import { aService } from '../../support/jobs/test-deps.ts';

/** A Lambda service, a Lambda service whose function calls the worker routes and must report, and a service on AWS Batch. */
export const simulatedServices = [
  aService(),
  aService({ heartbeatSeconds: 20 }, { name: 'patient' }),
  aService(
    { dispatcher: { kind: 'batch', jobDefinition: 'errand-job-box' }, heartbeatSeconds: 60 },
    { name: 'box' },
  ),
];
