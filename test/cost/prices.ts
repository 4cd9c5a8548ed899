/** The price of one unit. */
export interface Price {
  readonly usd: number;
  /** How many of the unit `usd` buys. */
  readonly per: number;
  readonly unit: string;
  readonly source: string;
}

const million = 1_000_000;

/** On-demand prices of us-east-1 without any free tier, as of 2026-11-21. */
export const prices = {
  apiRequest: {
    usd: 3.5,
    per: million,
    unit: 'requests to the REST API',
    source: 'https://aws.amazon.com/api-gateway/pricing/',
  },
  lambdaRequest: {
    usd: 0.2,
    per: million,
    unit: 'Lambda invocations',
    source: 'https://aws.amazon.com/lambda/pricing/',
  },
  lambdaGigabyteSecond: {
    usd: 0.0000133334,
    per: 1,
    unit: 'Lambda GB-seconds on arm64',
    source: 'https://aws.amazon.com/lambda/pricing/',
  },
  writeUnit: {
    usd: 0.625,
    per: million,
    unit: 'write request units',
    source: 'https://aws.amazon.com/dynamodb/pricing/on-demand/',
  },
  readUnit: {
    usd: 0.125,
    per: million,
    unit: 'read request units',
    source: 'https://aws.amazon.com/dynamodb/pricing/on-demand/',
  },
  expressStart: {
    usd: 1,
    per: million,
    unit: 'Express executions',
    source: 'https://aws.amazon.com/step-functions/pricing/',
  },
  /** The smallest memory step, 64 MB, at $0.00001667 a GB-second. */
  expressSecond: {
    usd: 1.041875,
    per: million,
    unit: 'seconds of an Express execution with at most 64 MB',
    source: 'https://aws.amazon.com/step-functions/pricing/',
  },
  busEvent: {
    usd: 1,
    per: million,
    unit: 'events on the bus, of 64 KB',
    source: 'https://aws.amazon.com/eventbridge/pricing/',
  },
  objectPut: {
    usd: 5,
    per: million,
    unit: 'PUT requests',
    source: 'https://aws.amazon.com/s3/pricing/',
  },
  objectGet: {
    usd: 0.4,
    per: million,
    unit: 'GET requests',
    source: 'https://aws.amazon.com/s3/pricing/',
  },
  logByte: {
    usd: 0.5,
    per: 1_000_000_000,
    unit: 'bytes of logs',
    source: 'https://aws.amazon.com/cloudwatch/pricing/',
  },
} as const satisfies Readonly<Record<string, Price>>;

/** What is billed. */
export type Billed = keyof typeof prices;

/** Dollars for a quantity of a billed unit. */
export function usdFor(billed: Billed, quantity: number): number {
  const { usd, per } = prices[billed];
  return (usd / per) * quantity;
}
