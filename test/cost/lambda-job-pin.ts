import type { JobCounts } from './job-counts.ts';

/** What the reference Lambda job uses today. A change that lowers it lowers this; one that raises it says why. */
export const lambdaJobPin: JobCounts = {
  apiRequests: 1,
  invocations: {
    'errand-authorize': 1,
    'errand-dispatch': 1,
    'errand-publish-events': 3,
    'errand-settle': 1,
    'errand-submit': 1,
  },
  calls: {
    'errand-dispatch dynamodb:GetItem': 1,
    'errand-dispatch dynamodb:PutItem': 1,
    'errand-settle dynamodb:GetItem': 1,
    'errand-settle dynamodb:PutItem': 1,
    'errand-submit dynamodb:PutItem': 1,
    'errand-submit states:StartExecution': 1,
  },
  writeUnits: {
    'errand-dispatch dynamodb:PutItem': 1,
    'errand-settle dynamodb:PutItem': 3,
    'errand-submit dynamodb:PutItem': 4,
  },
  readUnits: {
    'errand-dispatch dynamodb:GetItem': 1,
    'errand-settle dynamodb:GetItem': 1,
  },
  busEvents: 3,
  logBytes: 0,
  platformLogged: 0,
};

/** Dollars for a million of it, with the prices and assumptions here. */
export const lambdaJobUsdPerMillion = 14.522;
