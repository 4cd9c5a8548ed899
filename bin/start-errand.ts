import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { dynamoClient } from '../aws/clients/dynamo-client.ts';
import { lazyLambdaClient } from '../aws/clients/lambda-client.ts';
import { dynamoAccountLimits } from '../aws/dynamodb/dynamo-account-limits.ts';
import { dynamoKeyStore } from '../aws/dynamodb/dynamo-key-store.ts';
import { lambdaAccount } from '../aws/lambda/lambda-account.ts';
import { systemClock } from '../aws/system/system-clock.ts';
import { systemRandom } from '../aws/system/system-random.ts';
import type { JobEvent } from '../core/contract/schemas/event-schemas.ts';
import { refreshAccountLimit } from '../core/jobs/waiting/refresh-account-limit.ts';
import { type LocalApp, type LocalCloud, type LocalOptions, startLocal } from '../local/index.ts';
import { startSyntheses } from './apps/start-syntheses.ts';
import { type ActivityFeed, activityFeed, containerLineOf, lineOf } from './control/activity.ts';
import { type ControlOptions, startControl } from './control/start-control.ts';
import { ensureLocalKey } from './local-key.ts';
import { assemblyWithOrigins } from './synthesis/assembly-with-origins.ts';
import { packagedAssembly, synthesize } from './synthesize.ts';
import { type Step, silentStep } from './terminal/step.ts';

export interface StartOptions
  extends Pick<
    LocalOptions,
    | 'recorder'
    | 'executionFaults'
    | 'streamFaults'
    | 'invocationFaults'
    | 'batchFaults'
    | 'batchTimeLimitScale'
    | 'delayScale'
    | 'accountConcurrency'
  > {
  readonly port: number;
  readonly dataDirectory: string;
  /** API key of the local tenant; by default the key in the data folder, which is created if necessary. */
  readonly apiKey?: string | undefined;
  /** Folders of further CDK apps to run beside Errand: with a `cdk.json`, or with a synthesized assembly. */
  readonly apps?: readonly string[];
  /** Origins whose web pages may call the API, as in the setting of the stack; by default none. */
  readonly corsOrigins?: readonly string[];
  /** Cloud assembly to run instead of that of the sources, for tests. */
  readonly assemblyDirectory?: string;
  /** If false, each function is loaded by its first call instead of before the service is ready; default true. */
  readonly prewarm?: boolean;
  /** If true, webhooks may have loopback addresses, also without TLS; default false. */
  readonly allowLoopbackWebhooks?: boolean;
  /**
   * Factor on the delays between the attempts of a webhook delivery, and on the time after which the message for an attempt counts as
   * lost (at least 30 s), for tests; default 1.
   */
  readonly webhookDelayScale?: number;
  /** Prints a line in the terminal. */
  readonly print?: (line: string) => void;
  /** Runs each part of the start that takes time, and may show it. */
  readonly step?: Step;
}

/** A running Errand on this machine. */
export interface LocalErrand {
  readonly url: string;
  readonly apiKey: string;
  readonly cloud: LocalCloud;
  /** The further apps, also those that do not run, with the reason. */
  readonly apps: readonly LocalApp[];
  stop(): Promise<void>;
}

/** The functions that every Lambda job uses; the others are loaded by their first calls, since each uses 25 MB. */
const usedByEachJob = new Set(
  ['authorize', 'submit', 'dispatch', 'settle', 'publish-events'].map((name) => `errand-${name}`),
);

/**
 * Starts Errand on this machine. Throws when the port or the data folder is already in use. A further app that cannot be
 * synthesized or run is reported and left out.
 */
