import type { OperationServedBy } from '../../core/contract/routes.ts';
import {
  abortJobOperation,
  getAttemptsOperation,
  getEventsOperation,
  getJobOperation,
  getRequestOperation,
  getResultOperation,
  listJobsOperation,
} from './job-operations.ts';
import type { Operation } from './operation.ts';
import {
  deleteServiceOperation,
  deprecateServiceOperation,
  getServiceOperation,
  getServiceVersionOperation,
  listServicesOperation,
  registerServiceOperation,
} from './service-operations.ts';
import { getHealthOperation, getOpenApiOperation } from './system-operations.ts';

/** Every operation that this function serves: the compiler misses one that the route table has and this lacks. */
export const operations: Readonly<Record<OperationServedBy<'api'>, Operation>> = {
  abortJob: abortJobOperation,
  deleteService: deleteServiceOperation,
  deprecateService: deprecateServiceOperation,
  getAttempts: getAttemptsOperation,
  getEvents: getEventsOperation,
  getHealth: getHealthOperation,
  getJob: getJobOperation,
  getOpenApi: getOpenApiOperation,
  getRequest: getRequestOperation,
  getResult: getResultOperation,
  getService: getServiceOperation,
  getServiceVersion: getServiceVersionOperation,
  listJobs: listJobsOperation,
  listServices: listServicesOperation,
  registerService: registerServiceOperation,
};
