import { countThatFit } from '../../paging/fit-on-page.ts';
import type { AttemptLogs, LogLine, LogPage, LogRead } from '../../ports/attempt-logs.ts';
import type { AttemptLog } from '../model/job.ts';

/** Which part of which log to read. */
export interface LogPart {
  readonly log: AttemptLog;
  /** Where an earlier page ended; the beginning when absent. */
  readonly from?: string | undefined;
  readonly limit: number;
  /** Whether a page that is not full looks if anything is behind it, which costs another call. */
  readonly overlapMs: boolean;
}

/** Each costs a call, and all readers of an account share the calls of a second. */
const maxPages = 5;

/** The log driver of AWS Batch makes no longer lines; others may, up to four times as long. */
const maxMessageLength = 262_144;

/**
 * A page that fits in an answer, its messages as they can be told. Empty pages before the end are passed over, a few in
 * one call. A page itself never tells that it is the last; only the empty one behind it does.
 */
export async function readLogPage(logs: AttemptLogs, part: LogPart): Promise<LogRead> {
  let page = await readFitting(logs, part);
  for (let count = 1; count < maxPages && isEmptyBeforeEnd(page); count += 1)
    page = await readFitting(logs, { ...part, from: page.next });
  if (!part.overlapMs || page.kind !== 'page' || page.isEnd) return page;
  return page.lines.length < part.limit ? { ...page, isEnd: await isLast(logs, part, page) } : page;
}

function isEmptyBeforeEnd(page: LogRead): page is LogPage {
  return page.kind === 'page' && page.lines.length === 0 && !page.isEnd;
}

async function isLast(logs: AttemptLogs, { log }: LogPart, { next }: LogPage): Promise<boolean> {
  const behind = await logs.read(log, { from: next, limit: 1 });
  return behind.kind !== 'page' || behind.isEnd;
}

/** Only whole pages tell where they end, so one that is too large is read again with a smaller limit. */
async function readFitting(logs: AttemptLogs, part: LogPart): Promise<LogRead> {
  const page = await logs.read(part.log, { from: part.from, limit: part.limit });
  if (page.kind !== 'page') return page;
  const lines = page.lines.map(sanitizeLine);
  const fitting = countThatFit(lines);
  return fitting < lines.length ? readFitting(logs, { ...part, limit: fitting }) : { ...page, lines };
}

/** Half of a surrogate pair has no UTF-8: it would make the answer one that some readers refuse. */
function sanitizeLine({ at, message }: LogLine): LogLine {
  return { at, message: message.slice(0, maxMessageLength).toWellFormed() };
}
