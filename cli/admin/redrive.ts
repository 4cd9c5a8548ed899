import type { ApiAccess } from '../../bin/api-access.ts';
import { ApiError, callApi } from '../../bin/data/call-api.ts';
import { asError } from '../../core/std/as-error.ts';
import { CliError } from '../cli-error.ts';

/** What `errand redrive` does. */
export interface RedriveOptions {
  /** Maximum number of batches of one call; undefined: the API's default. */
  readonly limit: number | undefined;
  readonly isDryRun: boolean;
}

/** The response of a call, as the contract defines it. */
interface Report {
  readonly found: number;
  readonly published: number;
  readonly failed: number;
  readonly unreadable: number;
  readonly remaining: number;
  readonly complete: boolean;
  readonly nextCursor?: string;
}

const callsWithLimit = 1;

/**
 * `errand redrive`: publishes the events that could not be published before, until all batches have been tried, or a call makes no progress.
 * With a limit, it makes one call. Prints the numbers, and returns the exit status: 1 if something is kept that was to be published.
 */
export async function redrive(
  api: ApiAccess,
  options: RedriveOptions,
  print: (line: string) => void,
): Promise<0 | 1> {
  const total = { found: 0, published: 0, failed: 0, unreadable: 0 };
  let report: Report | undefined;
  let cursor: string | undefined;
  for (let calls = 0; options.limit === undefined || calls < callsWithLimit; calls += 1) {
    report = await callOnce(api, options, cursor);
    total.found += report.found;
    total.published += report.published;
    total.failed += report.failed;
    total.unreadable += report.unreadable;
    const isStuck = report.published === 0 && report.nextCursor === cursor;
    if (report.complete || isStuck) break;
    cursor = report.nextCursor;
  }
  const remaining = report?.remaining ?? 0;
  const verb = options.isDryRun ? 'can be read' : 'published';
  const good = options.isDryRun ? total.found - total.failed - total.unreadable : total.published;
  print(`${total.found} batches found, ${good} ${verb}, ${remaining} kept`);
  if (total.failed > 0)
    print(`${total.failed} could not be published: see the log of publish-events, then repeat the command`);
  if (total.unreadable > 0)
    print(`${total.unreadable} cannot be read by this release: see the log of publish-events`);
  return total.failed + total.unreadable > 0 ? 1 : 0;
}

async function callOnce(
  api: ApiAccess,
  { limit, isDryRun }: RedriveOptions,
  cursor: string | undefined,
): Promise<Report> {
  const body = {
    ...(limit === undefined ? {} : { limit }),
    ...(isDryRun ? { dryRun: true } : {}),
    ...(cursor === undefined ? {} : { cursor }),
  };
  try {
    const response = await callApi(api, { method: 'POST', path: '/v1/admin/redrive', body });
    return response.body as Report; // as the contract defines it
  } catch (error) {
    throw new CliError(error instanceof ApiError ? error.reason : asError(error).message);
  }
}

/** Parses `--limit`: a whole number from 1 to 500. Throws a `CliError` for anything else. */
export function parseLimit(text: string): number {
  const limit = /^\d{1,3}$/.test(text) ? Number(text) : 0;
  if (limit >= 1 && limit <= 500) return limit;
  throw new CliError(`--limit ${text}: give a whole number of batches from 1 to 500`, 2);
}
