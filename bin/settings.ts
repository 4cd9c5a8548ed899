import { resolve } from 'node:path';
import { readOrigins } from '../core/contract/http/cors-origins.ts';

/** The settings of the local service. */
export interface Settings {
  readonly port: number;
  /** Absolute path. */
  readonly dataDirectory: string;
  readonly apiKey: string | undefined;
  /** Maximum number of concurrent function invocations; default: the limit of most AWS accounts. */
  readonly accountConcurrency?: number;
  /** Origins whose web pages may call the API. */
  readonly corsOrigins: readonly string[];
  /** Whether webhooks may have loopback addresses, also without TLS. */
  readonly allowLoopbackWebhooks: boolean;
}

/** Reads the settings from environment variables; throws when a value is invalid. */
export function settings(environment: NodeJS.ProcessEnv = process.env): Settings {
  const port = environment['ERRAND_PORT'] || '4510';
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535)
    throw new Error(`The port (--port or ERRAND_PORT) must be a number from 0 to 65535, not ${port}`);
  const concurrency = environment['ERRAND_ACCOUNT_CONCURRENCY'] || undefined;
  if (concurrency !== undefined && !/^[1-9]\d{0,5}$/.test(concurrency))
    throw new Error(`ERRAND_ACCOUNT_CONCURRENCY must be a whole number from 1 to 999999, not ${concurrency}`);
  const allowLoopback = environment['ERRAND_ALLOW_LOOPBACK_WEBHOOKS'] || '0';
  if (!/^[01]$/.test(allowLoopback))
    throw new Error(`ERRAND_ALLOW_LOOPBACK_WEBHOOKS must be 0 or 1, not ${allowLoopback}`);
  return {
    port: Number(port),
    dataDirectory: resolve(environment['ERRAND_DATA_DIR'] || '.errand'),
    apiKey: environment['ERRAND_API_KEY'] || undefined,
    corsOrigins: originsOf(environment['ERRAND_CORS_ORIGINS'] ?? ''),
    allowLoopbackWebhooks: allowLoopback === '1',
    ...(concurrency === undefined ? {} : { accountConcurrency: Number(concurrency) }),
  };
}

/** Origins separated by commas. */
function originsOf(list: string): readonly string[] {
  return readOrigins(
    list
      .split(',')
      .map((origin) => origin.trim())
      .filter((origin) => origin !== ''),
  );
}