export async function startErrand(options: StartOptions): Promise<LocalErrand> {
  const { print = () => undefined, step = silentStep, assemblyDirectory: given, ...rest } = options;
  const { port, dataDirectory, apiKey: givenKey, prewarm = true } = options;
  // Read before the first wait: a caller may set it for this call only.
  const endpoint = process.env['ERRAND_DYNAMODB_ENDPOINT'];
  mkdirSync(dataDirectory, { recursive: true, mode: 0o700 });
  const synthesizeApps = startSyntheses(options.apps ?? [], join(dataDirectory, 'apps'));
  const { corsOrigins = [] } = options;
  const assemblyDirectory = given ?? (await synthesizeErrand({ corsOrigins, dataDirectory }, step));
  const { sources, failed } = await synthesizeApps(step);
  for (const { error } of failed) print(error ?? '');
  const feed = activityFeed();
  /** Errand's own functions, whose output is in their log files only. */
  const ownFunctions = new Set<string>();
  const { cloud, apiKey, control } = await step('Starting the local services', async () => {
    const cloud = await explainPort(port, () =>
      startLocal({
        ...rest,
        assemblyDirectory,
        apps: sources,
        allowedOrigins: corsOrigins,
        prewarm: (functionName) => prewarm && usedByEachJob.has(functionName),
        functionVariables: webhookVariables(options),
        oneAtATime: (functionName) => functionName.startsWith('errand-service-'),
        ...(endpoint ? { dynamoDbEndpoint: endpoint } : {}),
        log: print,
        onFunctionLine: (line) => {
          if (feed.isFollowed && !ownFunctions.has(line.functionName)) feed.publish(lineOf(line));
        },
        onContainerLine: (line) => feed.publish(containerLineOf(line)),
      }),
    );
    for (const { stack, ref } of cloud.model.ofType('AWS::Lambda::Function'))
      if (stack === 'Errand') ownFunctions.add(ref);
    try {
      const apiKey = await prepareTable(cloud, { dataDirectory, given: givenKey });
      return { cloud, apiKey, control: await startControl(controlled(cloud, feed, dataDirectory)) };
    } catch (error) {
      await cloud.stop();
      throw error;
    }
  });
  if (givenKey === undefined)
    print(`The API key of the local tenant is in ${join(dataDirectory, 'api-key')}`);
  for (const { name, stacks } of cloud.apps)
    if (stacks.length > 0) print(`The app ${name} runs: ${stacks.join(', ')}`);
  print(`The documentation is at ${cloud.url}/v1/docs`);
  print(`Errand is ready at ${cloud.url}`);
  const stop = async () => {
    await control.stop();
    await cloud.stop();
  };
  return { url: cloud.url, apiKey, cloud, apps: [...cloud.apps, ...failed], stop };
}

/** Returns the assembly of Errand, of the sources or of the installed package, which allows the origins. */
async function synthesizeErrand(
  { corsOrigins, dataDirectory }: { readonly corsOrigins: readonly string[]; readonly dataDirectory: string },
  step: Step,
): Promise<string> {
  if (corsOrigins.length === 0) return synthesize({}, step);
  if (packagedAssembly === undefined) return synthesize({ corsOrigins: corsOrigins.join(',') }, step);
  return assemblyWithOrigins(packagedAssembly, join(dataDirectory, 'assemblies'), corsOrigins);
}

/** The functions that check or call the URLs of webhooks. */
const webhookFunctions = new Set(['errand-api', 'errand-deliver-webhook']);

/** The variables that only a local service sets: functions/_shared/webhook-variables.ts. */
function webhookVariables({ allowLoopbackWebhooks = false, webhookDelayScale = 1 }: StartOptions) {
  const variables = {
    ...(allowLoopbackWebhooks ? { ALLOW_LOOPBACK_WEBHOOKS: 'true' } : {}),
    ...(webhookDelayScale === 1 ? {} : { WEBHOOK_DELAY_SCALE: String(webhookDelayScale) }),
  };
  return (functionName: string) => (webhookFunctions.has(functionName) ? variables : {});
}

function controlled(cloud: LocalCloud, feed: ActivityFeed, dataDirectory: string): ControlOptions {
  cloud.events.subscribe(cloud.output('Errand', 'BusName'), ({ detail }) =>
    feed.publish({ kind: 'transition', event: detail as JobEvent }),
  );
  return { live: cloud.live, feed, dataDirectory, apiUrl: cloud.url };
}

/** Stores the key of the local tenant and the limit of the account; returns the key. */
async function prepareTable(
  cloud: LocalCloud,
  keyOptions: { readonly dataDirectory: string; readonly given: string | undefined },
): Promise<string> {
  const { client, tableName, clientOptions } = operatorTable(cloud);
  const apiKey = await ensureLocalKey(
    { keys: dynamoKeyStore({ client, tableName }), clock: systemClock, random: systemRandom() },
    keyOptions,
  );
  // The first reconciliation pass is a minute away, and the limit may have changed since the last start.
  await refreshAccountLimit({
    accountLimits: dynamoAccountLimits({ client, tableName }),
    lambdaAccount: lambdaAccount(lazyLambdaClient(clientOptions)),
    clock: systemClock,
  });
  return apiKey;
}

async function explainPort<T>(port: number, start: () => Promise<T>): Promise<T> {
  try {
    return await start();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') {
      throw new Error(
        `Port ${port} of 127.0.0.1 is already in use: stop the program that uses it, or set ERRAND_PORT to another port`,
        {
          cause: error,
        },
      );
    }
    throw error;
  }
}

function operatorTable({ aws, output }: LocalCloud) {
  const clientOptions = {
    endpoint: aws.endpoint,
    region: aws.region,
    credentials: { accessKeyId: aws.accessKeyId, secretAccessKey: aws.secretAccessKey },
  };
  return { client: dynamoClient(clientOptions), tableName: output('Errand', 'TableName'), clientOptions };
}
